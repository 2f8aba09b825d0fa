/**
 * XLM-R's vocabulary from either of the two files that carry it.
 *
 * `sentencepiece.bpe.model` is a SentencePiece model (Unigram, despite its name) whose numbers are not the model's: fairseq put its own
 * special tokens first, so `<s>` is 0, `<pad>` 1, `</s>` 2 and `<unk>` 3; the other pieces keep their order, one number later, and `<mask>`
 * comes last. `tokenizer.json` holds the same vocabulary in the model's numbers.
 * @module
 */
import { brief, isJsonObject } from "../strict_json.ts";
import { readJsonObject } from "../tokenizer_files.ts";
import { PieceType, readSentencePieceModel } from "./model_proto.ts";

/** A Unigram vocabulary in the model's numbers, and the rules that change characters before it is used. */
export interface UnigramVocabulary {
  /** Tokens with their log-probabilities, by id. */
  readonly tokens: readonly (readonly [string, number])[];
  /** The rules; empty if there are none. */
  readonly charsmap: Uint8Array;
  /** The file that was read, for errors. */
  readonly file: string;
}

/** The special tokens in front, by id. */
export const FRONT_TOKENS: readonly string[] = ["<s>", "<pad>", "</s>", "<unk>"];

/** The last token. */
export const MASK_TOKEN = "<mask>";

const SPACE = "\u2581";

/** XLM-R's vocabulary from the bytes of `sentencepiece.bpe.model`. */
function fromModel(bytes: Uint8Array, file: string): UnigramVocabulary {
  const model = readSentencePieceModel(bytes, file);
  const refuse = (rule: string) => new RangeError(`Cannot use ${file}: ${rule}`);
  if (model.modelType !== 1) throw refuse("its type must be Unigram");
  const { whitespaceAsSuffix, addDummyPrefix, removeExtraWhitespaces, escapeWhitespaces } = model;
  if (whitespaceAsSuffix || !addDummyPrefix || !removeExtraWhitespaces || !escapeWhitespaces) {
    throw refuse(`words must begin with ${SPACE}, and several spaces must count as one`);
  }
  if (model.byteFallback) throw refuse("it must not have byte fallback");
  const front = model.pieces.slice(0, 3).map(({ piece }) => piece);
  if (front.join(" ") !== "<unk> <s> </s>") {
    throw refuse(`its first pieces must be <unk>, <s> and </s>, not ${brief(front)}`);
  }
  const rest = model.pieces.slice(3);
  const other = rest.find(({ type }) => type !== PieceType.normal);
  if (other !== undefined) throw refuse(`piece ${brief(other.piece)} must be an ordinary piece`);
  const special = [...FRONT_TOKENS, MASK_TOKEN].map((token): [string, number] => [token, 0]);
  const pieces = rest.map(({ piece, score }): [string, number] => [piece, score]);
  return {
    tokens: [...special.slice(0, 4), ...pieces, special[4]],
    charsmap: model.charsmap,
    file,
  };
}

/** The value at a path of keys in parsed JSON. */
function at(value: unknown, ...keys: string[]): unknown {
  return keys.reduce<unknown>((inner, key) => isJsonObject(inner) ? inner[key] : undefined, value);
}

function isToken(value: unknown): value is [string, number] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === "string" &&
    Number.isFinite(value[1]);
}

/** XLM-R's vocabulary from the object that `tokenizer.json` holds. */
function fromJson(json: Record<string, unknown>, file: string): UnigramVocabulary {
  const refuse = (what: string, rule: string) =>
    new RangeError(`Cannot use ${file}: ${what} must be ${rule}`);
  const expect = (rule: string, ...keys: string[]) => {
    const found = at(json, ...keys);
    if (found !== rule) throw refuse(keys.join("."), `${brief(rule)}, not ${brief(found)}`);
  };
  expect("Unigram", "model", "type");
  expect("Precompiled", "normalizer", "type");
  expect("Sequence", "pre_tokenizer", "type");
  const steps = at(json, "pre_tokenizer", "pretokenizers");
  const names = Array.isArray(steps) ? steps.map((step) => at(step, "type")) : [];
  if (names.join(" ") !== "WhitespaceSplit Metaspace") {
    throw refuse("pre_tokenizer.pretokenizers", "WhitespaceSplit and Metaspace");
  }
  if (at(json, "model", "unk_id") !== 3) throw refuse("model.unk_id", "3");
  const tokens = at(json, "model", "vocab");
  if (!Array.isArray(tokens) || !tokens.every(isToken)) {
    throw refuse("model.vocab", "a list of tokens with scores");
  }
  const charsmap = at(json, "normalizer", "precompiled_charsmap");
  if (typeof charsmap !== "string") throw refuse("normalizer.precompiled_charsmap", "text");
  return { tokens, charsmap: fromBase64(charsmap, file), file };
}

function fromBase64(text: string, file: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(text);
  } catch (cause) {
    throw new SyntaxError(`Cannot read ${file}: precompiled_charsmap must be base64`, { cause });
  }
}

/**
 * Reads XLM-R's vocabulary: from `sentencepiece.bpe.model` where it is there, else from `tokenizer.json`.
 *
 * @param folder the folder.
 * @returns the vocabulary.
 * @throws {Deno.errors.NotFound} if the folder has neither file.
 * @throws {SyntaxError} if the file is not what its name says.
 * @throws {RangeError} if it is a tokenizer, but not of XLM-R's kind.
 */
export async function readUnigramVocabulary(folder: string): Promise<UnigramVocabulary> {
  const file = `${folder}/sentencepiece.bpe.model`;
  try {
    return checked(fromModel(await Deno.readFile(file), file));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const json = await readJsonObject(folder, "tokenizer.json");
  if (json !== undefined) return checked(fromJson(json, `${folder}/tokenizer.json`));
  throw new Deno.errors.NotFound(
    `Cannot load tokenizer of ${folder}: it has no sentencepiece.bpe.model and no tokenizer.json`,
  );
}

function checked(vocabulary: UnigramVocabulary): UnigramVocabulary {
  const { tokens, file } = vocabulary;
  const names = new Set(tokens.map(([token]) => token));
  const isXlmr = FRONT_TOKENS.every((token, id) => tokens[id]?.[0] === token) &&
    tokens.at(-1)?.[0] === MASK_TOKEN && names.has(SPACE) && names.size === tokens.length;
  if (isXlmr) return vocabulary;
  throw new RangeError(
    `Cannot use ${file}: its tokens must be ${
      FRONT_TOKENS.join(", ")
    }, pieces with ${SPACE} among ` +
      `them, and ${MASK_TOKEN}, each once`,
  );
}
