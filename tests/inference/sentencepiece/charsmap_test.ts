import { fileURLToPath } from "node:url";
import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { characterRules } from "../../../inference/sentencepiece/charsmap.ts";
import { readSentencePieceModel } from "../../../inference/sentencepiece/model_proto.ts";

const folder = fileURLToPath(new URL("../../golden/tokenizer/unigram/", import.meta.url));
const { charsmap } = readSentencePieceModel(
  await Deno.readFile(`${folder}sentencepiece.bpe.model`),
  "fixture",
);
const golden: { normalize: { text: string; normalized: string }[] } = JSON.parse(
  await Deno.readTextFile(`${folder}cases.json`),
);

describe("characterRules()", () => {
  const replace = characterRules(charsmap, "fixture");

  it("characterRules() leaves text alone where there are no rules", () => {
    expect(characterRules(new Uint8Array(0), "none")("\ufb01\u00bd")).toBe("\ufb01\u00bd");
  });

  it("characterRules() equals Python's tokenizers on tricky texts", () => {
    expect(golden.normalize.length).toBeGreaterThan(40);
    for (const { text, normalized } of golden.normalize) {
      expect([text, replace(text)]).toEqual([text, normalized]);
    }
  });

  it("characterRules() is Unicode's NFKC for most characters, spaces and controls aside", () => {
    let same = 0;
    let all = 0;
    for (let code = 0x21; code < 0x3400; code++) {
      const character = String.fromCodePoint(code);
      if (!/\p{L}|\p{N}/u.test(character)) continue;
      all++;
      if (replace(character) === character.normalize("NFKC")) same++;
    }
    expect(all).toBeGreaterThan(6500);
    expect(same / all).toBeGreaterThan(0.99);
  });

  it("characterRules() lets the shortest prefix of a short cluster decide, as Python does", () => {
    expect(replace("\ufb01\u0301")).toBe("fi");
    expect(replace("\r\n")).toBe(" ");
    expect(replace("e\u0301")).toBe("\u00e9");
    expect(replace("e\u0301\u0323\u0301")).toBe("e\u0301\u0323\u0301");
  });

  it("characterRules() refuses bytes that hold no rules", () => {
    for (const bytes of [[1], [0, 0, 0, 0], [3, 0, 0, 0, 1, 2, 3], [8, 0, 0, 0, 1, 2, 3, 4]]) {
      expect(() => characterRules(Uint8Array.from(bytes), "x")).toThrow(SyntaxError);
    }
    expect(() => characterRules(charsmap.subarray(0, 1000), "x")).toThrow(
      /^Cannot read x: a charsmap of 1000 bytes cannot have a trie of \d+ bytes$/,
    );
  });

  it("characterRules() gives text or a SyntaxError for random changes of the rules", () => {
    let state = 7;
    const random = (below: number) => {
      state = Math.imul(state, 1664525) + 1013904223 >>> 0;
      return Math.floor(state / 2 ** 32 * below);
    };
    for (let i = 0; i < 40; i++) {
      const bytes = charsmap.slice();
      for (let k = 0; k < 20000; k++) bytes[4 + random(bytes.length - 4)] = random(256);
      const changed = characterRules(bytes, "x");
      for (const { text } of golden.normalize) {
        try {
          expect(typeof changed(text)).toBe("string");
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }
    }
  });
});
