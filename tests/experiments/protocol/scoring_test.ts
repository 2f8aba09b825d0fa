import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { cometSegments } from "../../../experiments/protocol/comet_segments.ts";
import { scoreTranslations } from "../../../experiments/score.ts";
import { corpusBleu } from "../../../metrics/bleu.ts";

describe("scoreTranslations()", () => {
  const hypotheses = ["他们有一个沉重的球。", "狗在睡觉。"];
  const references = ["他们有一只很重的球。", "狗睡着了。"];

  it("takes 13a for Chinese under chinese-13a only, and for no other language anything else", () => {
    const plain = scoreTranslations(hypotheses, references, "en-zh");
    const quirky = scoreTranslations(hypotheses, references, "en-zh", ["chinese-13a"]);
    expect(plain.bleu.signature).toContain("tok:zh");
    expect(quirky.bleu.signature).toContain("tok:13a");
    expect(quirky.bleu.score).toBe(corpusBleu(hypotheses, references, { tokenizer: "13a" }).score);
    expect(quirky.bleu.score).toBeLessThan(plain.bleu.score);
    expect(quirky.chrf).toEqual(plain.chrf);
    expect(scoreTranslations(hypotheses, references, "zh-en", ["chinese-13a"]).bleu)
      .toEqual(scoreTranslations(hypotheses, references, "zh-en").bleu);
  });

  it("gives the same BLEU and chrF for references with a line break behind them", () => {
    const lines = ["The dog sleeps -", "They have a ball."];
    const own = ["The dog sleeps -", "They have the ball."];
    expect(scoreTranslations(own, lines, "de-en", ["reference-newline"]))
      .toEqual(scoreTranslations(own, lines, "de-en"));
  });
});

describe("cometSegments()", () => {
  it("has sentence, translation and reference as they are, unless a quirk is on", () => {
    const plain = [{ source: "Ano.", translation: "Yes.", reference: "Yes!" }];
    const segments = (...quirks: Parameters<typeof cometSegments>[4] & string[]) =>
      cometSegments(["Ano."], ["Yes."], ["Yes!"], "cs-en", quirks);
    expect(segments()).toEqual(plain);
    expect(segments("chinese-13a")).toEqual(plain);
    expect(segments("comet-prompt-source", "reference-newline")).toEqual([{
      source: "Translate this from Czech to English:\nCzech: Ano.\nEnglish:",
      translation: "Yes.",
      reference: "Yes!\n",
    }]);
  });

  it("refuses lists of different lengths", () => {
    expect(() => cometSegments(["a"], ["b"], [], "cs-en"))
      .toThrow("Cannot judge 1 translations of 1 sentences by 0 references");
  });
});
