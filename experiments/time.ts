/**
 * Time of a row from the times of its batches.
 * @module
 */
import type { RowTime } from "./row.ts";

/** One decoded batch. */
export interface BatchTime {
  /** Wall-clock seconds. */
  seconds: number;
  /** Tokens of the chosen hypotheses, end-of-sequence tokens included. */
  newTokens: number;
}

/**
 * Sums batches up: untrimmed mean, median, trimmed mean, seconds per token. No batches (every input was empty) give zeros.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { batchTimes } from "mtpress";
 * const time = batchTimes([{ seconds: 2, newTokens: 10 }, { seconds: 4, newTokens: 20 }]);
 * equal(time.secondsPerToken, 0.2);
 * equal(time.secondsPerBatch, 3);
 * ```
 */
export function batchTimes(batches: readonly BatchTime[]): RowTime {
  const seconds = batches.reduce((sum, batch) => sum + batch.seconds, 0);
  const tokens = batches.reduce((sum, batch) => sum + batch.newTokens, 0);
  return {
    seconds,
    tokens,
    secondsPerToken: tokens === 0 ? 0 : seconds / tokens,
    secondsPerBatch: batches.length === 0 ? 0 : seconds / batches.length,
    medianSecondsPerBatch: batches.length === 0 ? 0 : median(batches.map((batch) => batch.seconds)),
    batches: batches.length,
    trimmedSecondsPerBatch: trimmedMean(batches.map((batch) => batch.seconds)),
  };
}

/** The median of numbers, at least one. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

/**
 * The mean of the numbers that are nearer to the mean of all than one (population) standard deviation, as the study computed its times:
 * slow batches, such as those of a model that does not stop, are left out. `null` when none is that near: of a single number, or of
 * equal ones.
 */
export function trimmedMean(values: readonly number[]): number | null {
  const mean = (list: readonly number[]) =>
    list.reduce((sum, value) => sum + value, 0) / list.length;
  const center = mean(values);
  const deviation = Math.sqrt(mean(values.map((value) => (value - center) ** 2)));
  const near = values.filter((value) => Math.abs(value - center) < deviation);
  return near.length === 0 ? null : mean(near);
}
