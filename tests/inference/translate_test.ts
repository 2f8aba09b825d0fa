import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Decoder, DecoderRun } from "../../inference/decoder.ts";
import { translationPrompt } from "../../inference/prompt.ts";
import type { Tokenizer } from "../../inference/tokenizer.ts";
import { makeTranslator } from "../../inference/translate.ts";
import type { TranslateOptions } from "../../inference/translation.ts";
import { ToyDecoder } from "./toy_decoder.ts";

const BOS = 1, EOS = 2, V = 128;

/** One token a character of ASCII; 0 to 2 are special. */
const characters: Tokenizer = {
  vocabularySize: V,
  bosId: BOS,
  eosId: EOS,
  padId: 0,
  encode: (text) => Array.from(text, (character) => character.charCodeAt(0)),
  decode: (ids) => Array.from(ids, (id) => id > 2 ? String.fromCharCode(id) : "").join(""),
};

/** A decoder that almost surely answers a prompt with a given text. */
class ScriptedDecoder implements Decoder {
  readonly vocabularySize = V;
  /** The prompts of each run. */
  readonly batches: string[][] = [];

  constructor(readonly answer: (prompt: string) => string, readonly maxPositions = 400) {}

  start(prompts: readonly (readonly number[])[]): Promise<DecoderRun> {
    const texts = prompts.map((prompt) => characters.decode(prompt));
    this.batches.push(texts);
    let rows = texts.map((text) => ({
      answer: [...characters.encode(this.answer(text)), EOS],
      at: 0,
    }));
    return Promise.resolve({
      get rows() {
        return rows.length;
      },
      get logits() {
        const logits = new Float32Array(rows.length * V);
        rows.forEach(({ answer, at }, r) => logits[r * V + (answer[at] ?? EOS)] = 50);
        return logits;
      },
      step(_tokens: Int32Array, source: Int32Array) {
        rows = Array.from(source, (from) => ({ answer: rows[from].answer, at: rows[from].at + 1 }));
        return Promise.resolve();
      },
      release() {},
    });
  }
}

/** Answers with the source sentence in capitals. */
function shout(prompt: string): string {
  return ` ${prompt.split("\n")[1].replace("English: ", "").toUpperCase()}`;
}

function translatorOf(decoder: Decoder) {
  return makeTranslator({ decoder, tokenizer: characters, eosIds: [EOS] });
}

async function translations(
  decoder: Decoder,
  sentences: string[],
  options: Partial<TranslateOptions> = {},
) {
  const result = await translatorOf(decoder).translate(sentences, {
    direction: "en-de",
    ...options,
  });
  return result.translations;
}

const NAMELESS = translationPrompt("en-de", "").length + 1; // tokens of a prompt without its sentence

