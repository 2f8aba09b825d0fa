/**
 * Paired tests of the difference between two systems' corpus scores, as sacreBLEU 2.6.0 computes them. But:
 * - random numbers are this package's own, so p-values and intervals agree within Monte Carlo error only.
 * @module
 */
import { seededRandom } from "./random.ts";
import {
  type BootstrapSpread,
  bootstrapSpread,
  checkPaired,
  checkResampling,
  corpusValue,
  drawRows,
  mean,
  type ResamplingOptions,
  spread,
  sumOfRows,
} from "./resampling.ts";
import { extendSignature } from "./signature.ts";
import { type SegmentStatistics, sumStatistics } from "./statistics.ts";

/** One system in a paired test. */
export interface TestedSystem {
  /** The corpus score. */
  readonly score: number;
  /** Spread of bootstrapped scores, where the test drew them. */
  readonly spread?: BootstrapSpread;
}

/** Result of a paired test. */
export interface PairedTest {
  /** The system compared against. */
  readonly baseline: TestedSystem;
  /** The system compared. */
  readonly system: TestedSystem;
  /** Probability of a difference as large as the observed one, or larger, if the systems were equally good. */
  readonly pValue: number;
  /** The metric's signature with the number of samples (`bs`) or trials (`ar`) and the seed. */
  readonly signature: string;
}

/**
 * Paired bootstrap resampling (Koehn 2004): both systems are scored on the same resampled test sets, by default 1,000,
 * and the absolute differences, shifted to mean 0, are compared with the observed one.
 * @throws {RangeError} If the systems were not scored alike, or `samples` or `seed` is not allowed.
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { chrfStatistics, pairedBootstrap } from "mtpress";
 *
 * const references = ["a cat", "a dog", "a bird"];
 * const same = chrfStatistics(["a cat", "the dog", "bird"], references);
 * equal(pairedBootstrap(same, same).pValue, 1 / 1001); // no resample differs: sacreBLEU's convention
 * ```
 */
export function pairedBootstrap(
  baseline: SegmentStatistics,
  system: SegmentStatistics,
  options: ResamplingOptions = {},
): PairedTest {
  checkPaired(baseline, system);
  const { samples, seed } = checkResampling(options, 1000);
  const random = seededRandom(seed);
  const ofBaseline = new Float64Array(samples);
  const ofSystem = new Float64Array(samples);
  for (let s = 0; s < samples; s++) {
    const rows = drawRows(baseline.segments, random);
    ofBaseline[s] = baseline.value(sumOfRows(baseline, rows));
    ofSystem[s] = system.value(sumOfRows(system, rows));
  }
  const differences = ofSystem.map((score, s) => Math.abs(score - ofBaseline[s]));
  const middle = mean(differences);
  const observed = observe(baseline, system);
  return {
    baseline: { score: observed.baseline, spread: spread(ofBaseline) },
    system: { score: observed.system, spread: spread(ofSystem) },
    pValue: pValue(differences.map((difference) => difference - middle), observed.difference),
    signature: extendSignature(system.signature, { bs: samples, seed }),
  };
}

/** Settings of {@link pairedApproximateRandomization}. */
export interface RandomizationOptions extends ResamplingOptions {
  /**
   * Bootstrap resamples for the spread of each score; 0 leaves it out.
   * @default {0}
   */
  spreadSamples?: number;
}

/**
 * Paired approximate randomization (Riezler and Maxwell 2005): in each trial, by default 10,000, a fair coin decides per
 * segment whether the systems exchange their translations. Two-sided.
 * @throws {RangeError} If the systems were not scored alike, or a number is not allowed.
 */
export function pairedApproximateRandomization(
  baseline: SegmentStatistics,
  system: SegmentStatistics,
  options: RandomizationOptions = {},
): PairedTest {
  checkPaired(baseline, system);
  const { samples, seed } = checkResampling(options, 10_000);
  const { spreadSamples = 0 } = options;
  const observed = observe(baseline, system);
  const differences = randomDifferences(baseline, system, samples, seed);
  const drawn: Record<string, number> = spreadSamples === 0 ? {} : { bs: spreadSamples };
  const tested = (statistics: SegmentStatistics, score: number): TestedSystem =>
    spreadSamples === 0
      ? { score }
      : { score, spread: bootstrapSpread(statistics, { samples: spreadSamples, seed }) };
  return {
    baseline: tested(baseline, observed.baseline),
    system: tested(system, observed.system),
    pValue: pValue(differences, observed.difference),
    signature: extendSignature(system.signature, { ...drawn, ar: samples, seed }),
  };
}

/** Absolute differences between two systems whose translations were exchanged at random. */
function randomDifferences(
  baseline: SegmentStatistics,
  system: SegmentStatistics,
  samples: number,
  seed: number,
): Float64Array {
  const random = seededRandom(seed);
  const { segments, width, values: a } = baseline;
  const b = system.values;
  const totals = sumStatistics(baseline).map((sum, k) => sum + sumStatistics(system)[k]);
  const first = new Float64Array(width);
  const differences = new Float64Array(samples);
  for (let s = 0; s < samples; s++) {
    first.fill(0);
    let bits = 0;
    for (let row = 0, at = 0; row < segments; row++) {
      if (row % 32 === 0) bits = random.bits();
      const chosen = bits & 1 ? a : b;
      bits >>>= 1;
      for (let k = 0; k < width; k++, at++) first[k] += chosen[at];
    }
    const second = first.map((sum, k) => totals[k] - sum);
    differences[s] = Math.abs(baseline.value(first) - system.value(second));
  }
  return differences;
}

function observe(baseline: SegmentStatistics, system: SegmentStatistics) {
  const [ofBaseline, ofSystem] = [corpusValue(baseline), corpusValue(system)];
  return { baseline: ofBaseline, system: ofSystem, difference: Math.abs(ofSystem - ofBaseline) };
}

/** (c + 1) / (samples + 1), where c samples exceed the observed difference. */
function pValue(samples: Float64Array, observed: number): number {
  let exceeding = 0;
  for (const sample of samples) if (sample > observed) exceeding++;
  return (exceeding + 1) / (samples.length + 1);
}
