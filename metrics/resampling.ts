import { type RandomNumbers, seededRandom } from "./random.ts";
import { type SegmentStatistics, sumStatistics } from "./statistics.ts";

/** Settings of a resampling. */
export interface ResamplingOptions {
  /** How many resamples or trials. */
  samples?: number;
  /**
   * Seed of the random numbers, 0 to 2³² - 1.
   * @default {12345}
   */
  seed?: number;
}

/** Spread of bootstrapped scores. */
export interface BootstrapSpread {
  /** Mean of the resampled scores. */
  readonly mean: number;
  /** Half the distance between the 2.5 % and the 97.5 % quantile of the resampled scores. */
  readonly halfWidth: number;
}

/**
 * Spread of a score when the test set is resampled (Koehn 2004), as sacreBLEU prints with `--confidence`.
 * @throws {RangeError} If `samples` or `seed` is not allowed.
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { bootstrapSpread, chrfStatistics } from "mtpress";
 *
 * const statistics = chrfStatistics(["a cat", "a dog"], ["a cat", "a dog"]);
 * equal(bootstrapSpread(statistics).halfWidth, 0); // both segments are perfect
 * ```
 */
export function bootstrapSpread(
  statistics: SegmentStatistics,
  options: ResamplingOptions = {},
): BootstrapSpread {
  const { samples, seed } = checkResampling(options, 1000);
  const random = seededRandom(seed);
  const scores = new Float64Array(samples);
  for (let s = 0; s < samples; s++) {
    scores[s] = statistics.value(sumOfRows(statistics, drawRows(statistics.segments, random)));
  }
  return spread(scores);
}

/** Mean and half width of the central 95 % of scores; sacreBLEU's choice of order statistics. */
export function spread(scores: Float64Array): BootstrapSpread {
  const sorted = scores.toSorted();
  const tail = Math.floor(sorted.length / 40);
  const halfWidth = 0.5 * (sorted[sorted.length - 1 - tail] - sorted[tail]);
  return { mean: mean(scores), halfWidth };
}

/** Arithmetic mean. */
export function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Numbers of `segments` rows drawn with replacement. */
export function drawRows(segments: number, random: RandomNumbers): Int32Array {
  const rows = new Int32Array(segments);
  for (let s = 0; s < segments; s++) rows[s] = random.below(segments);
  return rows;
}

/** Sums the rows of statistics whose numbers are given. */
export function sumOfRows(
  { values, width }: Pick<SegmentStatistics, "values" | "width">,
  rows: Int32Array,
): Float64Array {
  const sums = new Float64Array(width);
  for (const row of rows) {
    for (let k = 0, at = row * width; k < width; k++, at++) sums[k] += values[at];
  }
  return sums;
}

/** The score of a corpus, without its parts. */
export function corpusValue(statistics: SegmentStatistics): number {
  return statistics.value(sumStatistics(statistics));
}

/**
 * Fills in defaults.
 * @throws {RangeError} If a number is not allowed.
 */
export function checkResampling(
  options: ResamplingOptions,
  defaultSamples: number,
): Required<ResamplingOptions> {
  const { samples = defaultSamples, seed = 12345 } = options;
  if (!Number.isInteger(samples) || samples < 1) {
    throw new RangeError(`Cannot draw ${samples} samples: the number must be whole and positive`);
  }
  seededRandom(seed);
  return { samples, seed };
}

/**
 * Asserts that two systems were scored alike on the same number of segments.
 * @throws {RangeError} If not.
 */
export function checkPaired(baseline: SegmentStatistics, system: SegmentStatistics): void {
  if (baseline.segments !== system.segments) {
    throw new RangeError(
      `Cannot compare ${baseline.segments} with ${system.segments} segments: both systems must translate the same ones`,
    );
  }
  if (baseline.signature !== system.signature) {
    throw new RangeError(
      `Cannot compare scores of ${baseline.signature} and ${system.signature}: the signatures must be equal`,
    );
  }
}
