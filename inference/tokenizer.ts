/**
 * A model's tokenizer, from `tokenizer.json` and `tokenizer_config.json`, run by Hugging Face's tokenizers in JavaScript.
 * It gives what their Python package gives. But: where a tokenizer with byte fallback (LLaMA 2's) decodes bytes that are
 * no UTF-8, Python shows one U+FFFD for each byte of the run, this one as few as the WHATWG's decoder does.
 * @module
 */
import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import { isJsonObject, parseStrictJson } from "./strict_json.ts";

/** Text to token ids and back. The same text always gives the same ids. */
export interface Tokenizer {
  /** One more than the largest token id. */
  readonly vocabularySize: number;
  /** The token that begins a sequence. */
  readonly bosId: number;
  /** The token that ends a sequence. */
  readonly eosId: number;
  /** The token that pads; where the folder names none, the unknown token or else the end, for padding is masked. */
  readonly padId: number;
  /**
   * Token ids of a text, without the beginning or the end of a sequence. As in Hugging Face's tokenizers, text that
   * spells a special token, such as `</s>`, becomes that token. Throws a RangeError if a character has no token.
   */
  encode(text: string): number[];
  /**
   * The text of token ids, special tokens left out; bytes that are no UTF-8 show as U+FFFD. Throws a RangeError if an
   * id is no token.
   */
  decode(ids: ArrayLike<number>): string;
}

/** Reads one JSON object of the folder. */
async function readObject(folder: string, name: string): Promise<Record<string, unknown>> {
  const file = `${folder}/${name}`;
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    const hint = name === "tokenizer.json" ? "; a tokenizer.model alone is not enough" : "";
    throw new Deno.errors.NotFound(`Cannot load tokenizer of ${folder}: it has no ${name}${hint}`, {
      cause,
    });
  }
  const json = parseStrictJson(text, file);
  if (!isJsonObject(json)) throw new SyntaxError(`Cannot read ${file}: it must hold a JSON object`);
  return json;
}

/**
 * Loads the tokenizer of a Hugging Face folder. Spaces before punctuation are kept unless `tokenizer_config.json` sets
 * `clean_up_tokenization_spaces`.
 *
 * @param folder a folder with `tokenizer.json` and `tokenizer_config.json`.
 * @returns the tokenizer.
 * @throws {Deno.errors.NotFound} if one of the two files is missing.
 * @throws {SyntaxError} if one of them is no JSON object, or describes no tokenizer.
 * @throws {RangeError} if a special token that the config names is not in the vocabulary.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { loadTokenizer, tinyModelFolder } from "mtpress";
 *
 * const tokenizer = await loadTokenizer(tinyModelFolder());
 * equal(tokenizer.decode(tokenizer.encode("The dog sleeps.")), "The dog sleeps.");
 * ```
 */
export async function loadTokenizer(folder: string): Promise<Tokenizer> {
  const json = await readObject(folder, "tokenizer.json");
  const config = await readObject(folder, "tokenizer_config.json");
  config["clean_up_tokenization_spaces"] ??= false;
  let inner: HuggingFaceTokenizer;
  try {
    inner = new HuggingFaceTokenizer(json, config);
  } catch (cause) {
    throw new SyntaxError(
      `Cannot read ${folder}/tokenizer.json: it must describe a tokenizer, but ${
        (cause as Error).message
      }`,
      { cause },
    );
  }
  const special = (key: string) => specialToken(inner, config, key, folder);
  const eosId = required(special("eos_token"), "eos_token", folder);
  return {
    vocabularySize: Math.max(...inner.get_vocab().values()) + 1,
    bosId: required(special("bos_token"), "bos_token", folder),
    eosId,
    padId: special("pad_token") ?? special("unk_token") ?? eosId,
    encode: (text) => encode(inner, text),
    decode: (ids) => decode(inner, ids),
  };
}

/** Id of the token that the config names under `key`, as a string or as an object with `content`. */
function specialToken(
  inner: HuggingFaceTokenizer,
  config: Record<string, unknown>,
  key: string,
  folder: string,
): number | undefined {
  const value = config[key] ?? undefined;
  const content = isJsonObject(value) ? value["content"] : value;
  if (content === undefined) return undefined;
  const id = typeof content === "string" ? inner.token_to_id(content) : undefined;
  if (id !== undefined) return id;
  throw new RangeError(
    `Cannot load tokenizer of ${folder}: ${key} ${
      JSON.stringify(content)
    } must be in the vocabulary`,
  );
}

function required(id: number | undefined, key: string, folder: string): number {
  if (id !== undefined) return id;
  throw new RangeError(
    `Cannot load tokenizer of ${folder}: tokenizer_config.json must name ${key}`,
  );
}

function encode(inner: HuggingFaceTokenizer, text: string): number[] {
  const { ids, tokens } = inner.encode(text, { add_special_tokens: false });
  const missing = (ids as (number | undefined)[]).indexOf(undefined);
  if (missing < 0) return ids;
  throw new RangeError(
    `Cannot encode ${JSON.stringify(tokens[missing])}: the vocabulary has no token for it`,
  );
}

function decode(inner: HuggingFaceTokenizer, ids: ArrayLike<number>): string {
  const list = Array.from(ids);
  const unknown = list.find((id) => inner.id_to_token(id) === undefined);
  if (unknown !== undefined) {
    throw new RangeError(`Cannot decode token ${unknown}: the vocabulary has no such token`);
  }
  return list.length === 0 ? "" : inner.decode(list, { skip_special_tokens: true });
}
