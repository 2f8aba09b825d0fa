import { seededRandom } from "./random.ts";
import {
  checkPaired,
  checkResampling,
  corpusValue,
  drawRows,
  type ResamplingOptions,
  sumOfRows,
} from "./resampling.ts";
import type { SegmentStatistics } from "./statistics.ts";

/** Two systems' statistics on the same segments of one direction. */
export interface SystemPair {
  /** The system compared against. */
  readonly baseline: SegmentStatistics;
  /** The system compared. */
  readonly system: SegmentStatistics;
}

/** A difference between two systems with its interval. */
export interface MeanDifference {
  /** Mean over directions of the system's score minus the baseline's. */
  readonly difference: number;
  /** Lower end of the interval. */
  readonly low: number;
  /** Upper end of the interval. */
  readonly high: number;
  /** Standard deviation of the resampled differences. */
  readonly standardError: number;
}

/** Settings of {@link meanDifference}. */
export interface MeanDifferenceOptions extends ResamplingOptions {
  /**
   * Share of the resampled differences that the interval holds.
   * @default {0.95}
   */
  coverage?: number;
}

/**
 * The difference of two systems' corpus scores, averaged over directions, with a percentile interval of the paired
 * bootstrap (by default 1,000 resamples): segments are drawn within each direction, the same ones for both systems.
 * @param directions The pair of each direction; every direction counts the same, however many segments it has.
 * @throws {RangeError} If there is no direction, a pair was not scored alike, or a number is not allowed.
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { bleuStatistics, meanDifference } from "mtpress";
 *
 * const references = ["one two three four", "five six seven eight"];
 * const baseline = bleuStatistics(references, references);
 * const system = bleuStatistics(["nine", "ten"], references);
 * const { difference, low, high } = meanDifference([{ baseline, system }]);
 * equal(Math.round(difference), -100);
 * equal([low, high].every((end) => Math.round(end) === -100), true);
 * ```
 */
export function meanDifference(
  directions: readonly SystemPair[],
  options: MeanDifferenceOptions = {},
): MeanDifference {
  const { samples, seed } = checkResampling(options, 1000);
  const { coverage = 0.95 } = options;
  if (directions.length === 0) {
    throw new RangeError("Cannot average over 0 directions: there must be at least one");
  }
  if (!(coverage > 0 && coverage < 1)) {
    throw new RangeError(`Cannot cover ${coverage} of the samples: coverage lies between 0 and 1`);
  }
  for (const { baseline, system } of directions) checkPaired(baseline, system);
  const drawn = resample(directions, samples, seed);
  const sorted = drawn.toSorted();
  const tail = Math.floor(samples * (1 - coverage) / 2 + 1e-9); // 1000 samples, 0.95: 25 on each side
  const observed = directions.map(({ baseline, system }) =>
    corpusValue(system) - corpusValue(baseline)
  );
  return {
    difference: observed.reduce((sum, value) => sum + value, 0) / observed.length,
    low: sorted[tail],
    high: sorted[samples - 1 - tail],
    standardError: deviation(drawn),
  };
}

function resample(directions: readonly SystemPair[], samples: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  const drawn = new Float64Array(samples);
  for (let s = 0; s < samples; s++) {
    for (const { baseline, system } of directions) {
      const rows = drawRows(baseline.segments, random);
      drawn[s] += system.value(sumOfRows(system, rows)) -
        baseline.value(sumOfRows(baseline, rows));
    }
    drawn[s] /= directions.length;
  }
  return drawn;
}

function deviation(values: Float64Array): number {
  if (values.length < 2) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
