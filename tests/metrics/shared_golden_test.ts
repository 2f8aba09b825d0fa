import { describe } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { corpusBleu, sentenceBleu } from "../../metrics/bleu.ts";
import { corpusChrf, sentenceChrf } from "../../metrics/chrf.ts";
import type { MetricScore } from "../../metrics/score.ts";
import type { References } from "../../metrics/segments.ts";
import { corpusTer, sentenceTer } from "../../metrics/ter.ts";
import { tokenizeTercom } from "../../metrics/tokenizers/tercom.ts";
import {
  type BleuTokenizer,
  defaultTokenizer,
  tokenize,
} from "../../metrics/tokenizers/tokenize.ts";
import { isPythonSpace, stripEnd } from "../../metrics/python_text.ts";
import { itNeeds, SHARED } from "../needs.ts";
import { sharedJson, sharedLines } from "../shared.ts";
import {
  bleuOptions,
  chrfOptions,
  expectClose,
  expectScore,
  type GoldenOptions,
  type GoldenScore,
  terOptions,
} from "./golden.ts";

type Records = Record<string, GoldenScore>;

const system = (name: string, direction: string) =>
  sharedLines(`golden/metrics/systems/${name}/${direction}.txt`);
const reference = (direction: string) => sharedLines(`wmt22/${direction}/reference.txt`);

/** sacreBLEU's options behind the names of the BLEU records. */
const BLEU: Record<string, GoldenOptions> = {
  "13a": {},
  intl: { tokenize: "intl" },
  zh: { tokenize: "zh" },
  char: { tokenize: "char" },
  none: { tokenize: "none" },
  lowercase: { lowercase: true },
  smooth_floor: { smooth_method: "floor" },
  "smooth_add-k": { smooth_method: "add-k" },
  smooth_none: { smooth_method: "none" },
  effective_order: { effective_order: true },
  max_ngram_order_2: { max_ngram_order: 2 },
};
const CHRF: Record<string, GoldenOptions> = {
  chrF2: {},
  "chrF2++": { word_order: 2 },
  chrF2_lowercase: { lowercase: true },
  chrF2_whitespace: { whitespace: true },
  chrF2_eps: { eps_smoothing: true },
};

describe("corpus scores of four published systems on WMT22", () => {
  interface Corpus {
    system: string;
    direction: string;
    default_tokenizer: BleuTokenizer;
    segments: number;
    bleu: Records;
    chrf: Records;
    ter: Records;
  }

  itNeeds(SHARED, "corpusBleu() equals sacreBLEU on all 40 corpora and 13 settings", async () => {
    const corpora = await sharedJson<Corpus[]>("golden/metrics/corpus.json");
    expect(corpora.length).toBe(40);
    for (const corpus of corpora) {
      const hypotheses = await system(corpus.system, corpus.direction);
      const references = await reference(corpus.direction);
      const byDefault = { tokenize: corpus.default_tokenizer };
      expect(defaultTokenizer(corpus.direction)).toBe(corpus.default_tokenizer);
      expect(hypotheses.length).toBe(corpus.segments);
      for (const [name, golden] of Object.entries(corpus.bleu)) {
        const study = name === "study"; // the study read its references with their line ends
        const texts = study ? references.map((line) => line + "\n") : references;
        const own = BLEU[study ? "13a" : name];
        const special = name === "default" || !["13a", "study"].includes(name);
        const options = bleuOptions({ ...(special ? byDefault : {}), ...own });
        const score = corpusBleu(hypotheses, texts, options);
        expectScore(score, golden, `${corpus.system} ${corpus.direction} ${name}`);
      }
    }
  });

  itNeeds(SHARED, "corpusChrf() equals sacreBLEU on all 40 corpora and 5 settings", async () => {
    for (const corpus of await sharedJson<Corpus[]>("golden/metrics/corpus.json")) {
      const hypotheses = await system(corpus.system, corpus.direction);
      const references = await reference(corpus.direction);
      expect(Object.keys(corpus.chrf)).toEqual(Object.keys(CHRF));
      for (const [name, golden] of Object.entries(corpus.chrf)) {
        const score = corpusChrf(hypotheses, references, chrfOptions(CHRF[name]));
        expectScore(score, golden, `${corpus.system} ${corpus.direction} ${name}`);
      }
    }
  });

  itNeeds(SHARED, "corpusTer() equals sacreBLEU on all 40 corpora", async () => {
    const settings: Record<string, GoldenOptions> = {
      default: {},
      asian_normalized: { normalized: true, asian_support: true },
    };
    for (const corpus of await sharedJson<Corpus[]>("golden/metrics/corpus.json")) {
      const hypotheses = await system(corpus.system, corpus.direction);
      const references = await reference(corpus.direction);
      for (const [name, golden] of Object.entries(corpus.ter)) {
        const score = corpusTer(hypotheses, references, terOptions(settings[name]));
        expectScore(score, golden, `${corpus.system} ${corpus.direction} ${name}`);
      }
    }
  });
});

