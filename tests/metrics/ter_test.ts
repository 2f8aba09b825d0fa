import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { seededRandom } from "../../metrics/random.ts";
import { corpusTer, sentenceTer } from "../../metrics/ter.ts";
import { EditDistance } from "../../metrics/ter_edit_distance.ts";
import { countEdits } from "../../metrics/ter_shifts.ts";
import { METRICS_VERSION } from "../../metrics/version.ts";
import { expectClose } from "./golden.ts";
import { randomSentences } from "./random_sentences.ts";

/** Levenshtein's distance by its recursive definition, with memory. */
function levenshtein(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const known = new Map<number, number>();
  const distance = (i: number, j: number): number => {
    if (i === 0 || j === 0) return i + j;
    const key = i * (b.length + 1) + j;
    if (!known.has(key)) {
      const substituted = distance(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      known.set(key, Math.min(substituted, distance(i - 1, j) + 1, distance(i, j - 1) + 1));
    }
    return known.get(key)!;
  };
  return distance(a.length, b.length);
}

function randomWords(
  random: ReturnType<typeof seededRandom>,
  length: number,
  vocabulary = 6,
): Int32Array {
  return Int32Array.from({ length }, () => random.below(vocabulary));
}

describe("EditDistance", () => {
  it("EditDistance.start() equals the recursive definition on short texts", () => {
    const random = seededRandom(1);
    const distance = new EditDistance();
    for (let trial = 0; trial < 500; trial++) {
      const [a, b] = [randomWords(random, random.below(15)), randomWords(random, random.below(15))];
      expect(distance.start(a, b)).toBe(levenshtein(a, b));
    }
  });

  it("EditDistance.alignment() has as many errors as the distance and consumes both texts", () => {
    const random = seededRandom(2);
    const distance = new EditDistance();
    for (let trial = 0; trial < 200; trial++) {
      const [a, b] = [
        randomWords(random, 1 + random.below(40)),
        randomWords(random, 1 + random.below(40)),
      ];
      const edits = distance.start(a, b);
      const trace = distance.alignment();
      expect(trace.filter((operation) => operation !== 0).length).toBe(edits);
      expect(trace.filter((operation) => operation !== 3).length).toBe(a.length);
      expect(trace.filter((operation) => operation !== 2).length).toBe(b.length);
    }
  });

  it("EditDistance.distanceOf() a text permuted in part equals starting anew, inside the band and beyond", () => {
    const random = seededRandom(3);
    const [distance, anew] = [new EditDistance(), new EditDistance()];
    for (let trial = 0; trial < 300; trial++) {
      const longest = trial % 3 === 0 ? 150 : 20;
      const words = randomWords(random, 2 + random.below(longest));
      const reference = randomWords(random, 1 + random.below(longest));
      distance.start(words, reference);
      const lo = random.below(words.length - 1);
      const hi = lo + 1 + random.below(words.length - lo);
      const permuted = words.slice();
      permuted.subarray(lo, hi).reverse();
      expect(distance.distanceOf(permuted, lo, hi)).toBe(anew.start(permuted, reference));
    }
  });
});

describe("countEdits()", () => {
  it("countEdits() is at most the edit distance and at least the difference of the bags of words", () => {
    const random = seededRandom(4);
    const distance = new EditDistance();
    let shifted = 0;
    for (let trial = 0; trial < 500; trial++) {
      const [a, b] = [
        randomWords(random, random.below(14)),
        randomWords(random, 1 + random.below(14)),
      ];
      const edits = countEdits(a, b, distance);
      const common = [0, 1, 2, 3, 4, 5].reduce(
        (sum, word) =>
          sum + Math.min(a.filter((w) => w === word).length, b.filter((w) => w === word).length),
        0,
      );
      expect(edits).toBeLessThanOrEqual(levenshtein(a, b));
      expect(edits).toBeGreaterThanOrEqual(Math.max(a.length, b.length) - common);
      if (edits < levenshtein(a, b)) shifted++;
    }
    expect(shifted).toBeGreaterThan(50);
  });

  it("countEdits() without a common word is the longer length", () => {
    const distance = new EditDistance();
    expect(countEdits(Int32Array.of(1, 2, 3), Int32Array.of(4, 5), distance)).toBe(3);
    expect(countEdits(Int32Array.of(), Int32Array.of(4, 5), distance)).toBe(2);
    expect(countEdits(Int32Array.of(1, 2, 3), Int32Array.of(), distance)).toBe(3);
  });

  it("countEdits() moves a block of any size up to ten for one edit", () => {
    const distance = new EditDistance();
    for (let length = 1; length <= 10; length++) {
      const block = Array.from({ length }, (_, k) => 100 + k);
      const rest = Array.from({ length: 12 }, (_, k) => k);
      const edits = countEdits(
        Int32Array.from([...rest, ...block]),
        Int32Array.from([...block, ...rest]),
        distance,
      );
      expect(edits).toBe(1);
    }
  });
});

describe("corpusTer()", () => {
  const [hypotheses, references] = [1, 2].map((seed) => randomSentences(60, seed));

  it("corpusTer() of a text with itself is 0", () => {
    expect(corpusTer(hypotheses, hypotheses).score).toBe(0);
  });

  it("corpusTer() does not depend on the order of segments", () => {
    const reversed = corpusTer(hypotheses.toReversed(), references.toReversed());
    expect(reversed).toEqual(corpusTer(hypotheses, references));
  });

  it("corpusTer() divides the edits to the nearest reference by the mean length", () => {
    const score = corpusTer(["a b c"], [["a b c d"], ["x y"]]);
    expect([score.edits, score.referenceLength]).toEqual([1, 3]);
    expectClose(score.score, 100 / 3, "nearest");
  });
});

describe("sentenceTer()", () => {
  it("sentenceTer() worked by hand: Snover's example has a shift, two substitutions and an insertion", () => {
    const reference =
      "SAUDI ARABIA denied THIS WEEK information published in the AMERICAN new york times";
    const hypothesis = "THIS WEEK THE SAUDIS denied information published in the new york times";
    const score = sentenceTer(hypothesis, reference);
    expect(score.edits).toBe(4);
    expectClose(score.score, 100 * 4 / 13, "Snover et al. 2006, section 3");
  });

  it("sentenceTer() is 100 for a text where none should be, 0 for none", () => {
    expect(sentenceTer("a b", "").score).toBe(100);
    expect(sentenceTer("", "").score).toBe(0);
  });

  it("sentenceTer() says every setting in its signature", () => {
    expect(sentenceTer("a", "a").signature)
      .toBe(`nrefs:1|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:${METRICS_VERSION}`);
    const settings = {
      normalized: true,
      noPunctuation: true,
      asianSupport: true,
      caseSensitive: true,
    };
    expect(sentenceTer("a", "a", settings).signature)
      .toBe(`nrefs:1|case:mixed|tok:tercom|norm:yes|punct:no|asian:yes|version:${METRICS_VERSION}`);
  });
});
