/**
 * Models by name or by folder.
 * @module
 */
import { basename } from "node:path";
import { requireFetched } from "../data/fetched.ts";
import { findPin, type Pin } from "../data/pins.ts";
import { tinyModelFolder } from "../data/tiny.ts";
import { isFile } from "../inference/files.ts";
import { type LlamaConfig, parseLlamaConfig } from "../inference/llama_config.ts";
import { parseStrictJson } from "../inference/strict_json.ts";
import { canonicalJson, sha256 } from "./canonical_json.ts";

/** A model to measure: how rows name it, and where its Hugging Face folder is. */
export interface ModelChoice {
  /** Name in rows and tables. */
  id: string;
  /** Path of its folder. */
  folder: string;
  /** `"float16"` to take its weights rounded to float16, see `inFloat16`; unless given, as they are stored. */
  dtype?: "float16";
}

/** The study's model. Its weights are stored in float32; the study, like most who run it, loads them as float16. */
const STUDY_MODEL: Pin = findPin("alma-7b");

/**
 * Finds a model: `tiny`, the embedded one; `haoranxu/ALMA-7B` or `alma-7b`, the study's, once it has been fetched; or the path of a
 * Hugging Face folder of a LLaMA model.
 *
 * @param dtype `"float16"` to round a folder's weights to float16; the embedded model's are, and the study's are taken so anyway.
 * @throws {RangeError} If it is none of them; the message says what is allowed.
 * @throws {Error} If the study's model is not fetched; the message says which command fetches it.
 */
export async function findModel(name: string, dtype?: "float16"): Promise<ModelChoice> {
  if (name === "tiny") return { id: "tiny", folder: tinyModelFolder() };
  const { id, short } = STUDY_MODEL;
  if ([id, short].includes(name) || name.toLowerCase() === id.toLowerCase()) {
    return { id, folder: await requireFetched(id), dtype: "float16" };
  }
  try {
    const folder = await Deno.realPath(name);
    await Deno.stat(`${folder}/config.json`);
    return { id: basename(folder), folder, ...(dtype && { dtype }) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) {
      throw error;
    }
    throw new RangeError(
      `Cannot use model ${
        JSON.stringify(name)
      }: it must be "tiny", "${short}" or a folder with a config.json`,
    );
  }
}

/** Sizes of the model in a folder, from its `config.json`. */
export async function modelConfig(folder: string): Promise<LlamaConfig> {
  const file = `${folder}/config.json`;
  return parseLlamaConfig(parseStrictJson(await Deno.readTextFile(file), file), file);
}

/** Files beside the weights that can change a translation, where the tokenizer is `tokenizer.json`. */
const MODEL_FILES = ["config.json", "tokenizer.json", "tokenizer_config.json"];

/** Those where it is `tokenizer.model`. */
const SENTENCE_PIECE_FILES = ["config.json", "tokenizer.model"];

/** Those that may be missing beside a `tokenizer.model`. */
const OPTIONAL_FILES = ["tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"];

/**
 * SHA-256 over the configuration and the tokenizer in a model's folder: what `loadTokenizer` reads there, `tokenizer.json` before
 * `tokenizer.model`.
 *
 * @throws {Deno.errors.NotFound} If one of the files is not there.
 */
export async function modelFilesSha256(folder: string): Promise<string> {
  const names = await isFile(`${folder}/tokenizer.json`)
    ? MODEL_FILES
    : [...SENTENCE_PIECE_FILES, ...await namesThere(folder, OPTIONAL_FILES)];
  const hashes = names.map(async (name) => [
    name,
    sha256(await readModelFile(folder, name)),
  ]);
  return sha256(canonicalJson(await Promise.all(hashes)));
}

async function namesThere(folder: string, names: readonly string[]): Promise<string[]> {
  const there = await Promise.all(names.map((name) => isFile(`${folder}/${name}`)));
  return names.filter((_, i) => there[i]);
}

async function readModelFile(folder: string, name: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(`${folder}/${name}`);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    const what = name === "tokenizer.model" ? "tokenizer.json and no tokenizer.model" : name;
    throw new Deno.errors.NotFound(`Cannot use model ${folder}: it has no ${what}`, { cause });
  }
}
