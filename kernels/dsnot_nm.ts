/**
 * DSnoT for n:m masks: as the unstructured algorithm, but the weight that goes is of the same run of m columns as the one that comes back.
 *
 * Follows Zhang et al. 2023, arXiv 2310.08915, as its authors' code and the study's compute it. But, as in both codes:
 * - the weight that goes is the run's smallest by the metric of the first mask, whatever the sign of its M;
 * - it cannot be chosen again, whether or not the swap was accepted;
 * - a row always stops rather than let its error change sign, and `sameSign` says nothing.
 *
 * And unlike them:
 * - where a run has none left to choose the lowest column is taken; PyTorch's `topk` takes any of them.
 * @module
 */
import type { ColumnStatistics } from "./column_statistics.ts";
import {
  type DsnotOptions,
  type DsnotResult,
  type DsnotSettings,
  dsnotSettings,
} from "./dsnot_options.ts";
import { type ChoosePruned, runCycles, startRows } from "./dsnot_rows.ts";
import { magnitudeMetric } from "./magnitude.ts";
import type { Matrix } from "./matrix.ts";
import { checkRunLength } from "./prune_smallest.ts";
import { sortsBefore } from "./sorting.ts";
import { wandaMetric } from "./wanda.ts";

/** Options of DSnoT for n:m masks. */
export interface DsnotRunsOptions extends DsnotOptions {
  /** Columns of a run; must divide the weight's columns. */
  readonly m: number;
  /**
   * What the first mask was made by; it also chooses what to prune.
   * @default "wanda"
   */
  readonly metric?: "wanda" | "magnitude";
}

/** Options with none left open but the listener. */
export type DsnotRunsSettings = DsnotSettings & Required<Pick<DsnotRunsOptions, "m" | "metric">>;

/**
 * Fills in the defaults.
 *
 * @throws {RangeError} if m does not divide the columns, or an option is out of its range.
 */
export function dsnotRunsSettings(columns: number, options: DsnotRunsOptions): DsnotRunsSettings {
  const { m, metric = "wanda" } = options;
  checkRunLength(columns, m);
  if (metric !== "wanda" && metric !== "magnitude") {
    throw new RangeError(
      `Cannot run DSnoT by the metric ${JSON.stringify(metric)}: it must be "wanda" or "magnitude"`,
    );
  }
  return { ...dsnotSettings(options), sameSign: true, m, metric };
}

/**
 * Changes an n:m mask so that each output's mean error comes near 0.
 *
 * @param weight W [R, C], not yet pruned.
 * @param mask [R, C], 1 = kept, with n pruned in each run of m. Stays as it is.
 * @param statistics of the C input channels.
 * @param options `m`, and the others as the study ran it unless they are given.
 * @returns the new mask, and what happened. Swaps keep n:m until a row has been offered all its pruned weights of one sign; what it
 * is offered then, like what stopped rows write, may break it.
 * @throws {RangeError} if sizes do not fit, an option is out of range, or there are more cycles than columns and a row's list is used up.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { addColumnStatistics, dsnotRuns, emptyColumnStatistics, matrix } from "mtpress";
 *
 * const inputs = matrix(2, 4, [1, 1, 1, 2, 1, 1, 1, 0]);
 * const statistics = addColumnStatistics(emptyColumnStatistics(4), inputs); // sums 2, 2, 2, 2
 * const weight = matrix(1, 4, [1, 2, 3, 5]);
 * // 1 and 3 are pruned, so the output misses 8; the 3 comes back and its run's other weight, the 5, goes. That it now misses
 * // 12 is no reason to refuse: only a change of sign is
 * const options = { m: 2, maxCycles: 1, powerOfVariance: 0 };
 * const { mask, errorsAfter } = dsnotRuns(weight, Uint8Array.of(0, 1, 0, 1), statistics, options);
 * deepEqual([...mask], [0, 1, 1, 0]);
 * deepEqual([...errorsAfter], [12]);
 * ```
 */
export function dsnotRuns(
  weight: Matrix,
  mask: Uint8Array,
  statistics: ColumnStatistics,
  options: DsnotRunsOptions,
): DsnotResult {
  const { m, metric, ...settings } = dsnotRunsSettings(weight.columns, options);
  const start = startRows(weight, mask, statistics, settings);
  const scores = metric === "wanda"
    ? wandaMetric(weight, statistics.squaredNorms)
    : magnitudeMetric(weight);
  const left = scores.data.map((s, ij) => mask[ij] ? s : Infinity);
  return runCycles(start, smallestOfRun(left, weight.columns, m), settings);
}

/** Chooses the smallest of the run of m in which a column comes back, and takes it out of `left`. */
function smallestOfRun(left: Float32Array, C: number, m: number): ChoosePruned {
  return ({ index }, regrown) => {
    const start = index * C + regrown - regrown % m;
    let best = start;
    for (let ij = start + 1; ij < start + m; ij++) if (sortsBefore(left[ij], left[best])) best = ij;
    left[best] = Infinity;
    return best - index * C;
  };
}
