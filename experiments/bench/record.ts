/**
 * What a run of the benchmarks measured, as one JSON file.
 * @module
 */
import { dirname } from "node:path";
import { readIfThere } from "../../inference/files.ts";
import { writeWhole } from "../row_file.ts";
import type { BenchResult } from "./benchmark.ts";
import type { BenchMachine } from "./machine.ts";

/** A benchmark, or a part of one, that could not be run. */
export interface BenchFailure {
  /** Id of the benchmark. */
  readonly benchmark: string;
  /** What went wrong. */
  readonly message: string;
}

/** What a run of the benchmarks measured. */
export interface BenchRecord {
  /** Version of this form. */
  readonly schema: 1;
  /** The machine. */
  readonly machine: BenchMachine;
  /** Load of the machine (processes, average over a minute) before the first benchmark: more than a little and others ran too. */
  readonly loadBefore: number;
  /** Commit of the checkout; `null` outside one. */
  readonly commit: string | null;
  /** Whether little was measured. */
  readonly quick: boolean;
  /** When it began, in UTC as in ISO 8601. */
  readonly started: string;
  /** Ids of the benchmarks that ran to their end. */
  readonly finished: readonly string[];
  /** What was measured. */
  readonly results: readonly BenchResult[];
  /** What could not be run. */
  readonly failures: readonly BenchFailure[];
}

/**
 * The record that comes with the package, of the machine that its makers measured on.
 *
 * @throws {SyntaxError} If it is not a record of this form.
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { benchTable, loadBenchRecord } from "mtpress";
 *
 * equal(benchTable(await loadBenchRecord()).content.columns[0].heading, "Comparison");
 * ```
 */
export async function loadBenchRecord(): Promise<BenchRecord> {
  const { default: record } = await import("../../data/bench.json", { with: { type: "json" } });
  return checkedRecord(record, "data/bench.json");
}

/**
 * Reads a record.
 *
 * @param path Its file.
 * @returns `undefined` if there is no such file.
 * @throws {SyntaxError} If it is not a record of this form.
 */
export async function readBenchRecord(path: string): Promise<BenchRecord | undefined> {
  const text = await readIfThere(path);
  return text === undefined ? undefined : checkedRecord(JSON.parse(text), path);
}

/** Writes a record, whole or not at all. */
export async function writeBenchRecord(path: string, record: BenchRecord): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await writeWhole(path, new TextEncoder().encode(JSON.stringify(record, null, 2) + "\n"));
}

function checkedRecord(value: unknown, path: string): BenchRecord {
  if (isRecord(value)) return value;
  throw new SyntaxError(
    `Cannot read ${path}: it must be what \`deno task bench --json\` writes, schema 1`,
  );
}

function isRecord(value: unknown): value is BenchRecord {
  if (typeof value !== "object" || value === null) return false;
  const { schema, machine, results, finished, failures } = value as Partial<BenchRecord>;
  return schema === 1 && typeof machine === "object" && Array.isArray(results) &&
    Array.isArray(finished) && Array.isArray(failures);
}