describe("sentence scores", () => {
  interface Sentence extends GoldenScore {
    i: number;
    bleu: number;
    bleu_no_effective_order: number;
    bleu_13a: number;
    bleu_floor: number;
    "bleu_add-k": number;
    chrf: number;
    "chrf++": number;
    ter: number;
  }
  interface Sentences {
    system: string;
    direction: string;
    tokenizer: BleuTokenizer;
    segments: Sentence[];
  }

  itNeeds(
    SHARED,
    "sentenceBleu(), sentenceChrf() and sentenceTer() equal sacreBLEU on 2,000 sentences",
    async () => {
      let sentences = 0;
      for (const file of await sharedJson<Sentences[]>("golden/metrics/sentences.json")) {
        const hypotheses = await system(file.system, file.direction);
        const references = await reference(file.direction);
        const { tokenizer } = file;
        for (const golden of file.segments) {
          const [h, r] = [hypotheses[golden.i], references[golden.i]];
          const what = `${file.system} ${file.direction} ${golden.i}`;
          expectScore(sentenceBleu(h, r, { tokenizer }), { ...golden, score: golden.bleu }, what);
          const scores: [keyof Sentence, MetricScore][] = [
            ["bleu_no_effective_order", sentenceBleu(h, r, { tokenizer, effectiveOrder: false })],
            ["bleu_13a", sentenceBleu(h, r)],
            ["bleu_floor", sentenceBleu(h, r, { tokenizer, smoothing: "floor" })],
            ["bleu_add-k", sentenceBleu(h, r, { tokenizer, smoothing: "add-k" })],
            ["chrf", sentenceChrf(h, r)],
            ["chrf++", sentenceChrf(h, r, { wordOrder: 2 })],
            ["ter", sentenceTer(h, r)],
          ];
          for (const [name, score] of scores) {
            expectClose(score.score, golden[name] as number, `${what} ${name}`);
          }
          sentences++;
        }
      }
      expect(sentences).toBe(2000);
    },
  );
});

describe("variants of BLEU", () => {
  interface Row extends GoldenScore, GoldenOptions {
    segments: number;
  }
  interface Variants {
    system: string;
    direction: string;
    tokenizer: BleuTokenizer;
    rows: Row[];
  }

  itNeeds(
    SHARED,
    "corpusBleu() equals sacreBLEU on 1,440 combinations of size, smoothing, case and effective order",
    async () => {
      let rows = 0;
      for (const file of await sharedJson<Variants[]>("golden/metrics/bleu-variants.json")) {
        const hypotheses = await system(file.system, file.direction);
        const references = await reference(file.direction);
        for (const row of file.rows) {
          const options = bleuOptions({ ...row, tokenize: file.tokenizer });
          const first = (lines: string[]) => lines.slice(0, row.segments);
          const score = corpusBleu(first(hypotheses), first(references), options);
          expectScore(score, row, `${file.direction} ${JSON.stringify(options)}`);
          rows++;
        }
      }
      expect(rows).toBe(1440);
    },
  );
});

