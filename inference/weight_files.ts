/**
 * The weight files of a Hugging Face folder: one `model.safetensors`, or shards and their index; without those, the same
 * in PyTorch's format.
 * @module
 */
import { createHash } from "node:crypto";
import { readVerified, verifiedRecord } from "../data/fetch/verified.ts";
import { isFile } from "./files.ts";
import { openTorchFile } from "./pytorch/torch_file.ts";
import { fileSha256, openSafetensors, type SafetensorsFile } from "./safetensors.ts";
import { readShardIndex, type ShardEnding } from "./shard_index.ts";

/** A format of weights: its single file, its index and the shards that this names. */
interface WeightFormat {
  single: string;
  index: string;
  ending: ShardEnding;
  open(path: string): Promise<WeightFile>;
}

const FORMATS: readonly WeightFormat[] = [
  {
    single: "model.safetensors",
    index: "model.safetensors.index.json",
    ending: ".safetensors",
    open: openSafetensors,
  },
  {
    single: "pytorch_model.bin",
    index: "pytorch_model.bin.index.json",
    ending: ".bin",
    open: openTorchFile,
  },
];

/** An open weight file of either format. */
export type WeightFile = Omit<SafetensorsFile, "metadata">;

/** Weight files, open. */
export interface WeightFiles {
  /** The files, sorted by name. */
  files: WeightFile[];
  /** The file that holds each tensor. */
  home: Map<string, WeightFile>;
}

/**
 * Opens the weight files of a folder. As in transformers, `model.safetensors` goes before an index, and both before
 * `pytorch_model.bin` and its index.
 *
 * @param folder the Hugging Face folder.
 * @returns the open files, to be closed by the caller. If one is refused, the others are closed again.
 * @throws {Deno.errors.NotFound} if there are no weights, or a shard is missing.
 * @throws {SyntaxError} if a file breaks its format, or the index and the shards disagree.
 */
export async function openWeights(folder: string): Promise<WeightFiles> {
  const { format, parts } = await weightParts(folder);
  const files: WeightFile[] = [];
  const home = new Map<string, WeightFile>();
  try {
    for (const [part, indexed] of parts) {
      const file = await format.open(`${folder}/${part}`);
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

/** The files to open and their format, and for shards the tensors that the index places in each. */
async function weightParts(
  folder: string,
): Promise<{ format: WeightFormat; parts: Map<string, Set<string> | null> }> {
  for (const format of FORMATS) {
    const { single, index, ending } = format;
    if (await isFile(`${folder}/${single}`)) return { format, parts: new Map([[single, null]]) };
    if (!await isFile(`${folder}/${index}`)) continue;
    const parts = await readShardIndex(`${folder}/${index}`, ending);
    for (const shard of parts.keys()) {
      if (!await isFile(`${folder}/${shard}`)) {
        throw new Deno.errors.NotFound(
          `Cannot open checkpoint ${folder}: ${index} names ${shard}, which is missing`,
        );
      }
    }
    return { format, parts };
  }
  const names = FORMATS.flatMap(({ single, index }) => [single, index]);
  throw new Deno.errors.NotFound(
    `Cannot open checkpoint ${folder}: it has neither ${names.join(" nor ")}`,
  );
}

/** A shard's tensors must be exactly those that the index places in it; so no tensor has two homes. */
function checkIndexed({ path, tensors }: WeightFile, indexed: ReadonlySet<string>): void {
  const fail = (name: string, rule: string) =>
    new SyntaxError(`Cannot read tensor ${JSON.stringify(name)} of ${path}: ${rule}`);
  for (const name of indexed) {
    if (!tensors.has(name)) throw fail(name, "the index places it there, but the file lacks it");
  }
  for (const name of tensors.keys()) {
    if (!indexed.has(name)) throw fail(name, "the index must name it for this file, but does not");
  }
}

/**
 * See `Checkpoint.sha256`. Files that were fetched are not read again, which takes a minute for ALMA-7B: what was found when they
 * were verified counts, unless they changed afterwards.
 */
export async function weightsSha256(files: readonly WeightFile[]): Promise<string> {
  const named = files.map(({ path }) => {
    const at = path.lastIndexOf("/");
    return { folder: path.slice(0, at), name: path.slice(at + 1) };
  });
  const [{ folder, name }] = named;
  const isSingle = named.length === 1 && FORMATS.some(({ single }) => name === single);
  if (isSingle) return await verifiedSha256(folder, name);
  const hash = createHash("sha256");
  for (const { folder, name } of named) {
    hash.update(`${name}  ${await verifiedSha256(folder, name)}\n`);
  }
  return hash.digest("hex");
}

/** SHA-256 of a file: the one it had when it was verified if it is as long and as old as then, else that of its bytes. */
async function verifiedSha256(folder: string, name: string): Promise<string> {
  const verified = await readVerified(folder, name);
  if (verified) {
    const [file, record] = await Promise.all(
      [`${folder}/${name}`, verifiedRecord(folder, name)].map((path) => Deno.stat(path)),
    );
    const unchanged = file.size === verified.bytes && file.mtime !== null &&
      record.mtime !== null && file.mtime <= record.mtime;
    if (unchanged) return verified.sha256;
  }
  return await fileSha256(`${folder}/${name}`);
}
