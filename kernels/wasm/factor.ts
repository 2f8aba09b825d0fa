/**
 * The factor U of a Hessian in the kernels' memory.
 * @module
 */
import { type GptqFactorOptions, type HessianPlan, notPositiveDefinite } from "../gptq_factor.ts";
import type { Matrix } from "../matrix.ts";
import type { Work } from "./calls.ts";
import {
  choleskySteps,
  type FactorTask,
  inverseBytes,
  inverseSteps,
  partRows,
  turnSteps,
} from "./factor_steps.ts";
import type { Kernels } from "./kernels.ts";
import { FIRST_BYTE, layOut } from "./module.ts";

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
  /** One past its last byte, with what tiles overlap below it. */
  readonly end: number;
}

/** Where U lies. Rows a multiple of 1 KiB apart share cache sets, so they are set 64 bytes further. */
export function placeFactor(columns: number, wide: boolean): FactorPlace {
  const size = wide ? 8 : 4;
  let step = Math.ceil(columns / 16) * 16;
  if (step * size % 1024 === 0) step += 64 / size;
  return { columns, wide, at: FIRST_BYTE, step, end: FIRST_BYTE + (columns + 6) * step * size };
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

/** Plans a factorisation by some threads, with all that it needs behind U's place. */
export function planFactor(
  kernels: Kernels,
  place: FactorPlace,
  threads: number,
): FactorTask & { readonly end: number } {
  const { columns, wide } = place;
  const bytes = kernels.factorBytes(Number(wide), columns, partRows(columns));
  const workBytes = Math.ceil(bytes / 64) * 64;
  const { inverses, work, end } = layOut(place.end, {
    inverses: inverseBytes(columns, wide),
    work: workBytes * threads,
  });
  return { ...place, inverses, work, workBytes, end };
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
 * @throws {FactorizationError} if the damped Hessian is not positive definite.
 */
export function* factorise(
  kernels: Kernels,
  task: FactorTask,
  hessian: Matrix,
  plan: HessianPlan,
  { damping = 0.01 }: GptqFactorOptions,
): Work<void> {
  const { columns, wide } = task;
  loadReversed(kernels, task, hessian, plan);
  const stopped = yield* choleskySteps(task);
  if (stopped) {
    const column = plan.order[columns - 1 - stopped.row];
    const advice = wide ? "raise damping" : 'raise damping, or take the precision "float64"';
    throw notPositiveDefinite(columns, damping, column, stopped.pivot, advice);
  }
  yield* inverseSteps(task);
  yield* turnSteps(task);
}

/** U as `factorizeHessian` gives it. */
export function readFactor(kernels: Kernels, place: FactorPlace): Float64Array<ArrayBuffer> {
  const { columns } = place;
  const upper = new Float64Array(columns * columns);
  for (let i = 0; i < columns; i++) {
    upper.set(factorRow(kernels, place, i, columns), i * columns);
  }
  return upper;
}

/** Writes U to its place. */
export function writeFactor(
  kernels: Kernels,
  place: FactorPlace,
  upper: Float64Array,
): void {
  const { columns } = place;
  for (let i = 0; i < columns; i++) {
    const row = upper.subarray(i * columns, (i + 1) * columns);
    factorRow(kernels, place, i, columns).set(row);
  }
}

/** Writes the upper triangle of a factor, its rows from the diagonal on one behind the other, to its place. */
export function writeRows(
  kernels: Kernels,
  place: FactorPlace,
  rows: Float32Array | Float64Array,
): void {
  const { columns: n } = place;
  for (let i = 0, at = 0; i < n; at += n - i, i++) {
    const row = factorRow(kernels, place, i, n);
    row.fill(0, 0, i);
    row.set(rows.subarray(at, at + n - i), i);
  }
}
