import { before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { corpusBleu, sentenceBleu } from "../../metrics/bleu.ts";
import { corpusChrf, sentenceChrf } from "../../metrics/chrf.ts";
import type { MetricScore } from "../../metrics/score.ts";
import type { References } from "../../metrics/segments.ts";
import { corpusTer, sentenceTer } from "../../metrics/ter.ts";
import { tokenizeTercom } from "../../metrics/tokenizers/tercom.ts";
import { BLEU_TOKENIZERS, tokenize } from "../../metrics/tokenizers/tokenize.ts";
import {
  bleuOptions,
  chrfOptions,
  expectClose,
  expectScore,
  type GoldenOptions,
  type GoldenScore,
  terOptions,
} from "./golden.ts";

interface Variant {
  options: GoldenOptions;
  one: GoldenScore;
  two: GoldenScore;
  varying: GoldenScore;
  sentences: number[];
}
interface Fixture {
  bleu: Record<string, Variant>;
  chrf: Record<string, Variant>;
  ter: Record<string, Variant>;
  long: Record<"ter" | "bleu" | "chrf", GoldenScore>[] & {
    hypothesis: string;
    reference: string;
  }[];
  tokens: Record<string, string[]>;
}
type Pairs = { hypothesis: string; references: string[] }[];

describe("our own sentences, scored by sacreBLEU 2.6.0", () => {
  let pairs: Pairs;
  let scores: Fixture;
  before(async () => {
    pairs = await readJson("sentences.json");
    scores = await readJson("scores.json");
  });

  it("corpusBleu() and sentenceBleu() equal sacreBLEU with one, two and a varying number of references", () => {
    for (const [name, variant] of Object.entries(scores.bleu)) {
      const options = bleuOptions(variant.options);
      check(
        name,
        variant,
        (h, r) => corpusBleu(h, r, options),
        (h, r) => sentenceBleu(h, r, options),
      );
    }
  });

  it("corpusChrf() and sentenceChrf() equal sacreBLEU with one, two and a varying number of references", () => {
    for (const [name, variant] of Object.entries(scores.chrf)) {
      const options = chrfOptions(variant.options);
      check(
        name,
        variant,
        (h, r) => corpusChrf(h, r, options),
        (h, r) => sentenceChrf(h, r, options),
      );
    }
  });

  it("corpusTer() and sentenceTer() equal sacreBLEU with one, two and a varying number of references", () => {
    for (const [name, variant] of Object.entries(scores.ter)) {
      const options = terOptions(variant.options);
      check(
        name,
        variant,
        (h, r) => corpusTer(h, r, options),
        (h, r) => sentenceTer(h, r, options),
      );
    }
  });

  it("tokenize() equals sacreBLEU's tokenizers", () => {
    const lines = pairs.flatMap(({ hypothesis, references }) => [hypothesis, ...references]);
    for (const name of BLEU_TOKENIZERS) {
      expect(lines.map((line) => tokenize(line, name))).toEqual(scores.tokens[name]);
    }
  });

  it("tokenizeTercom() equals sacreBLEU's with every option", () => {
    const lines = pairs.flatMap(({ hypothesis, references }) => [hypothesis, ...references]);
    for (const [name, { options }] of Object.entries(scores.ter)) {
      const tokens = lines.map((line) => tokenizeTercom(line, terOptions(options)));
      expect(tokens).toEqual(scores.tokens[`tercom ${name}`]);
    }
  });

  it("sentenceTer() equals sacreBLEU where the band, the block size or the number of candidates limits it", () => {
    for (const { hypothesis, reference, ...golden } of scores.long) {
      const what = `${hypothesis} against ${reference}`;
      expectScore(sentenceTer(hypothesis, reference), golden.ter, what);
      expectScore(corpusBleu([hypothesis], [reference]), golden.bleu, what);
      expectScore(sentenceChrf(hypothesis, reference, { wordOrder: 2 }), golden.chrf, what);
    }
  });

  function check(
    name: string,
    variant: Variant,
    corpus: (hypotheses: string[], references: References) => MetricScore,
    sentence: (hypothesis: string, reference: string) => MetricScore,
  ): void {
    const hypotheses = pairs.map((pair) => pair.hypothesis);
    const [first, second] = [0, 1].map((k) => pairs.map((pair) => pair.references[k]));
    const some = second.map((text, s) => s % 3 === 0 ? null : text);
    expectScore(corpus(hypotheses, first), variant.one, `${name}, one reference`);
    expectScore(corpus(hypotheses, [first, second]), variant.two, `${name}, two references`);
    expectScore(corpus(hypotheses, [first, some]), variant.varying, `${name}, varying references`);
    pairs.forEach((pair, s) =>
      expectClose(
        sentence(pair.hypothesis, pair.references[0]).score,
        variant.sentences[s],
        `${name}, ${s}`,
      )
    );
  }
});

async function readJson<T>(name: string): Promise<T> {
  return JSON.parse(await Deno.readTextFile(new URL(`../golden/metrics/${name}`, import.meta.url)));
}
