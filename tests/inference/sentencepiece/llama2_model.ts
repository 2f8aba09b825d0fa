/**
 * LLaMA 2's `tokenizer.model`, made again from the vocabulary in the npm package llama-tokenizer-js. A test compares its SHA-256 with
 * the original file's.
 * @module
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import llamaTokenizer from "llama-tokenizer-js";
import { PieceType } from "../../../inference/sentencepiece/model_proto.ts";

/** SHA-256 of `tokenizer.model` as it is published with LLaMA and LLaMA 2. */
export const LLAMA2_MODEL_SHA256 =
  "9e556afd44213b6bd1be2b850ebbbd98f5481437a8021afaf58ee7fb1818d347";

/** A field of a protobuf message: its number, its type and its value. */
export type WireField =
  | [number, "int", number]
  | [number, "float", number]
  | [number, "string", string]
  | [number, "bytes", Uint8Array<ArrayBuffer>];

/** Protobuf bytes of a message. */
export function encodeFields(fields: readonly WireField[]): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  for (const [number, type, value] of fields) {
    if (type === "int") writer.tag(number, WireType.Varint).int32(value);
    else if (type === "float") writer.tag(number, WireType.Bit32).float(value);
    else if (type === "string") writer.tag(number, WireType.LengthDelimited).string(value);
    else writer.tag(number, WireType.LengthDelimited).bytes(value);
  }
  return new Uint8Array(writer.finish());
}

/** What the original says of its training; a reader needs fields 3 (BPE) and 35 (byte fallback) of it. */
const TRAINER: WireField[] = [
  [1, "string", "/large_experiments/theorem/datasets/MERGED/all.test1.merged"],
  [2, "string", "spm_model_32k_200M_charcov099995_allowWSO__v2"],
  [3, "int", 2],
  [4, "int", 32000],
  [6, "int", 0],
  [7, "string", "text"],
  [10, "float", 0.99995],
  [11, "int", 200000000],
  [14, "int", 1000000],
  [15, "float", 0.75],
  [16, "int", 80],
  [17, "int", 2],
  [18, "int", 4192],
  [19, "int", 1],
  [20, "int", 16],
  ...[21, 22, 23].map((number): WireField => [number, "int", 1]),
  [24, "int", 0],
  ...[25, 26, 32, 33].map((number): WireField => [number, "int", 1]),
  [34, "int", 0],
  [35, "int", 1],
  [36, "string", ""],
  [40, "int", 0],
  [41, "int", 1],
  [42, "int", 2],
  [43, "int", -1],
  [44, "string", " \u2047 "],
  [45, "string", "<unk>"],
  [46, "string", "<s>"],
  [47, "string", "</s>"],
  [48, "string", "<pad>"],
  [49, "int", 0],
  [50, "int", 0],
  [51, "float", 0],
  [52, "int", 0],
];

const NORMALIZER: WireField[] = [
  [1, "string", "identity"],
  [2, "string", ""],
  [3, "int", 1],
  [4, "int", 0],
  [6, "string", ""],
];

/** Pieces before the ordinary ones: `<unk>`, `<s>`, `</s>` and 256 bytes. */
const FIRST_ORDINARY = 259;

/** Pieces of spaces alone were given the least score, so that they are joined last. */
function piece(text: string, id: number): WireField[] {
  if (id >= FIRST_ORDINARY) {
    const score = /^\u2581+$/.test(text) ? -1e9 : FIRST_ORDINARY - id;
    return [[1, "string", text], [2, "float", score]];
  }
  const special = id === 0 ? PieceType.unknown : PieceType.control;
  return [[1, "string", text], [2, "float", 0], [3, "int", id < 3 ? special : PieceType.byte]];
}

/** LLaMA 2's `tokenizer.model`. */
export function llama2Model(): Uint8Array<ArrayBuffer> {
  const pieces = llamaTokenizer.vocabById.map((text, id): WireField => [
    1,
    "bytes",
    encodeFields(piece(text, id)),
  ]);
  return encodeFields([
    ...pieces,
    [2, "bytes", encodeFields(TRAINER)],
    [3, "bytes", encodeFields(NORMALIZER)],
  ]);
}

/** Writes LLaMA 2's `tokenizer.model` with the `special_tokens_map.json` of ALMA-7B into a folder. */
export async function writeAlmaTokenizer(folder: string): Promise<void> {
  await Deno.writeFile(`${folder}/tokenizer.model`, llama2Model());
  const map = { bos_token: "<s>", eos_token: "</s>", pad_token: "<unk>", unk_token: "<unk>" };
  await Deno.writeTextFile(`${folder}/special_tokens_map.json`, JSON.stringify(map));
}
