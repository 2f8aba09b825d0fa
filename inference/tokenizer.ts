/**
 * A model's tokenizer: from `tokenizer.json` and `tokenizer_config.json`, else from LLaMA's `tokenizer.model`.
 *
 * From `tokenizer.json` it gives what Hugging Face's Python package tokenizers gives. But: where a tokenizer with byte fallback
 * decodes bytes that are no UTF-8, Python shows one U+FFFD for each byte of the run, this one as few as the WHATWG's decoder does.
 * From `tokenizer.model` it gives what `LlamaTokenizer` of Python's transformers gives, those bytes included.
 * @module
 */
import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import { loadLlamaTokenizer, MODEL_FILE } from "./sentencepiece/llama_tokenizer.ts";
import { brief } from "./strict_json.ts";
import { readJsonObject, tokenContent } from "./tokenizer_files.ts";
import type { Tokenizer } from "./tokenizer_interface.ts";

export type { Tokenizer } from "./tokenizer_interface.ts";

function missing(folder: string, what: string): Error {
  return new Deno.errors.NotFound(`Cannot load tokenizer of ${folder}: it has no ${what}`);
}

/** LLaMA's tokenizer of a folder without `tokenizer.json`. */
async function loadFromModelFile(folder: string): Promise<Tokenizer> {
  try {
    return await loadLlamaTokenizer(folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw missing(folder, `tokenizer.json and no ${MODEL_FILE}`);
  }
}

/**
 * Loads the tokenizer of a Hugging Face folder: from `tokenizer.json` where it is there, else from `tokenizer.model`, which must be of
 * LLaMA's kind (byte-pair encoding of SentencePiece with byte fallback). Spaces before punctuation are kept unless
 * `tokenizer_config.json` sets `clean_up_tokenization_spaces` beside a `tokenizer.json`.
 *
 * With `tokenizer.json` the special tokens are what `tokenizer_config.json` names. With `tokenizer.model` they are what
 * `special_tokens_map.json` names, else `tokenizer_config.json`, else `<s>`, `</s>` and `<unk>`; both files may be missing.
 *
 * @param folder a folder with `tokenizer.json` and `tokenizer_config.json`, or with `tokenizer.model`.
 * @returns the tokenizer.
 * @throws {Deno.errors.NotFound} if there is neither `tokenizer.json` nor `tokenizer.model`, or no `tokenizer_config.json` beside the first.
 * @throws {SyntaxError} if a file is not what its name says.
 * @throws {RangeError} if a special token that the folder names is not in the vocabulary, or a `tokenizer.model` is not of LLaMA's kind.
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
  const json = await readJsonObject(folder, "tokenizer.json");
  if (json === undefined) return await loadFromModelFile(folder);
  const config = await readJsonObject(folder, "tokenizer_config.json");
  if (config === undefined) throw missing(folder, "tokenizer_config.json");
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
  const content = tokenContent(config[key]);
  if (content === undefined) return undefined;
  const id = content === null ? undefined : inner.token_to_id(content);
  if (id !== undefined) return id;
  const named = brief(content ?? config[key]);
  throw new RangeError(
    `Cannot load tokenizer of ${folder}: ${key} ${named} must be in the vocabulary`,
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
