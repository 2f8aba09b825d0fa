/**
 * The weight files of a Hugging Face folder: one `model.safetensors`, or shards and their index.
 * @module
 */
import { createHash } from "node:crypto";
import { fileSha256, openSafetensors, type SafetensorsFile } from "./safetensors.ts";
import { readShardIndex } from "./shard_index.ts";

const SINGLE = "model.safetensors";
const INDEX = "model.safetensors.index.json";

/** Weight files, open. */
export interface WeightFiles {
  /** The files, sorted by name. */
  files: SafetensorsFile[];
  /** The file that holds each tensor. */
  home: Map<string, SafetensorsFile>;
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Opens the weight files of a folder. As in transformers, `model.safetensors` goes before an index.
 *
 * @param folder the Hugging Face folder.
 * @returns the open files, to be closed by the caller. If one is refused, the others are closed again.
 * @throws {Deno.errors.NotFound} if there are no weights, or a shard is missing.
 * @throws {SyntaxError} if a file breaks its format, or the index and the shards disagree.
 */
export async function openWeights(folder: string): Promise<WeightFiles> {
  const parts = await weightParts(folder);
  const files: SafetensorsFile[] = [];
  const home = new Map<string, SafetensorsFile>();
  try {
    for (const [part, indexed] of parts) {
      const file = await openSafetensors(`${folder}/${part}`);
      files.push(file);
      if (indexed) checkIndexed(file, indexed);
      for (const name of file.tensors.keys()) home.set(name, file);
    }
    return { files, home };
  } catch (error) {
    files.forEach((file) => file.close());
    throw error;
  }
}

/** The files to open, and for shards the tensors that the index places in each. */
async function weightParts(folder: string): Promise<Map<string, Set<string> | null>> {
  if (await exists(`${folder}/${SINGLE}`)) return new Map([[SINGLE, null]]);
  if (!await exists(`${folder}/${INDEX}`)) {
    throw new Deno.errors.NotFound(
      `Cannot open checkpoint ${folder}: it has neither ${SINGLE} nor ${INDEX}`,
    );
  }
  const shards = await readShardIndex(`${folder}/${INDEX}`);
  for (const shard of shards.keys()) {
    if (!await exists(`${folder}/${shard}`)) {
      throw new Deno.errors.NotFound(
        `Cannot open checkpoint ${folder}: ${INDEX} names ${shard}, which is missing`,
      );
    }
  }
  return shards;
}

/** A shard's tensors must be exactly those that the index places in it; so no tensor has two homes. */
function checkIndexed({ path, tensors }: SafetensorsFile, indexed: ReadonlySet<string>): void {
  const fail = (name: string, rule: string) =>
    new SyntaxError(`Cannot read tensor ${JSON.stringify(name)} of ${path}: ${rule}`);
  for (const name of indexed) {
    if (!tensors.has(name)) throw fail(name, "the index places it there, but the file lacks it");
  }
  for (const name of tensors.keys()) {
    if (!indexed.has(name)) throw fail(name, "the index must name it for this file, but does not");
  }
}

/** See `Checkpoint.sha256`. */
export async function weightsSha256(files: readonly SafetensorsFile[]): Promise<string> {
  const named = files.map(({ path }) => ({ path, name: path.slice(path.lastIndexOf("/") + 1) }));
  if (named.length === 1 && named[0].name === SINGLE) return await fileSha256(named[0].path);
  const hash = createHash("sha256");
  for (const { path, name } of named) hash.update(`${name}  ${await fileSha256(path)}\n`);
  return hash.digest("hex");
}
