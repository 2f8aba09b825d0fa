/**
 * A LLaMA-architecture checkpoint: a Hugging Face folder with `config.json` and its weights in safetensors, either one
 * `model.safetensors` or shards named by `model.safetensors.index.json`, or else in PyTorch's format, `pytorch_model.bin` or
 * shards named by `pytorch_model.bin.index.json`. Opening checks every tensor's name, shape and dtype against the config;
 * tensors are read from disk only when asked for.
 * @module
 */
import { decodeFloats, isFloatDtype } from "./float_values.ts";
import { type LlamaConfig, llamaTensorShapes, parseLlamaConfig } from "./llama_config.ts";
import { release } from "./release.ts";
import { parseStrictJson } from "./strict_json.ts";
import { openWeights, type WeightFile, weightsSha256 } from "./weight_files.ts";

/** What is known of a tensor without reading it. */
export interface TensorInfo {
  /** The tensor's name, such as `"model.norm.weight"`. */
  name: string;
  /** The stored element type; `"F32"`, `"F16"` and `"BF16"` can be read as numbers, others as bytes. */
  dtype: string;
  /** Sizes, outermost first. */
  shape: number[];
  /** Bytes of its data as stored. */
  byteLength: number;
  /** Path of the file that holds it. */
  file: string;
}

/** An open checkpoint. */
export interface Checkpoint {
  /** The folder, as it was given to `openCheckpoint`. */
  readonly folder: string;
  /** The model's sizes and constants. */
  readonly config: LlamaConfig;
  /** To what the weights are rounded when they are read; absent where they are read as they are stored. */
  readonly roundedTo?: "float16";
  /** All tensors' names, sorted; a model may carry some that it does not use. */
  names(): string[];
  /** Dtype, shape and file of a tensor. Throws a RangeError if there is no such tensor. */
  info(name: string): TensorInfo;
  /** A tensor's raw little-endian bytes, read on demand. Rejects with a RangeError if there is no such tensor. */
  bytes(name: string): Promise<Uint8Array<ArrayBuffer>>;
  /** A tensor's values as float32, exact, row-major. Rejects with a TypeError if its dtype is not F32, F16 or BF16. */
  tensor(name: string): Promise<Float32Array<ArrayBuffer>>;
  /**
   * SHA-256 of the weights, in hexadecimal: of the file if there is one, else of a list of the shards, sorted, each line
   * the shard's name, two spaces, its SHA-256 and LF.
   */
  sha256(): Promise<string>;
  /** Closes the files. A second call does nothing. */
  close(): void;
}

/** Reads a text file of the folder; a missing one is told by name. */
async function readText(folder: string, name: string): Promise<string> {
  try {
    return await Deno.readTextFile(`${folder}/${name}`);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new Deno.errors.NotFound(`Cannot open checkpoint ${folder}: it has no ${name}`, {
      cause,
    });
  }
}

/** Every tensor of the model must be there, in its shape and a readable dtype, and none that the graph would leave out. */
function checkTensors(
  config: LlamaConfig,
  home: ReadonlyMap<string, WeightFile>,
  folder: string,
): void {
  const shapes = llamaTensorShapes(config);
  for (const [name, shape] of shapes) {
    const file = home.get(name);
    const entry = file?.tensors.get(name);
    if (!file || !entry) {
      throw new RangeError(
        `Cannot open checkpoint ${folder}: tensor ${name} of shape [${shape}] is missing`,
      );
    }
    if (String(entry.shape) !== String(shape)) {
      throw new RangeError(
        `Cannot use tensor ${name} of ${file.path}: config.json asks for shape [${shape}], not [${entry.shape}]`,
      );
    }
    if (!isFloatDtype(entry.dtype)) {
      throw new TypeError(
        `Cannot use tensor ${name} of ${file.path}: a weight must be F32, F16 or BF16, not ${entry.dtype}`,
      );
    }
  }
  for (const [name, file] of home) {
    const layer = /^model\.layers\.(\d+)\./.exec(name);
    if (layer && Number(layer[1]) >= config.layers) {
      throw new RangeError(
        `Cannot use tensor ${name} of ${file.path}: config.json has only ${config.layers} layers`,
      );
    }
    if (name.endsWith(".bias")) {
      throw new RangeError(`Cannot use tensor ${name} of ${file.path}: biases are not implemented`);
    }
  }
}

/**
 * Opens a LLaMA-architecture checkpoint and checks it; no weight is read yet.
 *
 * @param folder a Hugging Face folder: `config.json`, and `model.safetensors` or `pytorch_model.bin` or their shards.
 * @returns the open checkpoint; the caller closes it.
 * @throws {Deno.errors.NotFound} if a file is missing.
 * @throws {SyntaxError} if a file breaks its format.
 * @throws {RangeError} if the config is out of range or unsupported, or a tensor is missing or of another shape.
 * @throws {TypeError} if a weight has a dtype that is no F32, F16 or BF16.
 */
export async function openCheckpoint(folder: string): Promise<Checkpoint> {
  const configFile = `${folder}/config.json`;
  const config = parseLlamaConfig(
    parseStrictJson(await readText(folder, "config.json"), configFile),
    configFile,
  );
  const { files, home } = await openWeights(folder);
  const close = () => files.forEach((file) => file.close());
  try {
    checkTensors(config, home, folder);
  } catch (error) {
    close();
    throw error;
  }
  function holder(name: string): WeightFile {
    const file = home.get(name);
    if (file) return file;
    throw new RangeError(
      `Cannot read tensor ${JSON.stringify(name)} of ${folder}: it has no such tensor`,
    );
  }
  function info(name: string): TensorInfo {
    const { path, tensors } = holder(name);
    const { dtype, shape, begin, end } = tensors.get(name)!;
    return { name, dtype, shape: [...shape], byteLength: end - begin, file: path };
  }
  let sha256: Promise<string> | undefined;
  return {
    folder,
    config,
    names: () => [...home.keys()].sort(),
    info,
    bytes: async (name) => await holder(name).bytes(name),
    async tensor(name) {
      const { dtype, file } = info(name);
      if (!isFloatDtype(dtype)) {
        throw new TypeError(
          `Cannot read tensor ${
            JSON.stringify(name)
          } of ${file} as numbers: its dtype must be F32, F16 or BF16, not ${dtype}`,
        );
      }
      const bytes = await holder(name).bytes(name);
      const values = decodeFloats(bytes.buffer, dtype);
      if (values.buffer !== bytes.buffer) release(bytes);
      return values;
    },
    sha256: () => sha256 ??= weightsSha256(files),
    close,
  };
}
