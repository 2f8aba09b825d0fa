/**
 * DSnoT: swaps pruned and kept weights, without training, so that what pruning takes from each output on average comes near 0.
 *
 * Follows Zhang et al. 2023, "Dynamic Sparse No Training", arXiv 2310.08915, in the growing and pruning criteria as its authors' code
 * has them; the study's code is the same in this. M_ij = W_ij · S_j, where S_j sums input channel j over the tokens of a mean sample,
 * and the error e of a row is the sum of M over its pruned weights. Each cycle offers each row one swap:
 * - back comes, of the pruned weights, the one with the largest M / var^p if e > 0, the smallest otherwise;
 * - for it goes, of the kept weights whose M has the sign that lowers |e|, the one with the smallest Wanda metric;
 * - the row stops at the first swap it refuses: if |e| is at most the threshold, or, where asked for, if e would change sign.
 *
 * But, as in both codes:
 * - swaps are accepted whether or not they lower |e|, so a row may swing until the cycles end;
 * - M_ij = 0 among the kept weights leaves a slot for the smallest Wanda metric again;
 * - stopped rows go on writing (see `stoppedRowsRest`), and the number of pruned weights of a row may change.
 *
 * And unlike them:
 * - it begins from any mask, with any number of pruned weights in each row;
 * - a list that is used up is an error with a reason.
 * @module
 */
import type { ColumnStatistics } from "./column_statistics.ts";
import { type DsnotOptions, type DsnotResult, dsnotSettings } from "./dsnot_options.ts";
import { type DsnotRow, runCycles, startRows, TwoEndedList } from "./dsnot_rows.ts";
import type { Matrix } from "./matrix.ts";
import { argsort } from "./sorting.ts";
import { wandaMetric } from "./wanda.ts";

/**
 * Changes an unstructured mask so that each output's mean error comes near 0.
 *
 * @param weight W [R, C], not yet pruned.
 * @param mask [R, C], 1 = kept: Wanda's, or `pruneSmallest(magnitudeMetric(W), { ratio })`. Stays as it is.
 * @param statistics of the C input channels.
 * @param options as the study ran it, unless others are given.
 * @returns the new mask, and what happened.
 * @throws {RangeError} if sizes do not fit, an option is out of range, or a row keeps fewer weights than there are cycles and
 * its list is used up.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { addColumnStatistics, dsnot, emptyColumnStatistics, matrix } from "mtpress";
 *
 * const inputs = matrix(2, 4, [1, 1, 1, 2, 1, 1, 1, 0]);
 * const statistics = addColumnStatistics(emptyColumnStatistics(4), inputs); // sums 2, 2, 2, 2
 * const weight = matrix(1, 4, [1, 2, -1.5, -2]);
 * // pruned are 1 and 2, so the output misses 6; the 2 comes back and -1.5 goes: the output misses -1
 * const options = { maxCycles: 1, powerOfVariance: 0 };
 * const { mask, errorsBefore, errorsAfter } = dsnot(weight, Uint8Array.of(0, 0, 1, 1), statistics, options);
 * deepEqual([...mask], [0, 1, 0, 1]);
 * deepEqual([...errorsBefore, ...errorsAfter], [6, -1]);
 * ```
 */
export function dsnot(
  weight: Matrix,
  mask: Uint8Array,
  statistics: ColumnStatistics,
  options: DsnotOptions = {},
): DsnotResult {
  const settings = dsnotSettings(options);
  const start = startRows(weight, mask, statistics, settings);
  const metric = wandaMetric(weight, statistics.squaredNorms);
  const lists = start.rows.map((row) => pruneList(row, metric));
  return runCycles(
    start,
    ({ index, error }) => lists[index].take(error < 0 ? "back" : "front"),
    settings,
  );
}

/**
 * The kept columns, to be pruned from the front if that must lower the error (M < 0) and from the back if it must raise it (M > 0);
 * from each end the one with the smallest Wanda metric first.
 */
function pruneList({ index, M, kept }: DsnotRow, { columns: C, data }: Matrix): TwoEndedList {
  const byMetric = argsort(data.subarray(index * C, (index + 1) * C)).filter((j) => kept[j]);
  const list = new Uint32Array(byMetric.length).fill(byMetric[0]); // what M = 0 leaves open
  list.set(byMetric.filter((j) => M[j] < 0), 0);
  const positive = byMetric.filter((j) => M[j] > 0).reverse();
  list.set(positive, list.length - positive.length);
  return new TwoEndedList(list, "prune");
}
