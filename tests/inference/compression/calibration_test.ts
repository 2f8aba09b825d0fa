import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { calibrationSequences } from "../../../inference/compression/calibration.ts";
import { batchSamples, samplesSha256 } from "../../../inference/compression/states.ts";
import { translationPrompt } from "../../../inference/prompt.ts";
import type { Tokenizer } from "../../../inference/tokenizer.ts";
import { uniform } from "../random_checkpoint.ts";

/** One token a character. */
const characters: Tokenizer = {
  vocabularySize: 256,
  bosId: 1,
  eosId: 2,
  padId: 0,
  encode: (text) => Array.from(text, (character) => character.charCodeAt(0)),
  decode: (ids) => Array.from(ids, (id) => String.fromCharCode(id)).join(""),
};

const pair = { direction: "en-de", source: "A dog.", target: "Ein\nHund." } as const;

describe("calibrationSequences()", () => {
  it("gives beginning, prompt, translation on one line, and end", () => {
    const text = `${translationPrompt("en-de", "A dog.")} Ein Hund.`;
    const expected = [1, ...characters.encode(text), 2];
    expect(calibrationSequences(characters, [pair], 200)).toEqual([expected]);
    expect(calibrationSequences(characters, [pair], 200, 3)[0].at(-1)).toBe(3);
  });

  it("refuses a pair that is too long, by its index", () => {
    const length = calibrationSequences(characters, [pair], 200)[0].length;
    expect(calibrationSequences(characters, [pair], length).length).toBe(1);
    const short = { ...pair, target: "E" };
    expect(() => calibrationSequences(characters, [short, pair], length - 1))
      .toThrow(new RegExp(`pair 1 .*${length} tokens.*${length - 1} positions`));
  });
});

describe("batchSamples()", () => {
  it("keeps the order, and no batch but a single sample has more than 2048 tokens with padding", () => {
    const next = uniform(9);
    const samples = Array.from(
      { length: 300 },
      () => Array(1 + Math.floor(next() ** 4 * 2500)).fill(0),
    );
    const batches = batchSamples(samples);
    expect(batches.flat()).toEqual(samples);
    const tokens = (batch: number[][]) =>
      batch.length * Math.max(...batch.map(({ length }) => length));
    batches.forEach((batch, i) => {
      expect(batch.length === 1 || tokens(batch) <= 2048).toBe(true);
      const more = [...batch, ...(batches[i + 1] ?? []).slice(0, 1)];
      expect(i + 1 === batches.length || tokens(more) > 2048).toBe(true); // it is full
    });
  });
});

describe("samplesSha256()", () => {
  it("tells samples apart from their concatenation and from another order", () => {
    const hashes = [[[1, 2], [3]], [[1], [2, 3]], [[3], [1, 2]], [[12], [3]]].map(samplesSha256);
    expect(new Set(hashes).size).toBe(4);
  });
});
