import type { MetricScore } from "./score.ts";

/**
 * Sufficient statistics of a corpus, one row a segment. A corpus score is a function of the sum of the rows alone, so
 * resampling segments needs no text and no counting of n-grams.
 */
export interface SegmentStatistics<S extends MetricScore = MetricScore> {
  /** How many segments, the rows of `values`. */
  readonly segments: number;
  /** How many numbers a segment has, the columns of `values`. */
  readonly width: number;
  /** The rows, `[segments, width]`, row-major. What a column means is the metric's business. */
  readonly values: Float64Array;
  /** The signature of scores made from these statistics. */
  readonly signature: string;
  /** The bare score, in percent, of a sum of rows of length `width`. */
  value(sums: ArrayLike<number>): number;
  /** The full score of a sum of `segments` rows. */
  score(sums: ArrayLike<number>): S;
}

/** Sums the rows of a corpus' statistics: `width` numbers. */
export function sumStatistics(statistics: Pick<SegmentStatistics, "values" | "width">): number[] {
  const { values, width } = statistics;
  const sums = new Array<number>(width).fill(0);
  for (let at = 0; at < values.length; at += width) {
    for (let k = 0; k < width; k++) sums[k] += values[at + k];
  }
  return sums;
}

/** The score of a corpus from its statistics. */
export function scoreStatistics<S extends MetricScore>(statistics: SegmentStatistics<S>): S {
  return statistics.score(sumStatistics(statistics));
}
