import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { bleuStatistics } from "../../metrics/bleu.ts";
import { chrfStatistics } from "../../metrics/chrf.ts";
import { meanDifference } from "../../metrics/mean_difference.ts";
import { seededRandom, xoshiro128 } from "../../metrics/random.ts";
import { bootstrapSpread } from "../../metrics/resampling.ts";
import { pairedApproximateRandomization, pairedBootstrap } from "../../metrics/significance.ts";
import type { SegmentStatistics } from "../../metrics/statistics.ts";
import { expectClose } from "./golden.ts";
import { randomSentences } from "./random_sentences.ts";

/** A made-up metric: the mean of one number a segment, for which every distribution is known. */
function meanMetric(numbers: number[]): SegmentStatistics {
  const values = new Float64Array(numbers.flatMap((number) => [number, 1]));
  const value = (sums: ArrayLike<number>) => sums[0] / sums[1];
  const score = () => {
    throw new Error("not needed");
  };
  return {
    segments: numbers.length,
    width: 2,
    values,
    signature: "nrefs:1|version:x",
    value,
    score,
  };
}

describe("random numbers", () => {
  it("xoshiro128() from state 1, 2, 3, 4 gives the stream of the definition in 32-bit arithmetic", () => {
    const random = xoshiro128(1, 2, 3, 4); // computed with Python integers
    expect(Array.from({ length: 10 }, () => random.bits())).toEqual([
      11520,
      0,
      5927040,
      70819200,
      2031721883,
      1637235492,
      1287239034,
      3734860849,
      3729100597,
      4258142804,
    ]);
  });

  it("seededRandom().below() draws every number about equally often", () => {
    const random = seededRandom(7);
    const counts = new Array(10).fill(0);
    for (let k = 0; k < 100_000; k++) counts[random.below(10)]++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(27.9); // 0.1 % point of 9 degrees of freedom
  });

  it("seededRandom() refuses what is no 32-bit seed", () => {
    for (const seed of [-1, 0.5, 2 ** 32, NaN]) {
      expect(() => seededRandom(seed)).toThrow(RangeError);
    }
  });
});

describe("bootstrapSpread()", () => {
  it("bootstrapSpread() of a mean has the normal interval of 1.96 standard errors", () => {
    const numbers = Array.from({ length: 400 }, (_, k) => Math.sin(k));
    const mean = numbers.reduce((sum, x) => sum + x) / 400;
    const error = Math.sqrt(numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0)) / 400;
    const spread = bootstrapSpread(meanMetric(numbers), { samples: 4000 });
    expect(Math.abs(spread.mean - mean)).toBeLessThan(3 * error / Math.sqrt(4000));
    expect(Math.abs(spread.halfWidth / (1.96 * error) - 1)).toBeLessThan(0.1);
  });
});

