/**
 * GPTQ: quantises a weight column by column and moves each column's error onto the columns that are still to come, so that the
 * layer's outputs on the calibration inputs change least.
 *
 * follows Frantar et al. 2023, "GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers"
 * (arXiv:2210.17323), algorithm 1, as the authors' code runs it. But:
 * - rows run one after the other, each through a whole block of columns; rows do not depend on one another, so only sums of the
 *   last bits differ. The factor U and the errors are float64, the weights in work float32;
 * - a mask may name weights that become exactly 0, and whose value is moved on like any other (as SparseGPT treats a fixed mask:
 *   Frantar and Alistarh 2023, arXiv:2301.00774, algorithm 1); the authors' code has none;
 * - a failed factorisation is an error, never another method;
 * - the result is codes and grids; `dequantize` makes the reference's Q of them.
 *
 * Kept from the reference, because results rest on it: with groups, a group's grid is fitted to the weights as they were when its
 * block of `blockSize` columns began, so errors from inside the block do not reach it.
 * @module
 */
import { factorizeHessian, type GptqFactor } from "./gptq_factor.ts";
import { checkGptq, type GptqOptions, type GptqSolveOptions } from "./gptq_options.ts";
import { begin, moveErrors, quantiseBlock } from "./gptq_solve.ts";
import type { Matrix } from "./matrix.ts";
import type { IntegerWeight } from "./stored_weight.ts";

/** What GPTQ gives. */
export interface GptqResult {
  /** The quantised weight. */
  readonly weight: IntegerWeight;
  /**
   * ½ Σ ((w - ŵ) / Uᵢᵢ)² with every w as it is when its column is reached. It equals ½ tr((W - Ŵ) H (W - Ŵ)ᵀ) with the damped H:
   * the squared error of the outputs, averaged over samples, and the damping's share.
   */
  readonly loss: number;
}

/**
 * Quantises a weight with a Hessian that is already prepared, which weights with the same inputs share.
 *
 * @param weight W [R, C]; it is not changed.
 * @param factor the prepared Hessian of C columns, from `factorizeHessian`.
 * @param options bits, grids, groups, block size and mask.
 * @returns the quantised weight and the loss.
 * @throws {RangeError} if an option is out of its range, sizes do not fit or a weight is not finite.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { factorizeHessian, gptq, gptqWithFactor, matrix } from "mtpress";
 *
 * const hessian = matrix(2, 2, [2, 1, 1, 2]);
 * const shared = factorizeHessian(hessian, { damping: 0.1 });
 * for (const weight of [matrix(1, 2, [0.3, -1]), matrix(1, 2, [1, 0.5])]) {
 *   deepEqual(
 *     gptqWithFactor(weight, shared, { bits: 3, symmetric: false }),
 *     gptq(weight, hessian, { bits: 3, symmetric: false, damping: 0.1 }),
 *   );
 * }
 * ```
 */
export function gptqWithFactor(
  weight: Matrix,
  factor: GptqFactor,
  options: GptqSolveOptions,
): GptqResult {
  checkGptq(weight, factor.columns, options);
  const work = begin(weight, factor, options);
  const { rows, columns } = weight;
  let loss = 0;
  for (let first = 0; first < columns; first += work.blockSize) {
    const last = Math.min(first + work.blockSize, columns);
    for (let r = 0; r < rows; r++) {
      loss += quantiseBlock(work, r, first, last);
      moveErrors(work, r, first, last);
    }
  }
  return { weight: work.result, loss: loss / 2 };
}

/**
 * Quantises a weight by GPTQ.
 *
 * @param weight W [R, C]; it is not changed.
 * @param hessian H [C, C] of the weight's inputs, from `hessianAccumulator`; it is not changed.
 * @param options bits, grids, groups, order, damping, block size and mask.
 * @returns the quantised weight and the loss.
 * @throws {RangeError} if an option is out of its range, sizes do not fit, or a value is not finite.
 * @throws {FactorizationError} if the damped Hessian is not positive definite; the message says to raise `damping`.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { dequantize, gptq, matrix, roundToNearest } from "mtpress";
 *
 * const weight = matrix(1, 4, [-1, 2, 0.4, 0.4]);
 * const options = { bits: 2, symmetric: false };
 * deepEqual([...dequantize(roundToNearest(weight, options)).data], [-1, 2, 0, 0]);
 *
 * // the last two inputs are nearly equal, so one weight can give back what rounding took from the other
 * const hessian = matrix(4, 4, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0.9, 0, 0, 0.9, 1]);
 * deepEqual([...dequantize(gptq(weight, hessian, options).weight).data], [-1, 2, 0, 1]);
 * ```
 */
export function gptq(weight: Matrix, hessian: Matrix, options: GptqOptions): GptqResult {
  checkGptq(weight, hessian.columns, options); // before the long work
  return gptqWithFactor(weight, factorizeHessian(hessian, options), options);
}
