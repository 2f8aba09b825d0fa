import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import {
  type ForcedPair,
  referencePerplexity,
  targetLogProbabilities,
  translationPair,
} from "../../inference/perplexity.ts";
import { translationPrompt } from "../../inference/prompt.ts";
import type { Tokenizer } from "../../inference/tokenizer.ts";
import { logSoftmax } from "./beam_oracle.ts";
import { ToyDecoder, toyLogits } from "./toy_decoder.ts";

const toy = { seed: 21, vocabularySize: 128, eosIds: [2] };

/** One token a character of ASCII. */
const characters: Tokenizer = {
  vocabularySize: 128,
  bosId: 1,
  eosId: 2,
  padId: 0,
  encode: (text) => Array.from(text, (character) => character.charCodeAt(0)),
  decode: (ids) => Array.from(ids, (id) => String.fromCharCode(id)).join(""),
};

function slowLogProbability({ prompt, target }: ForcedPair): number {
  return target.reduce((sum, token, t) => {
    const logits = toyLogits([...prompt, ...target.slice(0, t)], t, toy);
    return sum + logSoftmax(logits)[token];
  }, 0);
}

describe("targetLogProbabilities()", () => {
  it("sums what the model gives each target token, while shorter targets leave the batch", async () => {
    const pairs = [
      { prompt: [1, 5], target: [7] },
      { prompt: [1], target: [9, 9, 3, 2] },
      { prompt: [1, 8, 4], target: [100, 2] },
    ];
    const decoder = new ToyDecoder(toy);
    const actual = await targetLogProbabilities(decoder, pairs);
    pairs.forEach((pair, i) => expect(actual[i]).toBeCloseTo(slowLogProbability(pair), 4));
    expect(decoder.rowsSeen).toEqual([[3, 2, 1, 1]]);
    expect(decoder.open).toBe(0);
    expect(await targetLogProbabilities(decoder, [])).toEqual([]);
  });
});

describe("translationPair()", () => {
  it("puts the reference on one line behind the prompt and a space, and an end token behind it", () => {
    const { prompt, target } = translationPair(characters, "en-de", "a dog", "ein\nHund");
    expect(characters.decode(prompt.slice(1))).toBe(translationPrompt("en-de", "a dog"));
    expect(characters.decode(target.slice(0, -1))).toBe(" ein Hund");
    expect([prompt[0], target.at(-1)]).toEqual([1, 2]);
  });

  it("refuses a reference that changes the prompt's tokens", () => {
    const merging = {
      ...characters,
      encode: (text: string) => characters.encode(text.replace(": x", "\u0003")),
    };
    expect(() => translationPair(merging, "en-de", "a", "x")).toThrow(/inside of the prompt/);
  });
});

describe("referencePerplexity()", () => {
  const options = { direction: "en-de", batchSize: 2 } as const;
  const sources = ["a", "bb", " ", "cc", "dd"], references = ["uvw", "x", "y", "", "zz"];

  it("is exp of the mean over all tokens, whatever the batches; white space is left out", async () => {
    const pairs = [0, 1, 4].map((i) =>
      translationPair(characters, "en-de", sources[i], references[i])
    );
    const sum = pairs.reduce((total, pair) => total + slowLogProbability(pair), 0);
    const expected = Math.exp(-sum / pairs.reduce((total, { target }) => total + target.length, 0));
    for (const batchSize of [1, 2, 9]) {
      const actual = await referencePerplexity(
        new ToyDecoder(toy),
        characters,
        sources,
        references,
        {
          ...options,
          batchSize,
        },
      );
      expect(actual / expected).toBeCloseTo(1, 5);
    }
  });

  it("refuses unequal lists, no pairs and pairs that do not fit, before any work", async () => {
    const decoder = new ToyDecoder(toy);
    const score = (s: string[], r: string[]) =>
      referencePerplexity(decoder, characters, s, r, options);
    await expect(score(["a"], [])).rejects.toThrow(/0 references of 1 sources/);
    await expect(score([" "], ["x"])).rejects.toThrow(/at least one/);
    await expect(score(["a", "b"], ["x", "y".repeat(1000)])).rejects.toThrow(
      /sentence 1 .*1000 pos/,
    );
    expect(decoder.rowsSeen).toEqual([]);
  });
});
