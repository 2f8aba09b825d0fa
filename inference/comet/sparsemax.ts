/**
 * Sparsemax.
 * Martins and Astudillo 2016, "From Softmax to Sparsemax", arXiv 1602.02068, Algorithm 1.
 * @module
 */

/**
 * The point of the probability simplex that is nearest to z: like softmax, but with exact zeros.
 *
 * With z sorted downwards, k is the largest count for which 1 + k · z_k > z_1 + … + z_k; τ = (z_1 + … + z_k - 1) / k, and
 * the result is max(z_i - τ, 0).
 *
 * @param z scores [N].
 * @returns weights [N], not negative, of sum 1, in float64.
 * @throws {RangeError} If there are no scores or one is not finite.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { sparsemax } from "mtpress";
 *
 * deepEqual(sparsemax([1, 0.5, -1]), [0.75, 0.25, 0]);
 * ```
 */
export function sparsemax(z: ArrayLike<number>): number[] {
  const scores = Array.from(z);
  const unusable = scores.findIndex((score) => !Number.isFinite(score));
  if (scores.length === 0 || unusable >= 0) {
    const given = scores.length === 0 ? "no scores" : `${scores[unusable]} (score ${unusable})`;
    throw new RangeError(`Cannot take sparsemax of ${given}: scores must be finite numbers`);
  }
  let total = 0;
  let threshold = 0;
  for (const [index, score] of scores.toSorted((a, b) => b - a).entries()) {
    const k = index + 1;
    if (1 + k * score <= total + score) break;
    total += score;
    threshold = (total - 1) / k;
  }
  return scores.map((score) => Math.max(score - threshold, 0));
}
