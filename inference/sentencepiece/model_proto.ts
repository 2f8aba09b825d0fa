/**
 * The file that SentencePiece trains and other programs load, such as `tokenizer.model`: a protobuf message `ModelProto`.
 * Field names, numbers and defaults: sentencepiece_model.proto of SentencePiece 0.2.0 (https://github.com/google/sentencepiece).
 * But only what decides how text is encoded and decoded is read; how the model was trained is skipped.
 *
 * The wire format itself (tags, variable-length integers, nesting) is `@bufbuild/protobuf`'s.
 * @module
 */
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** Kinds of pieces, by SentencePiece's number (`SentencePiece.Type`). */
export const PieceType = {
  normal: 1,
  unknown: 2,
  control: 3,
  userDefined: 4,
  unused: 5,
  byte: 6,
} as const;

/** One piece of the vocabulary; its place in the list is its number. */
export interface Piece {
  /** Its text; a space is U+2581. */
  piece: string;
  /** How early it is joined (BPE), or its log-probability (Unigram). */
  score: number;
  /** Its kind, a number of `PieceType`. */
  type: number;
}

/** What decides how text is encoded and decoded. */
export interface SentencePieceModel {
  /** The vocabulary. */
  readonly pieces: readonly Piece[];
  /** How text is cut: 1 Unigram, 2 BPE, 3 words, 4 characters. */
  readonly modelType: number;
  /** Whether a character that has no piece is written as its UTF-8 bytes. */
  readonly byteFallback: boolean;
  /** Whether U+2581 ends a word instead of beginning it. */
  readonly whitespaceAsSuffix: boolean;
  /** The rules that change characters first; empty if there are none. */
  readonly charsmap: Uint8Array;
  /** Whether a space is put before the text. */
  readonly addDummyPrefix: boolean;
  /** Whether spaces at the ends go and several become one. */
  readonly removeExtraWhitespaces: boolean;
  /** Whether spaces become U+2581. */
  readonly escapeWhitespaces: boolean;
}

type Field = "int" | "bool" | "float" | "string" | "bytes";

/** Message -> field number -> [name, type]. */
const PIECE = { 1: ["piece", "string"], 2: ["score", "float"], 3: ["type", "int"] } as const;
const TRAINER = {
  3: ["modelType", "int"],
  24: ["whitespaceAsSuffix", "bool"],
  35: ["byteFallback", "bool"],
} as const;
const NORMALIZER = {
  2: ["charsmap", "bytes"],
  3: ["addDummyPrefix", "bool"],
  4: ["removeExtraWhitespaces", "bool"],
  5: ["escapeWhitespaces", "bool"],
} as const;

const SCALARS: Record<Field, [WireType, (reader: BinaryReader) => unknown]> = {
  int: [WireType.Varint, (reader) => reader.int32()],
  bool: [WireType.Varint, (reader) => reader.bool()],
  float: [WireType.Bit32, (reader) => reader.float()],
  string: [WireType.LengthDelimited, (reader) => reader.string()],
  bytes: [WireType.LengthDelimited, (reader) => reader.bytes()],
};

/** Reads the fields of one message into `target`; fields that are not named are skipped. */
function readFields(
  bytes: Uint8Array,
  fields: Record<number, readonly [string, Field]>,
  target: object,
): void {
  const values = target as Record<string, unknown>;
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const field = fields[number];
    if (field === undefined) {
      reader.skip(wireType);
      continue;
    }
    const [name, type] = field;
    const [expected, read] = SCALARS[type];
    if (wireType !== expected) {
      throw new SyntaxError(`field ${number} (${name}) has wire type ${wireType}`);
    }
    values[name] = read(reader);
  }
}

function readMessage(bytes: Uint8Array): SentencePieceModel {
  const pieces: Piece[] = [];
  const model = {
    pieces,
    modelType: 1,
    byteFallback: false,
    whitespaceAsSuffix: false,
    charsmap: new Uint8Array(0),
    addDummyPrefix: true,
    removeExtraWhitespaces: true,
    escapeWhitespaces: true,
  };
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number > 3 || wireType !== WireType.LengthDelimited) {
      reader.skip(wireType);
      continue;
    }
    const message = reader.bytes();
    if (number === 1) {
      const piece: Piece = { piece: "", score: 0, type: PieceType.normal };
      readFields(message, PIECE, piece);
      pieces.push(piece);
    } else {
      readFields(message, number === 2 ? TRAINER : NORMALIZER, model);
    }
  }
  return model;
}

/** The rule that the vocabulary breaks; undefined if it breaks none. */
function brokenRule({ pieces }: SentencePieceModel): string | undefined {
  if (pieces.length === 0) return "it has no pieces";
  const seen = new Set<string>();
  for (const [id, { piece, score, type }] of pieces.entries()) {
    if (piece === "") return `piece ${id} is empty`;
    if (seen.has(piece)) return `piece ${JSON.stringify(piece)} is there twice`;
    if (!Number.isFinite(score)) return `piece ${id} has the score ${score}`;
    if (!(type >= 1 && type <= 6)) return `piece ${id} has the unknown type ${type}`;
    if (type === PieceType.byte && !/^<0x[0-9A-F]{2}>$/.test(piece)) {
      return `piece ${id} is of the type byte, but its text is ${JSON.stringify(piece)}`;
    }
    seen.add(piece);
  }
  const unknown = pieces.filter(({ type }) => type === PieceType.unknown).length;
  return unknown === 1 ? undefined : `it has ${unknown} pieces of the type unknown, not one`;
}

/**
 * Reads a SentencePiece model.
 *
 * @param bytes the file.
 * @param name what to call the file in errors.
 * @returns the model; every piece has another text, and exactly one stands for what is unknown.
 * @throws {SyntaxError} if the bytes are no such model.
 */
export function readSentencePieceModel(bytes: Uint8Array, name: string): SentencePieceModel {
  let model: SentencePieceModel;
  try {
    model = readMessage(bytes);
  } catch (cause) {
    throw new SyntaxError(
      `Cannot read ${name}: it must be a SentencePiece model, but ${(cause as Error).message}`,
      { cause },
    );
  }
  const rule = brokenRule(model);
  if (rule === undefined) return model;
  throw new SyntaxError(`Cannot read ${name}: it must be a SentencePiece model, but ${rule}`);
}
