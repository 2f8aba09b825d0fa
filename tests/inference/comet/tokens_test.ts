import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { sentenceTokens, tokenBatches } from "../../../inference/comet/tokens.ts";

const tokenizer = {
  encode: (text: string) => Array.from(text, (_, index) => 10 + index),
  bosId: 0,
  eosId: 2,
  padId: 1,
  vocabularySize: 1000,
};

describe("sentenceTokens()", () => {
  it("sentenceTokens() puts <s> before and </s> behind, also around nothing", () => {
    expect(sentenceTokens(tokenizer, "abc", 510)).toEqual([0, 10, 11, 12, 2]);
    expect(sentenceTokens(tokenizer, "", 510)).toEqual([0, 2]);
  });

  it("sentenceTokens() keeps the first tokens and </s> when a text is too long", () => {
    expect(sentenceTokens(tokenizer, "abcdef", 5)).toEqual([0, 10, 11, 12, 2]);
    expect(sentenceTokens(tokenizer, "x".repeat(508), 510)).toHaveLength(510);
    const long = sentenceTokens(tokenizer, "x".repeat(700), 510);
    expect([long.length, long[508], long[509]]).toEqual([510, 10 + 507, 2]);
  });
});

describe("tokenBatches()", () => {
  it("tokenBatches() takes the longest first and pads with 1 on the right", () => {
    const [first, second, ...rest] = tokenBatches([[0, 2], [0, 5, 6, 2], [0, 7, 2]], 2);
    expect(rest).toEqual([]);
    expect(first).toEqual({
      places: [1, 2],
      length: 4,
      ids: BigInt64Array.of(0n, 5n, 6n, 2n, 0n, 7n, 2n, 1n),
      mask: BigInt64Array.of(1n, 1n, 1n, 1n, 1n, 1n, 1n, 0n),
    });
    expect(second!.places).toEqual([0]);
  });

  it("tokenBatches() gives every sequence once, those of one length in their order", () => {
    const sequences = Array.from({ length: 23 }, (_, index) => new Array(2 + index % 5).fill(3));
    const batches = [...tokenBatches(sequences, 4)];
    const places = batches.flatMap((batch) => batch.places);
    expect(places.toSorted((a, b) => a - b)).toEqual(sequences.map((_, index) => index));
    expect(places.slice(0, 4)).toEqual([4, 9, 14, 19]);
    expect(batches.every((batch) => batch.ids.length === batch.places.length * batch.length)).toBe(
      true,
    );
  });
});
