import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { chrfStatistics, corpusChrf, sentenceChrf } from "../../metrics/chrf.ts";
import { scoreStatistics } from "../../metrics/statistics.ts";
import { METRICS_VERSION } from "../../metrics/version.ts";
import { expectClose } from "./golden.ts";
import { randomSentences } from "./random_sentences.ts";

/** Averages of precision and recall over orders 1 to 6, by strings; every order must occur. */
function naiveChrf(hypothesis: string, reference: string): number {
  let [P, R] = [0, 0];
  for (let n = 1; n <= 6; n++) {
    const [h, r] = [ngrams(hypothesis, n), ngrams(reference, n)];
    const rest = [...r];
    const matches = h.filter((ngram) => {
      const at = rest.indexOf(ngram);
      if (at >= 0) rest.splice(at, 1);
      return at >= 0;
    }).length;
    P += matches / h.length / 6;
    R += matches / r.length / 6;
  }
  return P + R === 0 ? 0 : 100 * 5 * P * R / (4 * P + R);
}

function ngrams(text: string, n: number): string[] {
  const characters = [...text.replaceAll(" ", "")];
  return characters.slice(n - 1).map((_, i) => characters.slice(i, i + n).join(""));
}

describe("corpusChrf()", () => {
  const [hypotheses, references] = [1, 2].map((seed) => randomSentences(60, seed));

  it("corpusChrf() of a text with itself is 100", () => {
    for (const wordOrder of [0, 1, 2]) {
      expectClose(corpusChrf(references, references, { wordOrder }).score, 100, "itself");
    }
  });

  it("corpusChrf() does not depend on the order of segments", () => {
    const reversed = corpusChrf(hypotheses.toReversed(), references.toReversed());
    expect(reversed).toEqual(corpusChrf(hypotheses, references));
  });

  it("corpusChrf() with beta 1 is symmetric in hypothesis and reference", () => {
    const options = { beta: 1, wordOrder: 2 };
    const long = (texts: string[]) => texts.map((text) => `${text} a b c d e f`); // every order occurs
    const there = corpusChrf(long(hypotheses), long(references), options).score;
    const back = corpusChrf(long(references), long(hypotheses), options).score;
    expectClose(there, back, "exchanged");
  });

  it("corpusChrf() with beta 2 prefers recall: a longer hypothesis loses less than a shorter one", () => {
    const [short, long] = ["the small cat", "the small cat sat on the mat"];
    expect(sentenceChrf(long, short).score).toBeGreaterThan(sentenceChrf(short, long).score);
  });

  it("corpusChrf() takes, segment by segment, the reference with the best score", () => {
    const both = corpusChrf(["a cat", "a dog"], [["a cat", "?"], ["!", "a dog"]]);
    expectClose(both.score, 100, "best of each");
    expect(both.signature).toMatch(/^nrefs:2\|/);
  });
});

describe("sentenceChrf()", () => {
  it("sentenceChrf() equals a naive count of strings", () => {
    const texts = randomSentences(60, 3, 30, 3).map((text) => `${text} a b a b c c a`);
    for (let s = 1; s < texts.length; s++) {
      expectClose(
        sentenceChrf(texts[s], texts[s - 1]).score,
        naiveChrf(texts[s], texts[s - 1]),
        texts[s],
      );
    }
  });

  it("sentenceChrf() worked by hand: order 2, ab against abc has P = 1, R = (2/3 + 1/2) / 2", () => {
    const R = (2 / 3 + 1 / 2) / 2;
    const score = sentenceChrf("ab", "a bc", { characterOrder: 2 }).score;
    expectClose(score, 100 * 5 * R / (4 + R), "by hand");
  });

  it("sentenceChrf() counts an astral character once", () => {
    const statistics = chrfStatistics(["𠮷😀"], ["𠮷😀"]);
    expect([...statistics.values.slice(0, 9)]).toEqual([2, 2, 2, 1, 1, 1, 0, 0, 0]);
    expectClose(scoreStatistics(statistics).score, 100, "astral");
  });

  it("sentenceChrf() ignores white space unless asked, and case if asked", () => {
    expectClose(sentenceChrf("a b\u3000c", "ab c").score, 100, "white space");
    expect(sentenceChrf("a b c", "ab c", { whitespace: true }).score).toBeLessThan(100);
    expectClose(sentenceChrf("ÄB", "äb", { lowercase: true }).score, 100, "case");
  });

  it("sentenceChrf() is named and signed after its settings", () => {
    const score = sentenceChrf("a", "a", { wordOrder: 2, beta: 3, whitespace: true });
    expect(score.text).toBe("chrF3++ = 100.00");
    expect(score.signature)
      .toBe(`nrefs:1|case:mixed|eff:yes|nc:6|nw:2|space:yes|version:${METRICS_VERSION}`);
  });

  it("sentenceChrf() refuses orders and weights that make no sense", () => {
    for (
      const options of [{ characterOrder: -1 }, { wordOrder: 0.5 }, { characterOrder: 0 }, {
        beta: 0,
      }]
    ) {
      expect(() => sentenceChrf("a", "a", options)).toThrow(RangeError);
    }
  });
});
