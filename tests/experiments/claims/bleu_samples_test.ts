import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { bleuSamples, difference, level, share } from "../../../experiments/claims/bleu_samples.ts";
import { bleuStatistics } from "../../../metrics/bleu.ts";
import { meanDifference } from "../../../metrics/mean_difference.ts";

const WORDS = "one two three four five six seven eight nine ten".split(" ");

/** Sentences of eight words, of which every `wrong`th is another. */
function sentences(wrong: number): string[] {
  return Array.from(
    { length: 20 },
    (_, s) =>
      Array.from(
        { length: 8 },
        (_, w) => (s * 8 + w) % wrong === 0 ? "other" : WORDS[(s + w) % WORDS.length],
      ).join(" "),
  );
}

const REFERENCES = sentences(1e9);
const statistics = (wrong: number) => bleuStatistics(sentences(wrong), REFERENCES);
const [good, bad] = [[statistics(17), statistics(13)], [statistics(9), statistics(7)]];

describe("bleuSamples()", () => {
  it("difference() of two methods is meanDifference() with the same seed", () => {
    const { value, low, high } = difference(bleuSamples(bad, 3), bleuSamples(good, 3));
    const pairs = good.map((baseline, i) => ({ baseline, system: bad[i] }));
    const expected = meanDifference(pairs, { seed: 3 });
    [[value, expected.difference], [low, expected.low], [high, expected.high]].forEach(([a, b]) =>
      expect(a).toBeCloseTo(b, 9)
    );
    expect(high).toBeLessThan(0);
  });

  it("level() holds the mean of the corpus scores within its interval", () => {
    const { value, low, high } = level(bleuSamples(good, 0));
    const scores = good.map((direction) => bleuOf(direction));
    expect(value).toBeCloseTo((scores[0] + scores[1]) / 2, 9);
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThan(value);
  });

  it("difference() and share() of a method and itself are exact", () => {
    const samples = bleuSamples(good, 0);
    expect(difference(samples, samples)).toEqual({ value: 0, low: 0, high: 0 });
    expect(share(samples, samples)).toEqual({ value: 1, low: 1, high: 1 });
  });
});

function bleuOf(direction: typeof good[0]): number {
  return level(bleuSamples([direction], 0)).value;
}
