import { before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { bpeJson } from "../../../inference/sentencepiece/bpe_json.ts";
import { PieceType, readSentencePieceModel } from "../../../inference/sentencepiece/model_proto.ts";
import { encodeFields, llama2Model, type WireField } from "./llama2_model.ts";

const BYTES = Array.from(
  { length: 256 },
  (_, value) => `<0x${value.toString(16).toUpperCase().padStart(2, "0")}>`,
);

type PieceFields = [piece: string, score: number, type: number];

const PIECES: PieceFields[] = [
  ["<unk>", 0, PieceType.unknown],
  ["<s>", 0, PieceType.control],
  ...BYTES.map((piece): PieceFields => [piece, 0, PieceType.byte]),
  ["\u2581", -1, PieceType.normal],
  ["a", -2, PieceType.normal],
];

const TRAINER: WireField[] = [[3, "int", 2], [35, "int", 1]];
const NORMALIZER: WireField[] = [[1, "string", "identity"], [4, "int", 0]];

function model(
  pieces: PieceFields[] = PIECES,
  trainer: WireField[] = TRAINER,
  normalizer: WireField[] = NORMALIZER,
): Uint8Array<ArrayBuffer> {
  const encoded = pieces.map(([piece, score, type]): WireField => [
    1,
    "bytes",
    encodeFields([[1, "string", piece], [2, "float", score], [3, "int", type]]),
  ]);
  const specs: WireField[] = [
    [2, "bytes", encodeFields(trainer)],
    [3, "bytes", encodeFields(normalizer)],
  ];
  return encodeFields([...encoded, ...specs]);
}

const read = (bytes: Uint8Array) => readSentencePieceModel(bytes, "tokenizer.model");
const toJson = (bytes: Uint8Array) =>
  bpeJson(read(bytes), { all: [0], legacy: true }, "tokenizer.model");

describe("readSentencePieceModel()", () => {
  it("reads what decides how text is encoded, and takes the format's defaults for what is absent", () => {
    const { pieces, ...rest } = read(model());
    expect(pieces.map(({ piece, score, type }) => [piece, score, type])).toEqual(PIECES);
    expect(rest).toEqual({
      modelType: 2,
      byteFallback: true,
      whitespaceAsSuffix: false,
      charsmap: new Uint8Array(0),
      addDummyPrefix: true,
      removeExtraWhitespaces: false,
      escapeWhitespaces: true,
    });
    expect(read(model(PIECES, [], [])).modelType).toBe(1);
    expect(read(model(PIECES, [], [])).removeExtraWhitespaces).toBe(true);
  });

  it("refuses vocabularies that break a rule, and names the rule", () => {
    const refusals: [PieceFields[], string][] = [
      [[], "it has no pieces"],
      [PIECES.slice(1), "it has 0 pieces of the type unknown, not one"],
      [[...PIECES, ["<unk2>", 0, PieceType.unknown]], "it has 2 pieces of the type unknown"],
      [[...PIECES, ["a", -3, PieceType.normal]], 'piece "a" is there twice'],
      [[...PIECES, ["", -3, PieceType.normal]], `piece ${PIECES.length} is empty`],
      [[...PIECES, ["b", NaN, PieceType.normal]], `piece ${PIECES.length} has the score NaN`],
      [[...PIECES, ["b", 0, 7]], `piece ${PIECES.length} has the unknown type 7`],
      [[...PIECES, ["<0xGG>", 0, PieceType.byte]], 'of the type byte, but its text is "<0xGG>"'],
    ];
    for (const [pieces, rule] of refusals) {
      expect(() => read(model(pieces))).toThrow(SyntaxError);
      expect(() => read(model(pieces))).toThrow(rule);
    }
  });

  it("refuses bytes that are no such message", () => {
    const absurd = new Uint8Array([0x0a, 0xff, 0xff, 0xff, 0xff, 0x07, 0x41]);
    const wrongType = encodeFields([[1, "bytes", encodeFields([[1, "int", 5]])]]);
    const text = new TextEncoder().encode(
      "version https://git-lfs.github.com/spec/v1\noid sha256:",
    );
    for (const bytes of [new Uint8Array(0), absurd, wrongType, text, new Uint8Array(64)]) {
      expect(() => read(bytes)).toThrow(SyntaxError);
      expect(() => read(bytes)).toThrow(
        /^Cannot read tokenizer\.model: it must be a SentencePiece/,
      );
    }
  });

  it("gives a model or a SyntaxError for every truncation and for random changes", () => {
    const whole = model();
    const outcomes = { model: 0, error: 0 };
    const attempt = (bytes: Uint8Array) => {
      try {
        read(bytes);
        outcomes.model++;
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxError);
        outcomes.error++;
      }
    };
    for (let length = 0; length < whole.length; length++) attempt(whole.subarray(0, length));
    let state = 1;
    const random = (below: number) => {
      state = Math.imul(state, 1664525) + 1013904223 >>> 0;
      return Math.floor(state / 2 ** 32 * below);
    };
    for (let i = 0; i < 3000; i++) {
      const bytes = whole.slice();
      for (let k = 0; k <= random(4); k++) bytes[random(bytes.length)] = random(256);
      attempt(bytes);
    }
    expect(outcomes.model).toBeGreaterThan(100);
    expect(outcomes.error).toBeGreaterThan(1000);
  });
});

describe("bpeJson()", () => {
  let whole: Uint8Array;
  before(() => {
    whole = llama2Model();
  });

  it("gives for LLaMA 2's vocabulary as many pairs as Hugging Face's converter", () => {
    const { merges } = toJson(whole).model as { merges: [string, string][] };
    expect(merges.length).toBe(61249);
    expect(merges.slice(0, 3)).toEqual([["\u2581", "t"], ["e", "r"], ["i", "n"]]);
    expect(merges.at(-1)!.join("")).toMatch(/^\u2581+$/);
  });

  it("cuts into words first only where no piece goes on behind the beginning of a word", () => {
    expect(toJson(model()).pre_tokenizer).not.toBe(null);
    const crossing: PieceFields[] = [...PIECES, ["a\u2581", -3, PieceType.normal]];
    expect(toJson(model(crossing)).pre_tokenizer).toBe(null);
  });

  it("refuses models that are not of LLaMA's kind", () => {
    const refusals: [Uint8Array, RegExp][] = [
      [model(PIECES, [[3, "int", 1], [35, "int", 1]]), /its type must be BPE, not Unigram/],
      [model(PIECES, [[3, "int", 4], [35, "int", 1]]), /its type must be BPE, not character/],
      [model(PIECES, [[3, "int", 9], [35, "int", 1]]), /its type must be BPE, not 9/],
      [model(PIECES, [[3, "int", 2]]), /it must have byte fallback and 256 byte pieces/],
      [model(PIECES.filter(([piece]) => piece !== "<0x41>")), /256 byte pieces, not 255/],
      [model(PIECES, TRAINER, []), /it must keep all spaces/],
      [model(PIECES, TRAINER, [...NORMALIZER, [3, "int", 0]]), /words must begin with/],
      [model(PIECES, [...TRAINER, [24, "int", 1]]), /words must begin with/],
      [model(PIECES, TRAINER, [...NORMALIZER, [2, "string", "x"]]), /must not change characters/],
      [
        model([...PIECES, ["b", 0, PieceType.userDefined]]),
        /piece "b" is user-defined or unused/,
      ],
    ];
    for (const [bytes, rule] of refusals) {
      expect(() => toJson(bytes)).toThrow(RangeError);
      expect(() => toJson(bytes)).toThrow(rule);
    }
  });
});
