/**
 * Wanda: prunes the weights with the smallest |weight| · ‖input channel‖, compared within each output; what stays is not changed.
 *
 * Follows Sun et al. 2023, arXiv 2306.11695, equation 1 and Algorithm 1, and its authors' code. But:
 * - where n:m meets equal metrics the lower column is pruned; PyTorch's `topk` takes any of them;
 * - m must divide the columns; the authors' code prunes n of a last run that is shorter.
 * @module
 */
import { type Matrix, matrix } from "./matrix.ts";
import { pruneSmallest, type SparsityPattern } from "./prune_smallest.ts";

/**
 * Throws unless there is one norm for each column of a weight.
 *
 * @throws {RangeError} if there are more or fewer.
 */
export function checkNorms({ rows: R, columns: C }: Matrix, squaredNorms: Float32Array): void {
  if (squaredNorms.length === C) return;
  throw new RangeError(
    `Cannot score a weight [${R}, ${C}] by ${squaredNorms.length} column norms: ` +
      `there must be ${C}`,
  );
}

/**
 * How much each weight matters to Wanda: S_ij = |W_ij| · ‖X_j‖₂ (equation 1), the norm being √(mean over samples of ‖X_s[:, j]‖²).
 *
 * @param weight W [R, C].
 * @param squaredNorms [C], as {@link ColumnStatistics} has them.
 * @returns S [R, C].
 * @throws {RangeError} if there is not one norm for each column.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { matrix, wandaMetric } from "mtpress";
 *
 * deepEqual([...wandaMetric(matrix(1, 2, [3, -1]), Float32Array.of(1, 25)).data], [3, 5]);
 * ```
 */
export function wandaMetric(weight: Matrix, squaredNorms: Float32Array): Matrix {
  const { rows: R, columns: C, data: W } = weight;
  checkNorms(weight, squaredNorms);
  const norms = squaredNorms.map(Math.sqrt);
  const S = new Float32Array(R * C);
  for (let i = 0, ij = 0; i < R; i++) {
    for (let j = 0; j < C; j++, ij++) S[ij] = Math.abs(W[ij]) * norms[j];
  }
  return matrix(R, C, S);
}

/**
 * Wanda's mask: of each row the ⌊C · ratio⌋ weights with the smallest metric are pruned, or of each row's runs of m the n smallest.
 * Input channels that were always 0 go first.
 *
 * @param weight W [R, C].
 * @param squaredNorms [C], as {@link ColumnStatistics} has them.
 * @param pattern how many to prune.
 * @returns the mask [R, C], 1 = kept.
 * @throws {RangeError} if the norms or the pattern do not fit the columns.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { matrix, wandaMask } from "mtpress";
 *
 * const weight = matrix(2, 2, [3, -1, 9, 2]);
 * const squaredNorms = Float32Array.of(1, 25); // the second channel's inputs are five times as large
 * deepEqual([...wandaMask(weight, squaredNorms, { ratio: 0.5 })], [0, 1, 0, 1]);
 * ```
 */
export function wandaMask(
  weight: Matrix,
  squaredNorms: Float32Array,
  pattern: SparsityPattern,
): Uint8Array<ArrayBuffer> {
  return pruneSmallest(wandaMetric(weight, squaredNorms), pattern);
}
