/**
 * BLEU of a method, resampled once, so that its difference from any other method costs nothing more.
 * @module
 */
import type { SegmentStatistics } from "../../metrics/statistics.ts";
import { corpusValue, drawRows, sumOfRows } from "../../metrics/resampling.ts";
import { seededRandom } from "../../metrics/random.ts";
import { type Estimate, percentileEstimate } from "../estimate.ts";

/** Mean BLEU over directions, on the test set and on its resamples. */
export interface BleuSamples {
  /** On the test set. */
  readonly value: number;
  /** On each resample; methods that were measured on the same sentences share their resamples. */
  readonly samples: Float64Array;
}

/** A method's BLEU both ways. */
export interface MethodBleu {
  /** What the sentences and the decoding were: scores of different ones cannot be compared. */
  readonly setting: string;
  /** Mean over the directions out of English. */
  readonly outOfEnglish: BleuSamples;
  /** Mean over the directions into English. */
  readonly intoEnglish: BleuSamples;
}

const RESAMPLES = 1000;

/**
 * Resamples the segments of each direction 1,000 times. Two methods' samples, subtracted, are those of the paired bootstrap
 * (`meanDifference()` with the same seed draws the same segments).
 */
export function bleuSamples(directions: readonly SegmentStatistics[], seed: number): BleuSamples {
  const random = seededRandom(seed);
  const samples = new Float64Array(RESAMPLES);
  for (let s = 0; s < RESAMPLES; s++) {
    for (const direction of directions) {
      const rows = drawRows(direction.segments, random);
      samples[s] += direction.value(sumOfRows(direction, rows)) / directions.length;
    }
  }
  const values = directions.map(corpusValue);
  return { value: values.reduce((sum, value) => sum + value, 0) / values.length, samples };
}

/** BLEU with its interval. */
export function level(bleu: BleuSamples): Estimate {
  return percentileEstimate(bleu.value, bleu.samples);
}

/** BLEU of `a` minus BLEU of `b`, with the interval of the paired bootstrap. */
export function difference(a: BleuSamples, b: BleuSamples): Estimate {
  return percentileEstimate(a.value - b.value, a.samples.map((value, s) => value - b.samples[s]));
}

/** BLEU of `a` as a share of BLEU of `b`. */
export function share(a: BleuSamples, b: BleuSamples): Estimate {
  return percentileEstimate(a.value / b.value, a.samples.map((value, s) => value / b.samples[s]));
}
