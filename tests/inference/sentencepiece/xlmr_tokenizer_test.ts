import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { readSentencePieceModel } from "../../../inference/sentencepiece/model_proto.ts";
import {
  loadXlmrTokenizer,
  type XlmrTokenizer,
} from "../../../inference/sentencepiece/xlmr_tokenizer.ts";
import { itNeeds, SHARED } from "../../needs.ts";
import { type FileIds, wmt22Ids } from "./golden_ids.ts";
import { encodeFields, llama2Model } from "./llama2_model.ts";

const fixture = fileURLToPath(new URL("../../golden/tokenizer/unigram/", import.meta.url));
const modelBytes = await Deno.readFile(`${fixture}sentencepiece.bpe.model`);

interface Golden {
  size: number;
  encode: { text: string; ids: number[] }[];
  wmt22: Record<string, FileIds>;
}

const golden: Golden = JSON.parse(await Deno.readTextFile(`${fixture}cases.json`));

/** The fixture as `tokenizer.json` has it. */
function fixtureJson() {
  const { pieces, charsmap } = readSentencePieceModel(modelBytes, "fixture");
  const vocab = [
    ...["<s>", "<pad>", "</s>", "<unk>"].map((token) => [token, 0]),
    ...pieces.slice(3).map(({ piece, score }) => [piece, score]),
    ["<mask>", 0],
  ];
  return {
    normalizer: { type: "Precompiled", precompiled_charsmap: charsmap.toBase64() },
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [{ type: "WhitespaceSplit" }, { type: "Metaspace", replacement: "\u2581" }],
    },
    model: { type: "Unigram", unk_id: 3, vocab },
  };
}

describe("loadXlmrTokenizer()", () => {
  let folder: string;
  let tokenizer: XlmrTokenizer;
  before(async () => {
    folder = await Deno.makeTempDir();
    tokenizer = await loadXlmrTokenizer(fixture);
  });
  after(() => Deno.remove(folder, { recursive: true }));
  const refuses = async (error: unknown, message: RegExp) => {
    const result = await loadXlmrTokenizer(folder).catch((reason) => reason);
    expect(result).toBeInstanceOf(error as typeof Error);
    expect(result.message).toMatch(message);
  };

  it("loadXlmrTokenizer() gives fairseq's numbers", () => {
    expect(tokenizer.vocabularySize).toBe(golden.size);
    expect([tokenizer.bosId, tokenizer.padId, tokenizer.eosId]).toEqual([0, 1, 2]);
    expect(tokenizer.encode("<s><pad></s><unk><mask>")).toEqual([0, 1, 2, 3, golden.size - 1]);
  });

  it("XlmrTokenizer.encode() equals Python's XLMRobertaTokenizerFast on tricky texts", () => {
    const texts = golden.encode.map(({ text }) => [text, tokenizer.encode(text)]);
    expect(texts).toEqual(golden.encode.map(({ text, ids }) => [text, ids]));
  });

  it("XlmrTokenizer.encode() is the same from tokenizer.json", async () => {
    await Deno.writeTextFile(`${folder}/tokenizer.json`, JSON.stringify(fixtureJson()));
    const other = await loadXlmrTokenizer(folder);
    expect(other.vocabularySize).toBe(golden.size);
    for (const { text, ids } of golden.encode) {
      expect([text, other.encode(text)]).toEqual([text, ids]);
    }
  });

  it("XlmrTokenizer.encode() does not change with the number or kind of spaces", () => {
    const words = "The dog sleeps in the garden .".split(" ");
    const ids = tokenizer.encode(words.join(" "));
    for (
      const space of ["  ", "\t", "\n", "\r\n", "\u00a0", "\u3000", "\u2028", "\u0085", "\u2581"]
    ) {
      expect(tokenizer.encode(space + words.join(space) + space)).toEqual(ids);
    }
  });

  it("XlmrTokenizer.encode() takes a lone surrogate for U+FFFD", () => {
    expect(tokenizer.encode("a\ud800b")).toEqual(tokenizer.encode("a\ufffdb"));
  });

  itNeeds(SHARED, "XlmrTokenizer.encode() equals Python's on all of WMT22", async () => {
    for (const [name, expected] of Object.entries(golden.wmt22)) {
      expect([name, await wmt22Ids(name, tokenizer.encode)]).toEqual([name, expected]);
    }
  });

  it("loadXlmrTokenizer() refuses a tokenizer.json of another kind", async () => {
    const json = fixtureJson();
    const { model, normalizer } = json;
    const refusals: [unknown, unknown, RegExp][] = [
      [{ ...json, model: { ...model, type: "BPE" } }, RangeError, /model\.type must be "Unigram"/],
      [{ ...json, model: { ...model, unk_id: 0 } }, RangeError, /model\.unk_id must be 3/],
      [{ ...json, model: { ...model, vocab: {} } }, RangeError, /model\.vocab must be a list of/],
      [
        { ...json, model: { ...model, vocab: model.vocab.slice(1) } },
        RangeError,
        /its tokens must be <s>, <pad>, <\/s>, <unk>, pieces/,
      ],
      [{ ...json, normalizer: null }, RangeError, /normalizer\.type must be "Precompiled"/],
      [
        { ...json, normalizer: { ...normalizer, precompiled_charsmap: "!" } },
        SyntaxError,
        /precompiled_charsmap must be base64/,
      ],
      [{ ...json, pre_tokenizer: null }, RangeError, /pre_tokenizer\.type must be "Sequence"/],
      [
        { ...json, pre_tokenizer: { type: "Sequence", pretokenizers: [{ type: "Metaspace" }] } },
        RangeError,
        /pretokenizers must be WhitespaceSplit and Metaspace/,
      ],
      [[], SyntaxError, /must hold a JSON object/],
    ];
    for (const [value, error, message] of refusals) {
      await Deno.writeTextFile(`${folder}/tokenizer.json`, JSON.stringify(value));
      await refuses(error, message);
    }
    await Deno.remove(`${folder}/tokenizer.json`);
    await refuses(Deno.errors.NotFound, /no sentencepiece\.bpe\.model and no tokenizer\.json/);
  });

  it("loadXlmrTokenizer() refuses a sentencepiece.bpe.model of another kind, and a cut one", async () => {
    const write = (bytes: Uint8Array) => Deno.writeFile(`${folder}/sentencepiece.bpe.model`, bytes);
    await write(llama2Model());
    await refuses(RangeError, /its type must be Unigram/);
    await write(modelBytes.subarray(0, modelBytes.length - 100000));
    await refuses(SyntaxError, /it must be a SentencePiece model, but/);
    const piece = (text: string, type: number) =>
      encodeFields([[1, "bytes", encodeFields([[1, "string", text], [3, "int", type]])]]);
    await write(Uint8Array.from([...piece("<unk>", 2), ...piece("\u2581", 1)]));
    await refuses(RangeError, /its first pieces must be <unk>, <s> and <\/s>, not/);
    const front = [...piece("<unk>", 2), ...piece("<s>", 3), ...piece("</s>", 3)];
    await write(Uint8Array.from([...front, ...piece("a", 1)]));
    await refuses(RangeError, /pieces with \u2581 among them/);
    await write(Uint8Array.from([...front, ...piece("a", 4)]));
    await refuses(RangeError, /piece "a" must be an ordinary piece/);
    await write(
      Uint8Array.from([...front, ...encodeFields([[2, "bytes", encodeFields([[35, "int", 1]])]])]),
    );
    await refuses(RangeError, /it must not have byte fallback/);
  });
});
