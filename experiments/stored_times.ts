/**
 * Interleaved times in the results folder, with the facts of the machine that took them.
 * @module
 */
import { cpus } from "node:os";
import { readIfThere } from "../inference/files.ts";
import type { Device } from "../inference/devices.ts";
import { canonicalJson, sha256 } from "./canonical_json.ts";
import {
  type InterleavedOptions,
  interleavedTimes,
  type ModelTimes,
  ROUNDS,
  type TimedModel,
} from "./interleaved_time.ts";
import { sourceHash } from "./source_hash.ts";
import { writeWhole } from "./row_file.ts";
import { dependencyVersions, VERSION } from "./versions.ts";

/** The machine that took times. */
export interface MachineFacts {
  /** Operating system and processor architecture. */
  readonly platform: string;
  /** The processor as it names itself. */
  readonly processor: string;
  /** Logical processors. */
  readonly cores: number;
}

/** Interleaved times as they are stored. */
export interface TimesRecord {
  /** Version of this layout. */
  readonly schema: 1;
  /** SHA-256 of all that the times were taken of and with: models, work, machine, device, versions and sources. */
  readonly key: string;
  /** The machine. */
  readonly machine: MachineFacts;
  /** Where the models ran. */
  readonly device: Device;
  /** Threads inside one operator. */
  readonly threads: number;
  /** Versions of everything outside this package's sources that can change a time. */
  readonly versions: Readonly<Record<string, string>>;
  /** The work: its size, and the SHA-256 of its tokens. */
  readonly work: { prompts: number; steps: number; beams: number; sha256: string };
  /** Rounds. */
  readonly rounds: number;
  /** Times of each model. */
  readonly models: readonly ModelTimes[];
  /** When they were taken, ISO 8601 in UTC. */
  readonly finished: string;
  /** SHA-256 of this record's canonical JSON without this field. */
  readonly sha256: string;
}

/** How stored times are found or taken. */
export interface StoredTimesOptions extends InterleavedOptions {
  /** The results folder. */
  folder: string;
  /** Where the models run. */
  device: Device;
  /** Threads inside one operator. */
  threads: number;
  /** Take them again, whatever is stored. */
  fresh?: boolean;
}

/** The facts of this machine. */
export function machineFacts(): MachineFacts {
  const { os, arch } = Deno.build;
  return {
    platform: `${os} ${arch}`,
    processor: cpus()[0]?.model.trim() || "unknown",
    cores: navigator.hardwareConcurrency,
  };
}

/**
 * Interleaved times: those in the results folder when all they depend on is unchanged, else new ones, which are stored.
 *
 * @throws {SyntaxError} If a stored record does not carry its own SHA-256.
 * @throws {RangeError} As `interleavedTimes()`.
 */
export async function storedTimes(
  models: readonly TimedModel[],
  options: StoredTimesOptions,
): Promise<TimesRecord> {
  const { folder, work, rounds = ROUNDS, device, threads } = options;
  const versions = { mtpress: VERSION, ...dependencyVersions() };
  const facts = {
    machine: machineFacts(),
    device,
    threads,
    versions,
    work: {
      prompts: work.prompts.length,
      steps: work.continuations[0].length,
      beams: work.beams,
      sha256: sha256(canonicalJson(work)),
    },
    rounds,
  };
  const identity = models.map(({ id, sha256 }) => ({ id, sha256 }));
  const key = sha256(canonicalJson({ ...facts, models: identity, sources: await timeSources() }));
  const path = `${folder}/times/${key.slice(0, 32)}.json`;
  const found = options.fresh ? undefined : await readRecord(path);
  if (found?.key === key) return found;
  const content = {
    schema: 1 as const,
    key,
    ...facts,
    models: await interleavedTimes(models, { ...options, rounds }),
    finished: new Date().toISOString(),
  };
  const record = { ...content, sha256: sha256(canonicalJson(content)) };
  await writeRecord(path, record);
  return record;
}

/**
 * All interleaved times in a results folder, the newest first.
 *
 * @throws {SyntaxError} If a record does not carry its own SHA-256.
 */
export async function timesRecords(folder: string): Promise<TimesRecord[]> {
  const records: TimesRecord[] = [];
  try {
    for await (const { name } of Deno.readDir(`${folder}/times`)) {
      const record = name.endsWith(".json") && await readRecord(`${folder}/times/${name}`);
      if (record) records.push(record);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return records.sort((a, b) => (a.finished < b.finished ? 1 : -1));
}

/** Hash of this package's modules that can change a time. */
function timeSources(): Promise<string> {
  const entry = new URL("timed_model.ts", import.meta.url);
  const work = new URL("interleaved_time.ts", import.meta.url);
  return sourceHash([entry, work], new URL("../", import.meta.url));
}

async function readRecord(path: string): Promise<TimesRecord | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  const { sha256: claimed, ...content } = JSON.parse(text) as TimesRecord;
  if (claimed !== sha256(canonicalJson(content))) {
    throw new SyntaxError(
      `Cannot read ${path}: times must carry their own SHA-256. Something changed them; remove the file to ` +
        "have them taken again",
    );
  }
  return { ...content, sha256: claimed };
}

async function writeRecord(path: string, record: TimesRecord): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  await writeWhole(path, new TextEncoder().encode(JSON.stringify(record, null, 2) + "\n"));
}
