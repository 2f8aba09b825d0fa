/**
 * Wanda's variant: instead of the same number in each row it prunes the same share α of each row's total metric, and
 * searches the α that gives the wanted sparsity of the matrix.
 *
 * Follows `use_variant` of the code of Sun et al. 2023 (arXiv 2306.11695). But:
 * - a row whose smallest metric is already more than its share keeps every weight; the authors' code stops with an index error.
 * @module
 */
import { maskSparsity } from "./mask.ts";
import { type Matrix, matrix } from "./matrix.ts";
import { argsort } from "./sorting.ts";
import { wandaMetric } from "./wanda.ts";

const FIRST_ALPHA = 0.4;
const LARGEST_ALPHA = 0.8;
/** Both how near the sparsity must come and how short the interval of α may get. */
const PRECISION = 0.001;

/** What the variant pruned. */
export interface WandaVariantResult {
  /** The mask [R, C], 1 = kept. */
  readonly mask: Uint8Array<ArrayBuffer>;
  /** The share of each row's metric that was pruned. */
  readonly alpha: number;
  /** The share of all weights that was pruned. */
  readonly sparsity: number;
}

/**
 * The mask of Wanda's variant. The rows' sparsities differ. α is found by bisection from 0.4 within 0 and 0.8 until the matrix's
 * sparsity is within 0.001 of the wanted one or the interval is shorter than 0.001, so the wanted sparsity may be missed.
 *
 * @param weight W [R, C].
 * @param squaredNorms [C], as {@link ColumnStatistics} has them.
 * @param ratio the wanted sparsity, 0 to 1.
 * @throws {RangeError} if there is not one norm for each column or the ratio is not within 0 and 1.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { matrix, wandaVariantMask } from "mtpress";
 *
 * // two fifths of 20 are 8, room for 1 + 2 + 3; two fifths of 120 are 48, room for 28 alone
 * const weight = matrix(2, 4, [1, 2, 3, 14, 28, 29, 31, 32]);
 * const { mask, alpha, sparsity } = wandaVariantMask(weight, Float32Array.of(1, 1, 1, 1), 0.5);
 * deepEqual([...mask], [0, 0, 0, 1, 0, 1, 1, 1]);
 * deepEqual([alpha, sparsity], [0.4, 0.5]);
 * ```
 */
export function wandaVariantMask(
  weight: Matrix,
  squaredNorms: Float32Array,
  ratio: number,
): WandaVariantResult {
  if (!(ratio >= 0 && ratio <= 1)) {
    throw new RangeError(`Cannot prune ${ratio} of a weight: the ratio must be within 0 and 1`);
  }
  const S = wandaMetric(weight, squaredNorms);
  const sorted = sortRows(S);
  const cumulative = cumulateRows(sorted);
  let [low, high] = [0, LARGEST_ALPHA];
  let alpha = FIRST_ALPHA;
  let result = pruneShare(S, sorted, cumulative, alpha);
  while (Math.abs(result.sparsity - ratio) > PRECISION && high - low >= PRECISION) {
    if (result.sparsity > ratio) high = alpha;
    else low = alpha;
    alpha = (low + high) / 2;
    result = pruneShare(S, sorted, cumulative, alpha);
  }
  return result;
}

/** Each row's values, ascending. */
function sortRows({ rows: R, columns: C, data }: Matrix): Matrix {
  const sorted = new Float32Array(R * C);
  for (let start = 0; start < R * C; start += C) {
    const row = data.subarray(start, start + C);
    sorted.set(Float32Array.from(argsort(row), (j) => row[j]), start);
  }
  return matrix(R, C, sorted);
}

/** Each row's sums of its first 1, 2, ..., C values. */
function cumulateRows({ rows: R, columns: C, data }: Matrix): Matrix {
  const sums = new Float32Array(R * C);
  for (let i = 0, ij = 0; i < R; i++) {
    let sum = 0;
    for (let j = 0; j < C; j++, ij++) sums[ij] = sum += data[ij];
  }
  return matrix(R, C, sums);
}

/** Prunes, of each row, the smallest metrics that together are at most α of the row's sum, and those equal to the last of them. */
function pruneShare(
  { rows: R, columns: C, data: S }: Matrix,
  sorted: Matrix,
  cumulative: Matrix,
  alpha: number,
): WandaVariantResult {
  const mask = new Uint8Array(R * C).fill(1);
  for (let start = 0; start < R * C; start += C) {
    const end = start + C;
    const share = alpha * cumulative.data[end - 1];
    let last = start - 1;
    while (last + 1 < end && cumulative.data[last + 1] <= share) last++;
    if (last < start) continue;
    for (let ij = start; ij < end; ij++) {
      if (S[ij] <= sorted.data[last]) mask[ij] = 0;
    }
  }
  return { mask, alpha, sparsity: maskSparsity(mask) };
}