describe("tokenizers", () => {
  type Line = Record<string, string>;
  const names: BleuTokenizer[] = ["13a", "intl", "zh", "char", "none"];

  itNeeds(
    SHARED,
    "tokenize() equals sacreBLEU's tokenizers on 395 lines, stripped or not",
    async () => {
      const lines = await sharedJson<Line[]>("golden/metrics/tokenizers.json");
      expect(lines.length).toBe(395);
      for (const golden of lines) {
        for (const name of names) {
          expect(tokenize(golden.line, name)).toBe(golden[name]);
          expect(tokenize(stripEnd(golden.line), name)).toBe(golden[`pre_${name}`] ?? golden[name]);
        }
        expect(tokenize(stripEnd(golden.line.toLowerCase()), "13a")).toBe(golden.pre_lc_13a);
      }
    },
  );

  itNeeds(SHARED, "tokenizeTercom() equals sacreBLEU's on 395 lines", async () => {
    for (const golden of await sharedJson<Line[]>("golden/metrics/tokenizers.json")) {
      expect(tokenizeTercom(golden.line)).toBe(golden.ter);
      expect(tokenizeTercom(golden.line, { normalized: true, asianSupport: true }))
        .toBe(golden.ter_asian_normalized);
    }
  });

  itNeeds(SHARED, "isPythonSpace() leaves the characters that chrF counts", async () => {
    for (const golden of await sharedJson<Line[]>("golden/metrics/tokenizers.json")) {
      const kept = golden.line.split("").filter((unit) => !isPythonSpace(unit.charCodeAt(0)));
      expect(kept.join("")).toBe(golden.chars_chrf);
    }
  });
});

describe("degenerate input", () => {
  type Case = { name: string; hyps: string[]; refs: string[][] } & Records;
  type Scorer = (hypotheses: string[], references: References) => MetricScore;
  const cut = { unequalLengths: "cut" } as const; // sacreBLEU never complains
  const scorers: Record<string, Scorer> = {
    bleu: (h, r) => corpusBleu(h, r, cut),
    bleu_eff: (h, r) => corpusBleu(h, r, { ...cut, effectiveOrder: true }),
    bleu_floor: (h, r) => corpusBleu(h, r, { ...cut, smoothing: "floor" }),
    "bleu_add-k": (h, r) => corpusBleu(h, r, { ...cut, smoothing: "add-k" }),
    bleu_none: (h, r) => corpusBleu(h, r, { ...cut, smoothing: "none" }),
    bleu_zh: (h, r) => corpusBleu(h, r, { ...cut, tokenizer: "zh" }),
    bleu_char: (h, r) => corpusBleu(h, r, { ...cut, tokenizer: "char" }),
    bleu_lc: (h, r) => corpusBleu(h, r, { ...cut, lowercase: true }),
    chrf: (h, r) => corpusChrf(h, r, cut),
    "chrf++": (h, r) => corpusChrf(h, r, { ...cut, wordOrder: 2 }),
    chrf_eps: (h, r) => corpusChrf(h, r, { ...cut, epsilonSmoothing: true }),
    ter: (h, r) => corpusTer(h, r, cut),
  };

  itNeeds(
    SHARED,
    "every metric equals sacreBLEU on 35 cases, or fails with a clear error where it fails",
    async () => {
      const cases = await sharedJson<Case[]>("golden/metrics/degenerate.json");
      expect(cases.length).toBe(35);
      for (const golden of cases) {
        for (const [name, scorer] of Object.entries(scorers)) {
          const score = () => scorer(golden.hyps, golden.refs);
          if (golden[name].error !== undefined) {
            expect(score).toThrow(/^Cannot score 0 hypotheses/);
          } else {
            expectScore(score(), golden[name], `${golden.name}, ${name}`);
          }
        }
      }
    },
  );
});
