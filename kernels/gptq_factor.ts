/**
 * What GPTQ takes from a Hessian: the columns to leave out, the order to quantise the others in, and the factor U of the inverse.
 * It depends on the layer's inputs alone, so weights behind the same inputs (q, k, v; gate, up) share one.
 *
 * follows steps 3, 5, 6 and 7 of `fasterquant` in the authors' code (Frantar et al. 2023, algorithm 1 and section 3.3, step 3).
 * But:
 * - one factorisation and one triangular inverse give U, in float64 (`upperFactorOfInverse`);
 * - equal diagonal entries keep ascending columns in the activation order; the reference leaves their order open.
 * @module
 */
import { checkFinite } from "./finite.ts";
import { FactorizationError, upperFactorOfInverse } from "./linear_algebra.ts";
import type { Matrix } from "./matrix.ts";

/** How a Hessian is prepared. */
export interface GptqFactorOptions {
  /**
   * What is added to the diagonal, as a fraction of its mean. The study ran 0.1, the default of AutoGPTQ's integration.
   * @default {0.01}
   */
  readonly damping?: number;
  /**
   * Whether columns are quantised by falling diagonal entry ("act-order", `desc_act`) and not from left to right.
   * @default {false}
   */
  readonly actOrder?: boolean;
}

/** A prepared Hessian of C input columns. */
export interface GptqFactor {
  /** Number of input columns C. */
  readonly columns: number;
  /** U [C, C], upper, in quantisation order: UᵀU is the inverse of the damped Hessian. */
  readonly upper: Float64Array;
  /** The column that is quantised at each position [C]. */
  readonly order: Int32Array;
  /** 1 for columns whose inputs were all zero [C], in the weight's own order; their weights are quantised as 0. */
  readonly dead: Uint8Array;
}

/** What the diagonal of a Hessian decides. */
export interface HessianPlan {
  /** The column that is quantised at each position [C]. */
  readonly order: Int32Array;
  /** 1 for columns whose inputs were all zero [C]. */
  readonly dead: Uint8Array;
  /** The damped diagonal in the order of quantisation [C]. */
  readonly diagonal: Float64Array;
}

/**
 * Checks a Hessian and takes from its diagonal what comes before the factorisation.
 *
 * @throws {RangeError} if the Hessian is not square or not finite, or the damping is negative.
 */
export function planHessian(
  hessian: Matrix,
  { damping = 0.01, actOrder = false }: GptqFactorOptions,
): HessianPlan {
  const { rows, columns, data } = hessian;
  if (rows !== columns) {
    throw new RangeError(`Cannot factorise a Hessian [${rows}, ${columns}]: it must be square`);
  }
  if (!(damping >= 0 && damping < Infinity)) {
    throw new RangeError(`Cannot damp a Hessian by ${damping}: damping must be 0 or more`);
  }
  checkFinite(hessian, "factorise a Hessian");
  const dead = new Uint8Array(columns);
  const undamped = new Float64Array(columns);
  for (let j = 0; j < columns; j++) {
    dead[j] = data[j * columns + j] === 0 ? 1 : 0;
    undamped[j] = dead[j] ? 1 : data[j * columns + j];
  }
  const order = Int32Array.from({ length: columns }, (_, j) => j);
  if (actOrder) order.sort((a, b) => undamped[b] - undamped[a] || a - b);
  const damp = damping * undamped.reduce((sum, h) => sum + h, 0) / columns;
  const diagonal = Float64Array.from(order, (column) => undamped[column] + damp);
  return { order, dead, diagonal };
}

/**
 * The error of a damped Hessian that is not positive definite.
 *
 * @param column the column of the Hessian at which the factorisation stopped.
 * @param advice what helps.
 */
export function notPositiveDefinite(
  columns: number,
  damping: number,
  column: number,
  pivot: number,
  advice: string = "raise damping",
): FactorizationError {
  return new FactorizationError(
    `Cannot factorise the Hessian [${columns}, ${columns}] with damping ${damping}: the pivot of column ` +
      `${column} is ${pivot}, and it must be positive; ${advice}`,
    column,
    pivot,
  );
}

/**
 * Prepares a Hessian for GPTQ: columns without input get the diagonal entry 1, the columns are ordered, the mean of the diagonal
 * times `damping` is added to it, and the inverse is factorised.
 *
 * @param hessian H [C, C], symmetric, of `hessianAccumulator`; it is not changed.
 * @param options damping and order.
 * @returns the prepared Hessian.
 * @throws {RangeError} if the Hessian is not square or not finite, or the damping is negative.
 * @throws {FactorizationError} if the damped Hessian is not positive definite; more damping helps.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { factorizeHessian, matrix } from "mtpress";
 *
 * const hessian = matrix(2, 2, [0.25, 0, 0, 4]);
 * const { upper, order } = factorizeHessian(hessian, { damping: 0, actOrder: true });
 * deepEqual([...order], [1, 0]);
 * deepEqual([...upper].map(Math.abs), [0.5, 0, 0, 2]);
 * ```
 */
export function factorizeHessian(
  hessian: Matrix,
  options: GptqFactorOptions = {},
): GptqFactor {
  const { order, dead, diagonal } = planHessian(hessian, options);
  const { columns, data } = hessian;
  const damped = new Float64Array(columns * columns);
  for (let i = 0; i < columns; i++) {
    const row = order[i] * columns;
    for (let j = i + 1; j < columns; j++) damped[i * columns + j] = data[row + order[j]];
    damped[i * columns + i] = diagonal[i];
  }
  try {
    return { columns, upper: upperFactorOfInverse(damped, columns), order, dead };
  } catch (error) {
    if (!(error instanceof FactorizationError)) throw error;
    throw notPositiveDefinite(columns, options.damping ?? 0.01, order[error.row], error.pivot);
  }
}
