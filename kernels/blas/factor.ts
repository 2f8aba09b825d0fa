/**
 * The factor U of a Hessian by LAPACK.
 *
 * With rows and columns of H in reverse order, H = L Lᵀ; then U is L⁻¹ in reverse order again (see ../linear_algebra.ts).
 * @module
 */
import type { PrepareOptions } from "../backend.ts";
import { type HessianPlan, notPositiveDefinite, planHessian } from "../gptq_factor.ts";
import type { Matrix } from "../matrix.ts";
import type { Blas, BlasRoutines, BlasValues } from "./blas.ts";

/** A factorised Hessian in the precision of the work. */
export interface BlasFactor<Values extends BlasValues = BlasValues> {
  /** Number of input columns C. */
  readonly columns: number;
  /** U [C, C], upper, in the order of quantisation. */
  readonly upper: Values;
  /** The column that is quantised at each position [C]. */
  readonly order: Int32Array;
  /** 1 for columns whose inputs were all zero [C]. */
  readonly dead: Uint8Array;
  /** The routines of the precision. */
  readonly routines: BlasRoutines<Values>;
}

/** Writes the damped Hessian's lower triangle, rows and columns in reverse order. */
function loadReversed(
  to: BlasValues,
  { data, columns: C }: Matrix,
  { order, diagonal }: HessianPlan,
): void {
  const ordered = order.some((column, position) => column !== position);
  const reversed = order.toReversed();
  for (let i = 0; i < C; i++) {
    const at = i * C;
    const from = reversed[i] * C;
    if (ordered) { for (let j = 0; j < i; j++) to[at + j] = data[from + reversed[j]]; }
    else for (let j = 0; j < i; j++) to[at + j] = data[from + C - 1 - j];
    to[at + i] = diagonal[C - 1 - i];
  }
}

/** The first row whose diagonal is not a positive number, from 0; -1 if there is none. */
function brokenRow(values: BlasValues, C: number): number {
  for (let i = 0; i < C; i++) {
    const pivot = values[i * C + i];
    if (!(pivot > 0 && pivot < Infinity)) return i;
  }
  return -1;
}

function factorIn<Values extends BlasValues>(
  routines: BlasRoutines<Values>,
  hessian: Matrix,
  options: PrepareOptions,
  plan: HessianPlan,
): BlasFactor<Values> {
  const { columns } = hessian;
  const { order, dead } = plan;
  const upper = routines.allocate(columns * columns);
  loadReversed(upper, hessian, plan);
  const stopped = routines.cholesky(columns, upper);
  const row = stopped > 0 ? stopped - 1 : brokenRow(upper, columns);
  if (row >= 0) {
    const advice = options.precision === "float64"
      ? "raise damping"
      : 'raise damping, or take the precision "float64"';
    const pivot = upper[row * columns + row];
    const column = order[columns - 1 - row];
    throw notPositiveDefinite(columns, options.damping ?? 0.01, column, pivot, advice);
  }
  routines.invertLower(columns, upper);
  upper.reverse();
  return { columns, upper, order, dead, routines };
}

/**
 * Factorises a Hessian.
 *
 * @throws {RangeError} as `factorizeHessian` does, or if there is no such precision.
 * @throws {FactorizationError} if the damped Hessian is not positive definite in the precision.
 */
export function factorise(
  blas: Blas,
  hessian: Matrix,
  options: PrepareOptions,
): BlasFactor {
  const { precision = "float32" } = options;
  if (precision !== "float32" && precision !== "float64") {
    throw new RangeError(
      `Cannot compute with the precision ${precision}: it must be float32 or float64`,
    );
  }
  const plan = planHessian(hessian, options);
  return precision === "float64"
    ? factorIn(blas.double, hessian, options, plan)
    : factorIn(blas.single, hessian, options, plan);
}