describe("paired tests", () => {
  const references = randomSentences(200, 1);
  const worse = references.map((text, s) => s % 2 ? text.slice(2) || "x" : text);
  const bad = references.map((text) => text.slice(4) || "y");

  it("pairedBootstrap() and pairedApproximateRandomization() repeat themselves with the same seed only", () => {
    const [a, b] = [worse, bad].map((texts) => chrfStatistics(texts, references));
    for (const test of [pairedBootstrap, pairedApproximateRandomization]) {
      expect(test(a, b, { samples: 100 })).toEqual(test(a, b, { samples: 100, seed: 12345 }));
    }
    const other = pairedBootstrap(a, b, { samples: 100, seed: 1 });
    expect(other.system.spread).not.toEqual(pairedBootstrap(a, b, { samples: 100 }).system.spread);
  });

  it("both tests find a system that is worse everywhere", () => {
    const [a, b] = [references, bad].map((texts) => bleuStatistics(texts, references));
    expect(pairedBootstrap(a, b).pValue).toBe(1 / 1001);
    expect(pairedApproximateRandomization(a, b, { samples: 1000 }).pValue).toBe(1 / 1001);
  });

  it("pairedApproximateRandomization() approaches the exact test over all exchanges", () => {
    const [a, b] = [[0.2, 0.4, 0.9, 0.1, 0.5, 0.3], [0.3, 0.8, 0.7, 0.6, 0.9, 0.2]];
    const exchanges = Array.from(
      { length: 64 },
      (_, mask) => a.reduce((sum, x, s) => sum + (mask >> s & 1 ? x - b[s] : b[s] - x), 0) / 6,
    );
    const observed = Math.abs(exchanges[0]);
    const exact = exchanges.filter((difference) => Math.abs(difference) > observed + 1e-12).length /
      64;
    const samples = 20_000;
    const { pValue } = pairedApproximateRandomization(meanMetric(a), meanMetric(b), { samples });
    expect(Math.abs(pValue - exact)).toBeLessThan(
      3 * Math.sqrt(exact * (1 - exact) / samples) + 1 / samples,
    );
  });

  it("pairedApproximateRandomization() adds spreads and their number to the signature when asked", () => {
    const statistics = bleuStatistics(worse, references);
    const test = pairedApproximateRandomization(statistics, statistics, {
      samples: 10,
      spreadSamples: 20,
      seed: 3,
    });
    expect(test.system.spread).toEqual(bootstrapSpread(statistics, { samples: 20, seed: 3 }));
    expect(test.signature).toMatch(/^nrefs:1\|bs:20\|ar:10\|seed:3\|case:mixed\|/);
  });

  it("paired tests refuse systems that were not scored alike", () => {
    const statistics = bleuStatistics(worse, references);
    const fewer = bleuStatistics(worse.slice(1), references.slice(1));
    const otherwise = bleuStatistics(worse, references, { tokenizer: "none" });
    expect(() => pairedBootstrap(statistics, fewer)).toThrow(
      /^Cannot compare 200 with 199 segments/,
    );
    expect(() => pairedBootstrap(statistics, otherwise)).toThrow(/signatures must be equal$/);
    expect(() => pairedBootstrap(statistics, statistics, { samples: 0 })).toThrow(RangeError);
  });
});

describe("meanDifference()", () => {
  const numbers = (count: number, seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: count }, () => random.below(1000) / 1000);
  };

  it("meanDifference() of means has the standard error of independent directions", () => {
    const data = [100, 300, 50].map((count, k) => ({
      a: numbers(count, k),
      b: numbers(count, k + 9),
    }));
    const pairs = data.map(({ a, b }) => ({ baseline: meanMetric(a), system: meanMetric(b) }));
    const moments = data.map(({ a, b }) => {
      const differences = b.map((x, s) => x - a[s]);
      const mean = differences.reduce((sum, x) => sum + x) / a.length;
      return {
        mean,
        error2: differences.reduce((sum, x) => sum + (x - mean) ** 2, 0) / a.length ** 2,
      };
    });
    const error = Math.sqrt(moments.reduce((sum, { error2 }) => sum + error2, 0)) / 3;
    const result = meanDifference(pairs, { samples: 4000 });
    expectClose(
      result.difference,
      moments.reduce((sum, { mean }) => sum + mean, 0) / 3,
      "difference",
    );
    expect(Math.abs(result.standardError / error - 1)).toBeLessThan(0.05);
    expect(Math.abs((result.high - result.low) / (2 * 1.96 * error) - 1)).toBeLessThan(0.1);
  });

  it("meanDifference() of a system and itself is exactly 0, and repeats itself", () => {
    const metric = meanMetric(numbers(50, 1));
    const nothing = meanDifference([{ baseline: metric, system: metric }]);
    expect(nothing).toEqual({ difference: 0, low: 0, high: 0, standardError: 0 });
    const pair = { baseline: metric, system: meanMetric(numbers(50, 2)) };
    expect(meanDifference([pair])).toEqual(meanDifference([pair]));
    expect(meanDifference([pair], { seed: 1 })).not.toEqual(meanDifference([pair]));
  });

  it("meanDifference() is wider at higher coverage", () => {
    const pair = { baseline: meanMetric(numbers(50, 1)), system: meanMetric(numbers(50, 2)) };
    const [narrow, wide] = [0.5, 0.99].map((coverage) => meanDifference([pair], { coverage }));
    expect(wide.high - wide.low).toBeGreaterThan(narrow.high - narrow.low);
    expect(() => meanDifference([pair], { coverage: 1 })).toThrow(RangeError);
    expect(() => meanDifference([])).toThrow(/^Cannot average over 0 directions/);
  });
});
