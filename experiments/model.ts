/**
 * Models by name or by folder.
 * @module
 */
import { basename } from "node:path";
import { tinyModelFolder } from "../data/tiny.ts";
import { canonicalJson, sha256 } from "./canonical_json.ts";

/** A model to measure: how rows name it, and where its Hugging Face folder is. */
export interface ModelChoice {
  /** Name in rows and tables. */
  id: string;
  /** Path of its folder. */
  folder: string;
}

/**
 * Finds a model: `tiny`, the embedded one, or the path of a Hugging Face folder of a LLaMA model.
 *
 * @throws {RangeError} If it is neither; the message says what is allowed.
 */
export async function findModel(name: string): Promise<ModelChoice> {
  if (name === "tiny") return { id: "tiny", folder: tinyModelFolder() };
  try {
    const folder = await Deno.realPath(name);
    await Deno.stat(`${folder}/config.json`);
    return { id: basename(folder), folder };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) {
      throw error;
    }
    throw new RangeError(
      `Cannot use model ${JSON.stringify(name)}: it must be "tiny" or a folder with a config.json`,
    );
  }
}

/** Files beside the weights that can change a translation. */
const MODEL_FILES = ["config.json", "tokenizer.json", "tokenizer_config.json"];

/**
 * SHA-256 over the configuration and the tokenizer in a model's folder.
 *
 * @throws {Deno.errors.NotFound} If one of the files is not there.
 */
export async function modelFilesSha256(folder: string): Promise<string> {
  const hashes = MODEL_FILES.map(async (name) => [
    name,
    sha256(await readModelFile(folder, name)),
  ]);
  return sha256(canonicalJson(await Promise.all(hashes)));
}

async function readModelFile(folder: string, name: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(`${folder}/${name}`);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    const hint = name === "tokenizer.json" ? "; a tokenizer.model alone is not enough" : "";
    throw new Deno.errors.NotFound(`Cannot use model ${folder}: it has no ${name}${hint}`, {
      cause,
    });
  }
}
