/**
 * A compressed model as it lies on disk: weights in their stored forms, and as a checkpoint of dense ones.
 * @module
 */
import type { StoredWeight } from "../../kernels/stored_weight.ts";
import { type Checkpoint, openCheckpoint } from "../checkpoint.ts";
import { inFloat16 } from "../float16_checkpoint.ts";
import { type LlamaConfig, llamaTensorShapes, parseLlamaConfig } from "../llama_config.ts";
import { openSafetensors, type SafetensorsFile } from "../safetensors.ts";
import { parseStrictJson } from "../strict_json.ts";
import { weightsSha256 } from "../weight_files.ts";
import { checkTensors } from "./check.ts";
import { isFile, readIfThere } from "../files.ts";
import { layerFile, PLAN_FILE, REST_FILE } from "./files.ts";
import { type CompressionRecord, parseRecord, RECORD_FILE } from "./record.ts";
import { StoredTensors } from "./stored_tensors.ts";

/**
 * An open compressed model. As a `Checkpoint` it gives the dequantised weights, so that whatever runs a checkpoint is the oracle of
 * what runs the stored forms: codes as F32, pruned and dense weights in their own dtype.
 */
export interface CompressedModel extends Checkpoint {
  /** What the model says of itself. */
  readonly record: CompressionRecord;
  /**
   * A linear weight in its stored form, on demand; one that was not compressed is a dense weight. Rejects with a RangeError if there is
   * no such matrix, or what is stored of it breaks a rule.
   */
  storedWeight(tensor: string): Promise<StoredWeight>;
  /**
   * The bytes of one tensor of a stored weight, such as `".codes"`; `WeightDescription` says which there are. Rejects with a RangeError if
   * there is no such tensor.
   */
  storedPart(tensor: string, part: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Bytes of all tensors as they lie on disk: codes, scales, masks, norms, embedding and head; file headers are not counted. */
  storedBytes(): number;
  /**
   * Bytes of all weights in the form in which the graph holds them to run them: codes in containers of 2, 4 or 8 bits and padded to
   * whole blocks, float32 scales for each block, pruned weights expanded. What the runtime adds when it loads the graph is not counted;
   * on a CPU it makes float32 of dense float16 weights. Throws a RangeError if codes have a group size that cannot be run.
   */
  executedBytes(): number;
}

/** Whether an open checkpoint is a compressed model. */
export function isCompressed(checkpoint: Checkpoint): checkpoint is CompressedModel {
  return "storedWeight" in checkpoint;
}

/** The record of a folder; says whether there is none, or none yet. */
async function readRecord(folder: string): Promise<CompressionRecord> {
  const path = `${folder}/${RECORD_FILE}`;
  const text = await readIfThere(path);
  if (text !== undefined) return parseRecord(text, path);
  const rule = await isFile(`${folder}/${PLAN_FILE}`)
    ? `its compression is not finished, because it has no ${RECORD_FILE} yet`
    : `it has no ${RECORD_FILE}`;
  throw new Deno.errors.NotFound(`Cannot open compressed model ${folder}: ${rule}`);
}

async function openFiles(folder: string, layers: number): Promise<SafetensorsFile[]> {
  const names = Array.from({ length: layers }, (_, layer) => layerFile(layer));
  const files: SafetensorsFile[] = [];
  try {
    for (const name of [...names, REST_FILE]) {
      if (!await isFile(`${folder}/${name}`)) {
        throw new Deno.errors.NotFound(
          `Cannot open compressed model ${folder}: ${name} is missing`,
        );
      }
      files.push(await openSafetensors(`${folder}/${name}`));
    }
    return files;
  } catch (error) {
    files.forEach((file) => file.close());
    throw error;
  }
}

/**
 * Opens a compressed model and checks it against its own description; no weight is read yet.
 *
 * @param folder a folder that `CompressedModelWriter` finished.
 * @returns the open model; the caller closes it.
 * @throws {Deno.errors.NotFound} if a file is missing, or the compression is not finished.
 * @throws {SyntaxError} if a file breaks its format.
 * @throws {RangeError} if the version or a form is unknown, or a tensor is missing, foreign or of another shape.
 */
export async function openCompressedModel(folder: string): Promise<CompressedModel> {
  const record = await readRecord(folder);
  const configText = await readIfThere(`${folder}/config.json`);
  if (configText === undefined) {
    throw new Deno.errors.NotFound(
      `Cannot open compressed model ${folder}: config.json is missing`,
    );
  }
  const configFile = `${folder}/config.json`;
  const config = parseLlamaConfig(parseStrictJson(configText, configFile), configFile);
  const files = await openFiles(folder, record.layers);
  const close = () => files.forEach((file) => file.close());
  try {
    checkTensors(folder, config, record, files);
  } catch (error) {
    close();
    throw error;
  }
  return {
    ...storedModel(folder, config, record, files),
    sha256: () => weightsSha256(files),
    close,
  };
}

/** A compressed model whose tensors are in open files, but for its hash and its end. */
export function storedModel(
  folder: string,
  config: LlamaConfig,
  record: CompressionRecord,
  files: readonly SafetensorsFile[],
): Omit<CompressedModel, "sha256" | "close"> {
  const tensors = new StoredTensors(folder, record, files);
  const names = [...llamaTensorShapes(config).keys()].sort();
  return {
    folder,
    config,
    record,
    names: () => [...names],
    info: (name) => tensors.info(name),
    bytes: (name) => tensors.bytes(name),
    tensor: (name) => tensors.tensor(name),
    storedWeight: (name) => tensors.storedWeight(name),
    storedPart: (name, part) => tensors.storedPart(name, part),
    storedBytes: () => tensors.storedBytes(),
    executedBytes: () => tensors.executedBytes(names),
  };
}

/** How a model is opened. */
export interface OpenOptions {
  /**
   * `"float16"` rounds the weights of a checkpoint to float16, see `inFloat16`; unless given, they are as they are stored. A compressed
   * model is as it is stored either way, because its own record says what it was made from.
   */
  readonly dtype?: "float16";
}

/**
 * Opens a model folder of either kind: compressed if it has `compressed.json` or was begun as such, else a Hugging Face checkpoint.
 *
 * @param folder the folder.
 * @param options how a checkpoint's numbers are taken.
 * @returns the open model; the caller closes it.
 * @throws {Error} as `openCompressedModel` and `openCheckpoint` do.
 */
export async function openModel(
  folder: string,
  { dtype }: OpenOptions = {},
): Promise<Checkpoint | CompressedModel> {
  const compressed = await isFile(`${folder}/${RECORD_FILE}`) ||
    await isFile(`${folder}/${PLAN_FILE}`);
  if (compressed) return await openCompressedModel(folder);
  const checkpoint = await openCheckpoint(folder);
  return dtype === "float16" ? inFloat16(checkpoint) : checkpoint;
}
