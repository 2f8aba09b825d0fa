import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { LANGUAGES } from "../../data/tiny/corpus/formats.ts";
import { hashText, Random } from "../../data/tiny/corpus/random.ts";
import { type Sentence, Writer } from "../../data/tiny/corpus/sentences.ts";
import {
  drawSplits,
  isHeldOut,
  SPLIT_SIZES,
  toTsv,
  trainingSentences,
  wordsOf,
} from "../../data/tiny/corpus/splits.ts";
import { TEMPLATES } from "../../data/tiny/corpus/templates/all.ts";

/** The seed of the committed splits and of the embedded model. */
const SEED = 11;
const splits = drawSplits(SEED);
const train: Sentence[] = [];
for (const sentence of trainingSentences(SEED, splits)) {
  train.push(sentence);
  if (train.length === 40000) break;
}

describe("Writer", () => {
  it("Writer.next() writes the same bytes for the same seed, and others for another", () => {
    const first = (seed: number) => {
      const writer = new Writer(seed);
      return toTsv(Array.from({ length: 200 }, () => writer.next()));
    };
    expect(first(3)).toBe(first(3));
    expect(first(4)).not.toBe(first(3));
  });

  it("Writer.next() writes about 8 English words on average and never more than 20", () => {
    const lengths = train.map((s) => s.text.en.split(" ").length);
    const mean = lengths.reduce((a, b) => a + b) / lengths.length;
    expect(mean).toBeGreaterThan(7.5); // 8.2 over 300000: short sentences run out
    expect(mean).toBeLessThan(9);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(20);
  });

  it("TEMPLATES has at least 40 templates with names of their own", () => {
    expect(new Set(TEMPLATES.map((t) => t.name)).size).toBe(TEMPLATES.length);
    expect(TEMPLATES.length).toBeGreaterThanOrEqual(40);
  });

  for (const template of TEMPLATES) {
    it(`Writer.write() writes well-formed sentences of the template ${template.name}`, () => {
      const writer = new Writer(hashText(template.name));
      for (let i = 0; i < 40; i++) {
        const { text } = writer.write(template);
        const asks = text.en.endsWith("?");
        for (const language of LANGUAGES) {
          const line = text[language];
          expect(line).not.toMatch(/undefined|null|NaN|\t|\n| {2}| [,.?]|^ |[|/]/);
          expect(line).toMatch(/^[\p{Lu}\p{Lo}\d]/u);
          if (language === "zh") expect(line).toMatch(asks ? /[^？。]？$/ : /[^？。]。$/);
          else expect(line).toMatch(asks ? /[^.?]\?$/ : /[^.?]\.$/);
          if (language === "zh") expect(line).not.toMatch(/[ A-SU-Za-z]/); // T恤 is a word
        }
      }
    });
  }
});

describe("trainingSentences()", () => {
  const never: [string, "cs" | "zh" | "ru", RegExp][] = [
    ["a Russian verb for having", "ru", /име(ю|ешь|ет|ем|ют)(?!\p{L})/u],
    ["a Chinese 'formerly' in place of a past tense", "zh", /以前/],
    ["a Czech numeral for an article", "cs", /(?<!\p{L})(jeden|jednu|jedno|jednoho)(?!\p{L})/u],
    ["a Russian numeral for an article", "ru", /(?<!\p{L})(один|одну|одно|одного)(?!\p{L})/u],
    [
      "an unvocalised Czech preposition",
      "cs",
      /(?<!\p{L})(s [szšž]|v [vf]|v (2|3|4|12|13|14|20|21|22):)/iu,
    ],
    [
      "an unvocalised Russian preposition",
      "ru",
      /(?<!\p{L})(с [сз][бвгджзклмнпрстфхцчшщ]|в [вф][нртс])/iu,
    ],
  ];
  for (const [what, language, pattern] of never) {
    it(`trainingSentences() never has ${what}`, () => {
      expect(train.map((s) => s.text[language]).filter((t) => pattern.test(t)).slice(0, 3)).toEqual(
        [],
      );
    });
  }

  it("trainingSentences() puts a Russian owner into the genitive: у Анны есть", () => {
    const possession = TEMPLATES.find((t) => t.name === "possession")!;
    const writer = new Writer(2);
    for (let i = 0; i < 50; i++) expect(writer.write(possession).text.ru).toMatch(/^У \p{L}+ /u);
  });
});

describe("Random", () => {
  it("Random.next() gives numbers in [0, 1) with mean one half", () => {
    const random = new Random(1);
    const numbers = Array.from({ length: 10000 }, () => random.next());
    expect(numbers.every((x) => x >= 0 && x < 1)).toBe(true);
    expect(Math.abs(numbers.reduce((a, b) => a + b) / 10000 - 0.5)).toBeLessThan(0.02);
  });
});

describe("drawSplits()", () => {
  it("drawSplits() makes the committed files", async () => {
    for (const name of Object.keys(SPLIT_SIZES) as (keyof typeof SPLIT_SIZES)[]) {
      const file = new URL(`../../data/tiny/splits/${name}.tsv`, import.meta.url);
      expect(toTsv(splits[name]) === await Deno.readTextFile(file)).toBe(true);
      expect(splits[name].length).toBe(SPLIT_SIZES[name]);
    }
  });

  it("drawSplits() shares no meaning and no text of any language between splits or with training", () => {
    const all = Object.values(splits).flat();
    expect(new Set(all.map((s) => s.key)).size).toBe(all.length);
    const keys = new Set(train.map((s) => s.key));
    expect(all.filter((s) => keys.has(s.key))).toEqual([]);
    for (const l of LANGUAGES) {
      expect(new Set(all.map((s) => s.text[l])).size).toBe(all.length);
      const texts = new Set(train.map((s) => s.text[l]));
      expect(all.filter((s) => texts.has(s.text[l]))).toEqual([]);
    }
  });

  it("drawSplits() gives at least half of test a pair of verb and object that nothing else has", () => {
    const held = splits.test.filter((s) => s.pairs.some(isHeldOut));
    expect(held.length).toBeGreaterThanOrEqual(SPLIT_SIZES.test / 2);
    const pairs = new Set(held.flatMap((s) => s.pairs.filter(isHeldOut)));
    const others = [...train, ...splits.dev, ...splits.calibration];
    expect(others.filter((s) => s.pairs.some((p) => pairs.has(p)))).toEqual([]);
  });

  it("drawSplits() uses no word that the first 40000 training sentences lack", () => {
    for (const l of LANGUAGES) {
      const known = new Set(train.flatMap((s) => wordsOf(s.text[l], l)));
      const words = new Set(splits.test.flatMap((s) => wordsOf(s.text[l], l)));
      const unknown = [...words].filter((w) => !known.has(w));
      expect([l, unknown]).toEqual([l, []]);
    }
  });
});

describe("isHeldOut()", () => {
  it("isHeldOut() takes about 4 % of the pairs that training draws from", () => {
    const writer = new Writer(5);
    const pairs = new Set<string>();
    for (let i = 0; i < 6000; i++) for (const pair of writer.next().pairs) pairs.add(pair);
    const share = [...pairs].filter(isHeldOut).length / pairs.size;
    expect(share).toBeGreaterThan(0.025);
    expect(share).toBeLessThan(0.055);
  });
});

describe("toTsv()", () => {
  it("toTsv() writes a header and six cells a line", () => {
    const [header, line] = toTsv(train.slice(0, 1)).split("\n");
    expect(header).toBe("en\tde\tcs\tis\tzh\tru");
    expect(line.split("\t").length).toBe(6);
  });
});
