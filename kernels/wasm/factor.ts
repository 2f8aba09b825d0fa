/**
 * The factor U of a Hessian in the kernels' memory.
 * @module
 */
import { type GptqFactorOptions, type HessianPlan, notPositiveDefinite } from "../gptq_factor.ts";
import type { Matrix } from "../matrix.ts";
import type { Kernels } from "./module.ts";

/** U [columns, columns], upper, in memory. */
export interface FactorPlace {
  /** Number of columns C. */
  readonly columns: number;
  /** Whether it is float64, not float32. */
  readonly wide: boolean;
  /** Byte offset of its first value. */
  readonly at: number;
  /** Values from a row to the next. */
  readonly step: number;
  /** Bytes that it takes, with what tiles overlap below it. */
  readonly bytes: number;
}

const FIRST_BYTE = 1024;

/** Where U lies. Rows a multiple of 1 KiB apart share cache sets, so they are set 64 bytes further. */
export function placeFactor(columns: number, wide: boolean): FactorPlace {
  const size = wide ? 8 : 4;
  let step = Math.ceil(columns / 16) * 16;
  if (step * size % 1024 === 0) step += 64 / size;
  return { columns, wide, at: FIRST_BYTE, step, bytes: (columns + 6) * step * size };
}

/** The first `length` values of a row of U. */
export function factorRow(
  { memory }: Kernels,
  { at, step, wide }: FactorPlace,
  row: number,
  length: number,
): Float32Array | Float64Array {
  return wide
    ? new Float64Array(memory.buffer, at + row * step * 8, length)
    : new Float32Array(memory.buffer, at + row * step * 4, length);
}

/** Writes the damped Hessian's lower triangle, rows and columns in reverse order, to U's place. */
function loadReversed(
  kernels: Kernels,
  place: FactorPlace,
  { data, columns }: Matrix,
  { order, diagonal }: HessianPlan,
): void {
  const ordered = order.some((column, position) => column !== position);
  const reversed = order.toReversed();
  for (let i = 0; i < columns; i++) {
    const row = factorRow(kernels, place, i, i + 1);
    const from = reversed[i] * columns;
    if (ordered) { for (let j = 0; j < i; j++) row[j] = data[from + reversed[j]]; }
    else for (let j = 0; j < i; j++) row[j] = data[from + columns - 1 - j];
    row[i] = diagonal[columns - 1 - i];
  }
}

/**
 * Factorises a Hessian in memory.
 *
 * @param work byte offset of `kernels.factorBytes(columns)` free bytes.
 * @throws {FactorizationError} if the damped Hessian is not positive definite.
 */
export function factorise(
  kernels: Kernels,
  place: FactorPlace,
  hessian: Matrix,
  plan: HessianPlan,
  { damping = 0.01 }: GptqFactorOptions,
  work: number,
): void {
  const { columns, wide, at, step } = place;
  loadReversed(kernels, place, hessian, plan);
  if (!kernels.cholesky(wide, columns, at, step, work)) {
    const column = plan.order[columns - 1 - kernels.pivotRow()];
    const advice = wide ? "raise damping" : 'raise damping, or take the precision "float64"';
    throw notPositiveDefinite(columns, damping, column, kernels.pivotValue(), advice);
  }
  kernels.invert(wide, columns, at, step, work);
}
