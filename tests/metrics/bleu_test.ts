import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { bleuStatistics, corpusBleu, sentenceBleu } from "../../metrics/bleu.ts";
import { scoreStatistics, sumStatistics } from "../../metrics/statistics.ts";
import { METRICS_VERSION } from "../../metrics/version.ts";
import { expectClose } from "./golden.ts";
import { randomSentences } from "./random_sentences.ts";

/** Counts n-grams as strings and multiplies precisions as Papineni et al. 2002 write it. Blanks separate tokens. */
function naiveBleu(hypotheses: string[], references: string[][]): number {
  let [c, r] = [0, 0];
  const matches = [0, 0, 0, 0];
  const totals = [0, 0, 0, 0];
  hypotheses.forEach((hypothesis, s) => {
    const words = hypothesis.split(" ");
    const targets = references.map((stream) => stream[s].split(" "));
    c += words.length;
    const byDistance = targets.map((t) => t.length)
      .sort((a, b) => Math.abs(a - words.length) - Math.abs(b - words.length) || a - b);
    r += byDistance[0];
    for (let n = 1; n <= 4; n++) {
      const clips = targets.map((target) => countNgrams(target, n));
      for (const [ngram, count] of countNgrams(words, n)) {
        totals[n - 1] += count;
        matches[n - 1] += Math.min(count, Math.max(...clips.map((clip) => clip.get(ngram) ?? 0)));
      }
    }
  });
  const product = matches.reduce((p, match, n) => p * match / totals[n], 1);
  return 100 * (c < r ? Math.exp(1 - r / c) : 1) * product ** (1 / 4);
}

function countNgrams(words: string[], n: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i + n <= words.length; i++) {
    const ngram = JSON.stringify(words.slice(i, i + n));
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}

describe("corpusBleu()", () => {
  const [hypotheses, first, second] = [1, 2, 3].map((seed) => randomSentences(80, seed));

  it("corpusBleu() of a text with itself is 100", () => {
    expectClose(corpusBleu(hypotheses, hypotheses).score, 100, "itself");
  });

  it("corpusBleu() equals a naive count with one and with two references", () => {
    const options = { tokenizer: "none", smoothing: "none" } as const;
    const one = corpusBleu(hypotheses, first, options).score;
    expectClose(one, naiveBleu(hypotheses, [first]), "one reference");
    const two = corpusBleu(hypotheses, [first, second], options).score;
    expectClose(two, naiveBleu(hypotheses, [first, second]), "two references");
    expect(two).toBeGreaterThan(one);
  });

  it("corpusBleu() does not depend on the order of segments", () => {
    const reversed = corpusBleu(hypotheses.toReversed(), first.toReversed());
    expect(reversed).toEqual(corpusBleu(hypotheses, first));
  });

  it("corpusBleu() is 0 with no common word, whatever the smoothing", () => {
    for (const smoothing of ["exp", "floor", "add-k", "none"] as const) {
      expect(corpusBleu(["a b c d"], ["e f g h"], { smoothing }).score).toBe(0);
    }
  });

  it("corpusBleu() of Papineni's example clips the to 2 of 7", () => {
    const { counts, totals } = corpusBleu(["the the the the the the the"], [
      ["the cat is on the mat"],
      ["there is a cat on the mat"],
    ]);
    expect([counts[0], totals[0]]).toEqual([2, 7]);
  });

  it("corpusBleu() worked by hand: exp(1 - 5/4) · (4/4 · 2/3 · 1/2 · 1/(2·1))^(1/4)", () => {
    // a b c x against a b c y x: 4 words match, "a b", "b c" of 3 pairs, "a b c" of 2, no 4-gram
    const score = corpusBleu(["a b c x"], ["a b c y x"]);
    expect(score.counts).toEqual([4, 2, 1, 0]);
    expect(score.totals).toEqual([4, 3, 2, 1]);
    expectClose(score.score, 100 * Math.exp(-0.25) * (2 / 3 / 2 / 2) ** 0.25, "by hand");
  });

  it("corpusBleu() takes the shorter of two references equally close in length", () => {
    const score = corpusBleu(["a b c d e"], [["a b c d e f"], ["a b c d"]]);
    expect(score.referenceLength).toBe(4);
  });

  it("corpusBleu() says every setting in its signature", () => {
    const settings = {
      tokenizer: "zh",
      smoothing: "add-k",
      smoothingValue: 0.5,
      lowercase: true,
      effectiveOrder: true,
    } as const;
    expect(corpusBleu(["a"], [["a"], ["b"]], settings).signature)
      .toBe(`nrefs:2|case:lc|eff:yes|tok:zh|smooth:add-k[0.50]|version:${METRICS_VERSION}`);
    expect(corpusBleu(["a", "b"], [["a", "b"], ["b", null]]).signature).toMatch(/^nrefs:var\|/);
  });

  it("corpusBleu() refuses options that sacreBLEU would ignore or not know", () => {
    const score = (options: object) => () => corpusBleu(["a"], ["a"], options);
    expect(score({ tokenizer: "13b" })).toThrow(
      'Cannot tokenize with "13b": the tokenizers are 13a, zh, intl, char, none',
    );
    expect(score({ smoothing: "laplace" })).toThrow(
      /^Cannot smooth with "laplace": the methods are/,
    );
    expect(score({ smoothingValue: 0.1 })).toThrow(/smoothing "exp" has no value/);
    expect(score({ smoothing: "floor", smoothingValue: -1 })).toThrow(RangeError);
    expect(score({ maxOrder: 0 })).toThrow(RangeError);
  });
});

describe("sentenceBleu()", () => {
  it("sentenceBleu() leaves out the orders that a short sentence cannot have", () => {
    expectClose(sentenceBleu("the cat", "the cat").score, 100, "two words");
    expect(sentenceBleu("the cat", "the cat", { effectiveOrder: false }).score).toBe(0);
  });

  it("sentenceBleu() takes several references of the same sentence", () => {
    expectClose(sentenceBleu("a b c d", ["a b", "a b c d"]).score, 100, "second reference");
  });
});

describe("bleuStatistics()", () => {
  it("bleuStatistics() sum to the corpus score, and their rows to the sentence scores", () => {
    const [hypotheses, references] = [4, 5].map((seed) => randomSentences(50, seed));
    const statistics = bleuStatistics(hypotheses, references);
    expect(scoreStatistics(statistics)).toEqual(corpusBleu(hypotheses, references));
    expect(statistics.value(sumStatistics(statistics))).toBe(
      corpusBleu(hypotheses, references).score,
    );
    const { width, values } = statistics;
    hypotheses.forEach((hypothesis, s) => {
      const row = values.slice(s * width, (s + 1) * width);
      const sentence = sentenceBleu(hypothesis, references[s], { effectiveOrder: false });
      expect(statistics.value(row)).toBe(sentence.score);
    });
  });
});
