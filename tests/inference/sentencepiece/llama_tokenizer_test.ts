import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { loadTokenizer, type Tokenizer } from "../../../inference/tokenizer.ts";
import { readSentencePieceModel } from "../../../inference/sentencepiece/model_proto.ts";
import { itNeeds, SHARED } from "../../needs.ts";
import { slowBpe } from "./bpe_oracle.ts";
import { type FileIds, wmt22Ids } from "./golden_ids.ts";
import { LLAMA2_MODEL_SHA256, llama2Model, writeAlmaTokenizer } from "./llama2_model.ts";

interface Encoded {
  text: string;
  ids: number[];
}

interface Golden {
  encode: Encoded[];
  encodeModern: Encoded[];
  decode: Encoded[];
  decodeModern: Encoded[];
  wmt22: Record<string, FileIds>;
}

const golden: Golden = JSON.parse(
  await Deno.readTextFile(
    fileURLToPath(new URL("../../golden/tokenizer/llama2/cases.json", import.meta.url)),
  ),
);

const SPECIAL = /<(\/?s|unk)>/;

/** Pairs of a call's argument and result, so that a difference shows both. */
function pairs<T, U>(items: readonly T[], result: (item: T) => U): [T, U][] {
  return items.map((item) => [item, result(item)]);
}