describe("translate()", () => {
  for (const beams of [1, 5]) {
    it(`returns trimmed text in input order with ${beams} beams`, async () => {
      const decoder = new ScriptedDecoder(shout);
      const sentences = ["a dog", "the longest of the three", "two cats"];
      const actual = await translations(decoder, sentences, { beams, batchSize: 2 });
      expect(actual.map(({ text }) => text)).toEqual(sentences.map((text) => text.toUpperCase()));
      expect(actual[0]).toMatchObject({ tokens: " A DOG".length + 1, finished: true });
      expect(actual[0]).not.toHaveProperty("truncatedSource");
      expect(decoder.batches.map((batch) => batch.length)).toEqual([2, 1]);
      expect(decoder.batches[0][0]).toContain("longest"); // the longest first
    });
  }

  it("gives white space an empty translation without running the model", async () => {
    const decoder = new ScriptedDecoder(shout);
    const empty = { text: "", tokens: 0, finished: true, score: 0 };
    expect(await translations(decoder, ["", " \t\n"])).toEqual([empty, empty]);
    expect(await translations(decoder, [])).toEqual([]);
    expect(decoder.batches).toEqual([]);
    const mixed = await translations(decoder, ["", "yes", "  "]);
    expect(mixed.map(({ text }) => text)).toEqual(["", "YES", ""]);
    expect(decoder.batches).toHaveLength(1);
  });

  it("puts a sentence with line breaks on one line", async () => {
    const [{ text }] = await translations(new ScriptedDecoder(shout), ["one\r\ntwo\nthree"]);
    expect(text).toBe("ONE TWO THREE");
  });

  it("cuts the output at its first line break", async () => {
    for (const answer of [" Ja.\nEnglish: and so on", "\n Ja. \r\nNein.", "Ja."]) {
      const [{ text, tokens }] = await translations(new ScriptedDecoder(() => answer), ["yes"]);
      expect(text).toBe("Ja.");
      expect(tokens).toBe(answer.length + 1); // what was generated, not what was kept
    }
  });

  it("stops at maxNewTokens and says so", async () => {
    const decoder = new ScriptedDecoder(shout);
    const [actual] = await translations(decoder, ["abcdef"], { maxNewTokens: 4 });
    expect(actual).toMatchObject({ text: "ABC", tokens: 4, finished: false });
  });

  it("refuses a sentence that does not fit before any work, naming it", async () => {
    const decoder = new ScriptedDecoder(shout, NAMELESS + 10 + 20);
    const translator = translatorOf(decoder);
    const options = { direction: "en-de", maxNewTokens: 20 } as const;
    const sentences = ["fits", "0123456789", "0123456789+"];
    const error = new RegExp(
      `sentence 2 .*${NAMELESS + 11} tokens, at most ${NAMELESS + 10} leave room for 20`,
    );
    await expect(translator.translate(sentences, options)).rejects.toThrow(error);
    expect(() => translator.check(sentences, options)).toThrow(RangeError);
    expect(() => translator.check(sentences.slice(0, 2), options)).not.toThrow();
    expect(decoder.batches).toEqual([]);
  });

  it("keeps the beginning that fits with longSentences truncate, and marks it", async () => {
    const decoder = new ScriptedDecoder(shout, NAMELESS + 10 + 20);
    const options = { maxNewTokens: 20, longSentences: "truncate" } as const;
    const [long, short] = await translations(decoder, ["abcdefghijklmnop", "0123456789"], options);
    expect(long).toMatchObject({ text: "ABCDEFGHIJ", truncatedSource: true });
    expect(short).not.toHaveProperty("truncatedSource");
    const none = new ScriptedDecoder(shout, NAMELESS + 20); // no room for one character
    await expect(translations(none, ["a"], options)).rejects.toThrow(/sentence 0/);
  });

  it("gives the same hypotheses whatever the batch size and the other sentences", async () => {
    const decoder = new ToyDecoder({ seed: 5, vocabularySize: V, eosIds: [EOS], eosSlope: 1 });
    const sentences = Array.from({ length: 13 }, (_, i) => "abcdefg ".repeat(i % 5 + 1) + i);
    const options = { direction: "de-en", maxNewTokens: 12 } as const;
    const expected = await translations(decoder, sentences, { ...options, batchSize: 13 });
    for (const batchSize of [1, 4, 100]) {
      expect(await translations(decoder, sentences, { ...options, batchSize })).toEqual(expected);
    }
    expect(await translations(decoder, sentences.toReversed(), options))
      .toEqual(expected.toReversed());
  });

  it("reports progress after each batch, and what each cost", async () => {
    const seen: number[][] = [];
    const { translations, batches } = await translatorOf(new ScriptedDecoder(shout)).translate(
      ["aaa", "", "b", "cc"],
      { direction: "en-de", batchSize: 2, onBatch: (...progress) => seen.push(progress) },
    );
    expect(seen).toEqual([[3, 4], [4, 4]]);
    expect(batches.map(({ sentences }) => sentences)).toEqual([2, 1]);
    expect(batches.reduce((sum, { newTokens }) => sum + newTokens, 0))
      .toBe(translations.reduce((sum, { tokens }) => sum + tokens, 0));
    for (const { seconds } of batches) expect(seconds).toBeGreaterThan(0);
  });

  it("refuses options out of range before any work", async () => {
    const decoder = new ScriptedDecoder(shout);
    for (
      const [bad, message] of [
        [{ beams: 0 }, /beams 0/],
        [{ batchSize: 0.5 }, /batchSize 0.5/],
        [{ maxNewTokens: -1 }, /maxNewTokens -1/],
        [{ direction: "en-xx" }, /xx/],
      ] as const
    ) {
      await expect(translations(decoder, [""], bad)).rejects.toThrow(message);
    }
    expect(decoder.batches).toEqual([]);
  });
});

