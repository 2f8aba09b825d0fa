import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { LANGUAGE_NAMES } from "../../data/directions.ts";
import { readTinySplit, tinyModelFolder } from "../../data/tiny.ts";
import { fileURLToPath } from "node:url";
import { loadTokenizer, type Tokenizer } from "../../inference/tokenizer.ts";

const golden = fileURLToPath(new URL("../golden/tokenizer/", import.meta.url));

interface Golden {
  size: number;
  encode: { text: string; ids: number[] }[];
  decode: { ids: number[]; text: string }[];
}

const cases: Record<string, Golden> = JSON.parse(await Deno.readTextFile(`${golden}cases.json`));

for (const name of ["byte_level", "sentence_piece"]) {
  describe(`loadTokenizer(), ${name}`, () => {
    let tokenizer: Tokenizer;
    before(async () => {
      tokenizer = await loadTokenizer(golden + name);
    });

    it("loadTokenizer() knows the vocabulary's size and the special tokens", () => {
      expect(tokenizer.vocabularySize).toBe(cases[name].size);
      expect([tokenizer.bosId, tokenizer.eosId, tokenizer.padId]).toEqual([1, 2, 0]);
    });

    it("Tokenizer.encode() equals Python's tokenizers", () => {
      for (const { text, ids } of cases[name].encode) {
        expect([text, tokenizer.encode(text)]).toEqual([text, ids]);
      }
    });

    it("Tokenizer.decode() equals Python's tokenizers", () => {
      for (const { ids, text } of cases[name].decode) {
        expect([ids, tokenizer.decode(ids)]).toEqual([ids, text]);
      }
    });

    it("Tokenizer.encode() gives the same ids again, in any order of calls", () => {
      for (const { text, ids } of cases[name].encode.toReversed()) {
        expect(tokenizer.encode(text)).toEqual(ids);
      }
    });

    it("Tokenizer.decode() takes typed arrays and refuses ids that are no token", () => {
      const ids = tokenizer.encode("The dog");
      expect(tokenizer.decode(Int32Array.from(ids))).toBe("The dog");
      for (const id of [cases[name].size, -1, 0.5, NaN]) {
        expect(() => tokenizer.decode([id])).toThrow(RangeError);
      }
    });
  });
}

describe("loadTokenizer(), byte fallback", () => {
  it("Tokenizer.decode() shows bytes that are no UTF-8 as U+FFFD, valid ones as text", async () => {
    const tokenizer = await loadTokenizer(`${golden}sentence_piece`);
    const byte = (value: number) => 3 + value; // <0x00> has id 3
    expect(tokenizer.decode([0xc5, 0xa1].map(byte))).toBe("š");
    expect(tokenizer.decode([0x41, 0xff, 0x42].map(byte))).toContain("\ufffd");
  });
});

describe("loadTokenizer(), the embedded model", () => {
  it("Tokenizer.decode() undoes Tokenizer.encode() on every sentence of the embedded dev split", async () => {
    const tokenizer = await loadTokenizer(tinyModelFolder());
    const dev = await readTinySplit("dev");
    const others = Object.keys(LANGUAGE_NAMES).filter((code) => code !== "en");
    const pairs = others.map((code) => dev.pairs(`en-${code}`));
    const sentences = [...pairs[0].sources, ...pairs.flatMap(({ references }) => references)];
    expect(sentences.length).toBe(6 * dev.length);
    for (const sentence of sentences) {
      expect(tokenizer.decode(tokenizer.encode(sentence))).toBe(sentence);
    }
  });
});

describe("loadTokenizer(), refusals", () => {
  let folder: string;
  before(async () => {
    folder = await Deno.makeTempDir();
  });
  after(() => Deno.remove(folder, { recursive: true }));
  const write = (name: string, value: unknown) =>
    Deno.writeTextFile(
      `${folder}/${name}`,
      typeof value === "string" ? value : JSON.stringify(value),
    );
  const refuses = async (error: unknown, message: RegExp) => {
    const result = await loadTokenizer(folder).catch((reason) => reason);
    expect(result).toBeInstanceOf(error as typeof Error);
    expect(result.message).toMatch(message);
  };

  it("loadTokenizer() refuses a folder without its files, broken files and unknown special tokens", async () => {
    const tokenizer = JSON.parse(await Deno.readTextFile(`${golden}byte_level/tokenizer.json`));
    await refuses(Deno.errors.NotFound, /it has no tokenizer\.json and no tokenizer\.model/);
    await write("tokenizer.json", tokenizer);
    await refuses(Deno.errors.NotFound, /it has no tokenizer_config\.json/);
    await write("tokenizer_config.json", { bos_token: "<s>", eos_token: "<end>" });
    await refuses(RangeError, /eos_token "<end>" must be in the vocabulary/);
    await write("tokenizer_config.json", { bos_token: "<s>" });
    await refuses(RangeError, /must name eos_token/);
    await write("tokenizer_config.json", { eos_token: "</s>", bos_token: null });
    await refuses(RangeError, /must name bos_token/);
    await write("tokenizer.json", { ...tokenizer, model: undefined });
    await refuses(SyntaxError, /tokenizer\.json: it must describe a tokenizer/);
    await write("tokenizer.json", "[]");
    await refuses(SyntaxError, /tokenizer\.json: it must hold a JSON object/);
    await write("tokenizer.json", "{");
    await refuses(SyntaxError, /tokenizer\.json: it must be JSON/);
  });

  it("Tokenizer.padId is the unknown token, or else the end, where no padding token is named", async () => {
    await Deno.copyFile(`${golden}byte_level/tokenizer.json`, `${folder}/tokenizer.json`);
    await write("tokenizer_config.json", { bos_token: "<s>", eos_token: "</s>" });
    expect((await loadTokenizer(folder)).padId).toBe(2);
    await write("tokenizer_config.json", {
      bos_token: "<s>",
      eos_token: "</s>",
      unk_token: "<unk>",
    });
    expect((await loadTokenizer(folder)).padId).toBe(0);
  });
});
