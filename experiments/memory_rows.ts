/**
 * What the study's model takes in memory under each method, by arithmetic from its config, beside what the study published.
 * @module
 */
import { ALMA_7B } from "../data/alma_7b.ts";
import { PUBLISHED_FIGURE_1, PUBLISHED_TABLE_1 } from "../data/published.ts";
import { storedModelBytes } from "../inference/compression/memory.ts";
import { hasModelForm, modelForm } from "../inference/compression/memory_form.ts";
import { studyModelBytes } from "../inference/compression/memory_study.ts";
import { parseLlamaConfig } from "../inference/llama_config.ts";
import { type MethodRecipe, type Step, stepsSignature } from "./recipe.ts";

/** How far a computed number may be from the published one before it needs a reason. */
export const MEMORY_TOLERANCE = 0.02;

/** The study's number for a method, and the arithmetic of the form that it measured. */
export interface StudyMemory {
  /** Where the study prints or draws it. */
  readonly where: "Table 1" | "Figure 1";
  /** Its number, in MiB. */
  readonly mebibytes: number;
  /** Bytes of the weights as the study's libraries hold them. */
  readonly bytes: number;
}

/** The memory of ALMA-7B under one method. */
export interface MemoryRow {
  /** The method as tables name it. */
  readonly method: string;
  /** Precision and sparsity as tables show them. */
  readonly precision: string;
  /** The steps. */
  readonly steps: readonly Step[];
  /** Bytes of the weights as the kit stores them. */
  readonly storedBytes: number;
  /** The study's number, if it has one for the method. */
  readonly study?: StudyMemory;
  /** Why a computed number is more than 2 % from the study's, in one sentence, where it is. */
  readonly reason?: string;
}

const CONFIG = parseLlamaConfig(ALMA_7B.config, ALMA_7B.id);

/**
 * Bytes of ALMA-7B's weights as the kit stores them under a method, from the model's config alone; `undefined` if a step is not built in,
 * because then nothing is known of what it stores.
 *
 * @param steps the method; none: the model in 16 bits.
 * @throws {RangeError} if an option of a step is out of range or does not fit the model.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { almaStoredBytes } from "mtpress";
 *
 * equal(almaStoredBytes([]), 2 * 6_738_415_616);
 * equal(almaStoredBytes([{ kind: "gptq", bits: 4, groupSize: 128 }]), 3_864_010_752);
 * equal(almaStoredBytes([{ kind: "a method of your own" }]), undefined);
 * ```
 */
export function almaStoredBytes(steps: readonly Step[]): number | undefined {
  return hasModelForm(steps) ? storedModelBytes(CONFIG, steps).total : undefined;
}

/**
 * The memory of ALMA-7B under each method whose steps are built in; methods with the same steps are one row.
 *
 * @param methods the methods, such as a recipe's.
 * @throws {RangeError} if an option of a step is out of range or does not fit the model.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { loadRecipe, memoryRows } from "mtpress";
 *
 * const [baseline] = memoryRows((await loadRecipe("table_1")).methods);
 * equal(baseline.study?.mebibytes, 12860);
 * equal(baseline.storedBytes / 2 ** 20, 12852.507812500);
 * ```
 */
export function memoryRows(methods: readonly MethodRecipe[]): MemoryRow[] {
  const rows = new Map<string, MemoryRow>();
  for (const method of methods) {
    const key = stepsSignature(method.steps);
    const storedBytes = almaStoredBytes(method.steps);
    if (rows.has(key) || storedBytes === undefined) continue;
    const { name, precision, steps } = method;
    const study = studyMemory(method);
    const reason = study && differenceReason(steps, storedBytes, study);
    rows.set(key, { method: name, precision, steps, storedBytes, study, reason });
  }
  return [...rows.values()];
}

/** How much more than the study's number some bytes are, as a share of it. */
export function memoryDifference(bytes: number, { mebibytes }: StudyMemory): number {
  return bytes / 2 ** 20 / mebibytes - 1;
}

/** The study's number: of the row of Table 1 that the method answers, else of the bar of Figure 1 with its bits. */
function studyMemory({ published, steps }: MethodRecipe): StudyMemory | undefined {
  const row = PUBLISHED_TABLE_1.find(({ id }) => id === published);
  if (row) return { where: "Table 1", mebibytes: row.mebibytes, bytes: almaLibraryBytes(steps) };
  const [step] = steps;
  if (steps.length !== 1 || step?.kind !== "gptq" || step["groupSize"] !== 128) return undefined;
  const bar = PUBLISHED_FIGURE_1.find(({ bits }) => bits === step["bits"]);
  return bar && { where: "Figure 1", mebibytes: bar.mebibytes, bytes: almaLibraryBytes(steps) };
}

/** Bytes of ALMA-7B's weights as the study's libraries hold them; the steps must be built in. */
export function almaLibraryBytes(steps: readonly Step[]): number {
  return studyModelBytes(CONFIG, steps).total;
}

/** One sentence that says why a number is more than 2 % from the study's, by the form that the weights have. */
function differenceReason(
  steps: readonly Step[],
  storedBytes: number,
  study: StudyMemory,
): string | undefined {
  const differences = [storedBytes, study.bytes].map((bytes) => memoryDifference(bytes, study));
  if (differences.every((difference) => Math.abs(difference) <= MEMORY_TOLERANCE)) return undefined;
  switch (modelForm(steps).linears.kind) {
    case "integer": {
      const packing = mebibytes(study.bytes - storedBytes);
      const beside = mebibytes(study.mebibytes * 2 ** 20 - study.bytes);
      return `the study's library packs zero points and group indices that a symmetric grid with groups in order ` +
        `does not need (${packing} MiB), and ${beside} MiB of the study's number are beyond its weights.`;
    }
    case "sparse":
      return `the study kept the zeros in place, so pruning saved nothing; a bitmask with the kept values ` +
        `takes ${(-100 * differences[0]!).toFixed(1)} % less.`;
    default:
      return undefined;
  }
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