describe("translate() with batches of one's own", () => {
  const sentences = ["b", " ", "ccc", "aaaaaaa", "dd"];

  it("decodes the batches that are asked for, in their order, and returns input order", async () => {
    const decoder = new ScriptedDecoder(shout);
    const asked: { indices: readonly number[]; tokens: number[] }[] = [];
    const { translations: found, batches } = await translatorOf(decoder).translate(sentences, {
      direction: "en-de",
      batchSize: 1,
      batches: (indices, countTokens) => {
        asked.push({ indices, tokens: indices.map((index) => countTokens(sentences[index])) });
        return [[4, 0], [3, 2]];
      },
    });
    expect(asked).toEqual([{ indices: [0, 2, 3, 4], tokens: [2, 4, 8, 3] }]);
    expect(decoder.batches.map((prompts) => prompts.map((text) => text.split("\n")[1]))).toEqual([
      ["English: dd", "English: b"],
      ["English: aaaaaaa", "English: ccc"],
    ]);
    expect(found.map(({ text }) => text)).toEqual(["B", "", "CCC", "AAAAAAA", "DD"]);
    expect(batches.map((batch) => batch.sentences)).toEqual([2, 2]);
  });

  it("refuses batches that leave a sentence out, hold one twice, or are empty", async () => {
    for (const plan of [[[0, 2, 3]], [[0, 2, 3, 4, 4]], [[0, 1, 2, 3, 4]], [[], [0, 2, 3, 4]]]) {
      const decoder = new ScriptedDecoder(shout);
      await expect(translations(decoder, sentences, { batches: () => plan })).rejects.toThrow(
        /Cannot translate in the batches .*: each sentence that is not empty must be in exactly one/,
      );
      expect(decoder.batches).toEqual([]);
    }
  });
});

describe("translate() with cut: characters", () => {
  const answer = (text: string) =>
    translations(new ScriptedDecoder(() => text), ["a"], { cut: "characters" });

  it("keeps every line of the output, and strips both ends", async () => {
    expect((await answer(" B\n\nEnglish: c \n"))[0].text).toBe("B\n\nEnglish: c");
    expect((await answer(" B"))[0].text).toBe("B");
    expect((await answer("\x1f \n B \x1c\n"))[0].text).toBe("B");
  });

  it("takes what stands behind the prompt's number of characters, whatever the prompt was decoded to", async () => {
    const shortening: Tokenizer = {
      ...characters,
      decode: (ids) => characters.decode(ids).replace("Translate this", "Translate"),
    };
    const decoder = new ScriptedDecoder(() => " 12345678");
    const translator = makeTranslator({ decoder, tokenizer: shortening, eosIds: [EOS] });
    const options = { direction: "en-de", cut: "characters" } as const;
    const { translations: [{ text }] } = await translator.translate(["a"], options);
    expect(text).toBe("5678"); // " this" is five characters, and the first of the output is a blank
  });

  it("counts characters as Python does, an astral one once", async () => {
    const decoder = new ScriptedDecoder(() => " B");
    const points: Tokenizer = {
      ...characters,
      encode: (text) => Array.from(text, (point) => point === "😀" ? 100 : point.charCodeAt(0)),
      decode: (ids) => characters.decode(ids).replace("English: d", "English: 😀"),
    };
    const translator = makeTranslator({ decoder, tokenizer: points, eosIds: [EOS] });
    const options = { direction: "en-de", cut: "characters" } as const;
    const { translations: [{ text }] } = await translator.translate(["😀"], options);
    expect(text).toBe("B");
  });
});