describe("loadTokenizer(), tokenizer.model of LLaMA 2", () => {
  let folder: string;
  let alma: Tokenizer;
  let modern: Tokenizer;
  before(async () => {
    folder = await Deno.makeTempDir();
    await writeAlmaTokenizer(folder);
    alma = await loadTokenizer(folder);
    await Deno.writeTextFile(`${folder}/tokenizer_config.json`, '{ "legacy": false }');
    modern = await loadTokenizer(folder);
    await Deno.remove(`${folder}/tokenizer_config.json`);
  });
  after(() => Deno.remove(folder, { recursive: true }));

  it("llama2Model() is the published file, byte for byte", () => {
    expect(createHash("sha256").update(llama2Model()).digest("hex")).toBe(LLAMA2_MODEL_SHA256);
  });

  it("loadTokenizer() knows the vocabulary's size and the special tokens, ALMA's padding token too", () => {
    expect(alma.vocabularySize).toBe(32000);
    expect([alma.bosId, alma.eosId, alma.padId]).toEqual([1, 2, 0]);
  });

  it("Tokenizer.encode() joins the neighbours of the highest score, the leftmost of equals", () => {
    const slow = slowBpe(readSentencePieceModel(llama2Model(), "tokenizer.model"));
    const texts = golden.encode.map(({ text }) => text).filter((text) => !SPECIAL.test(text));
    const runs = Array.from(
      { length: 60 },
      (_, length) => `a${" ".repeat(length)}==${"=".repeat(length)}`,
    );
    for (const text of [...texts, ...runs]) {
      expect([text, alma.encode(text)]).toEqual([text, slow(text)]);
    }
  });

  it("Tokenizer.encode() equals Python's LlamaTokenizer on tricky texts", () => {
    const texts = golden.encode.map(({ text }) => text);
    expect(pairs(texts, alma.encode)).toEqual(golden.encode.map(({ text, ids }) => [text, ids]));
  });

  it("Tokenizer.encode() equals Python's LlamaTokenizer without its legacy way", () => {
    const changed = new Map(golden.encodeModern.map(({ text, ids }) => [text, ids]));
    const expected = golden.encode.map(({ text, ids }) => [text, changed.get(text) ?? ids]);
    expect(pairs(golden.encode.map(({ text }) => text), modern.encode)).toEqual(expected);
  });

  it("Tokenizer.decode() equals Python's LlamaTokenizer, one U+FFFD for each byte that is no text", () => {
    const changed = new Map(golden.decodeModern.map(({ text, ids }) => [ids.join(), text]));
    for (const { ids, text } of golden.decode) {
      expect([ids, alma.decode(ids)]).toEqual([ids, text]);
      expect([ids, modern.decode(ids)]).toEqual([ids, changed.get(ids.join()) ?? text]);
    }
  });

  it("Tokenizer.decode() undoes Tokenizer.encode() where no space and no special token leads", () => {
    const texts = golden.encode.map(({ text }) => text)
      .filter((text) => !/^[ \u2581]/.test(text) && !SPECIAL.test(text));
    expect(texts.length).toBeGreaterThan(90);
    for (const text of texts) {
      expect(alma.decode(alma.encode(text))).toBe(text.replaceAll("\u2581", " "));
    }
  });

  it("Tokenizer.decode() takes typed arrays and refuses ids that are no token", () => {
    expect(alma.decode(Int32Array.from(alma.encode("The dog")))).toBe("The dog");
    for (const id of [32000, -1, 0.5, NaN]) expect(() => alma.decode([id])).toThrow(RangeError);
  });

  it("Tokenizer.encode() takes a lone surrogate for U+FFFD", () => {
    for (const text of ["\ud800", "a\udc00b", "\udc00\ud800"]) {
      expect(alma.encode(text)).toEqual(alma.encode(text.replaceAll(/[\ud800-\udfff]/g, "\ufffd")));
    }
  });

  it("Tokenizer.encode() takes a long text in time that grows with its length", () => {
    const start = performance.now();
    expect(alma.encode("The old dog sleeps in the garden.\n".repeat(5000)).length).toBe(50000);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  itNeeds(SHARED, "Tokenizer.encode() equals Python's LlamaTokenizer on all of WMT22", async () => {
    for (const [name, expected] of Object.entries(golden.wmt22)) {
      expect([name, await wmt22Ids(name, alma.encode)]).toEqual([name, expected]);
    }
  });
});

describe("loadTokenizer(), special tokens beside tokenizer.model", () => {
  let folder: string;
  before(async () => {
    folder = await Deno.makeTempDir();
    await Deno.writeFile(`${folder}/tokenizer.model`, llama2Model());
  });
  after(() => Deno.remove(folder, { recursive: true }));
  const withFiles = async (files: Record<string, unknown>) => {
    for (const [name, value] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${name}`, JSON.stringify(value));
    }
    try {
      return await loadTokenizer(folder);
    } finally {
      await Promise.all(Object.keys(files).map((name) => Deno.remove(`${folder}/${name}`)));
    }
  };

  it("loadTokenizer() takes LLaMA's where no file names any, and pads with the unknown token", async () => {
    const { bosId, eosId, padId } = await withFiles({});
    expect([bosId, eosId, padId]).toEqual([1, 2, 0]);
  });

  it("loadTokenizer() prefers special_tokens_map.json to tokenizer_config.json", async () => {
    const tokenizer = await withFiles({
      "special_tokens_map.json": { pad_token: { content: "</s>", lstrip: false } },
      "tokenizer_config.json": { pad_token: "<s>", eos_token: "\u2581the" },
    });
    expect(tokenizer.padId).toBe(2);
    expect(tokenizer.decode([tokenizer.eosId])).toBe("");
    expect(tokenizer.encode("a\u2581the")).toEqual([263, tokenizer.eosId]);
  });

  it("loadTokenizer() refuses what the vocabulary lacks and what is not done here", async () => {
    const refusals: [Record<string, unknown>, RegExp][] = [
      [{ "special_tokens_map.json": { pad_token: "[PAD]" } }, /pad_token "\[PAD\]" must be in the/],
      [{ "tokenizer_config.json": { eos_token: 2 } }, /eos_token 2 must be in the vocabulary/],
      [{ "added_tokens.json": { "[PAD]": 32000 } }, /special token "\[PAD\]" must be in the/],
      [
        { "tokenizer_config.json": { added_tokens_decoder: { 32000: { content: "<x>" } } } },
        /special token "<x>" must be in the vocabulary/,
      ],
      [
        { "special_tokens_map.json": { bos_token: { content: "<s>", rstrip: true } } },
        /bos_token "<s>" must not take spaces beside it/,
      ],
      [{ "tokenizer_config.json": { legacy: "no" } }, /legacy "no" must be true or false/],
      [{ "tokenizer_config.json": { add_prefix_space: false } }, /add_prefix_space must be true/],
    ];
    for (const [files, message] of refusals) {
      const error = await withFiles(files).catch((reason) => reason);
      expect(error).toBeInstanceOf(RangeError);
      expect(error.message).toMatch(message);
    }
    await expect(withFiles({ "special_tokens_map.json": [] })).rejects.toThrow(SyntaxError);
  });
});
