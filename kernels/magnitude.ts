/**
 * Magnitude pruning, the baseline of Wanda and DSnoT: prunes the weights with the smallest |weight|, without any data.
 *
 * Follows `prune_magnitude` of the code of Sun et al. 2023 (arXiv 2306.11695). But:
 * - where n:m meets equal magnitudes the lower column is pruned; PyTorch's `topk` takes any of them.
 * @module
 */
import { type Matrix, matrix } from "./matrix.ts";
import { prunedCount, pruneSmallest, type SparsityPattern } from "./prune_smallest.ts";

/** |W| [R, C]. */
export function magnitudeMetric({ rows, columns, data }: Matrix): Matrix {
  return matrix(rows, columns, data.map(Math.abs));
}

/**
 * The mask of magnitude pruning. A ratio means one threshold for the whole matrix, the ⌊R·C · ratio⌋-th smallest magnitude counted
 * from 0; weights at the threshold are pruned too, so it is one weight more than the ratio says, or more with ties. A
 * pattern n:m prunes the n smallest of each run of m columns.
 *
 * DSnoT's authors begin from another magnitude mask, with the same count in each row: `pruneSmallest(magnitudeMetric(W), { ratio })`.
 *
 * @param weight W [R, C].
 * @returns the mask [R, C], 1 = kept.
 * @throws {RangeError} if the ratio is not at least 0 and below 1, or n:m does not fit the columns.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { magnitudeMask, matrix } from "mtpress";
 *
 * const weight = matrix(2, 2, [-1, 2, 3, -4]);
 * deepEqual([...magnitudeMask(weight, { ratio: 0.25 })], [0, 0, 1, 1]);
 * deepEqual([...magnitudeMask(weight, { n: 1, m: 2 })], [0, 1, 0, 1]);
 * ```
 */
export function magnitudeMask(weight: Matrix, pattern: SparsityPattern): Uint8Array<ArrayBuffer> {
  const S = magnitudeMetric(weight);
  if (!("ratio" in pattern)) return pruneSmallest(S, pattern);
  const k = prunedCount(S.data.length, pattern.ratio);
  if (k === S.data.length) {
    throw new RangeError(
      `Cannot prune ${pattern.ratio} of ${k} weights by magnitude: the ratio must be below 1`,
    );
  }
  const threshold = S.data.toSorted()[k];
  return Uint8Array.from(S.data, (s) => s <= threshold ? 0 : 1);
}
