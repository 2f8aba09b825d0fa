/**
 * Random weights in the layout of a LLaMA checkpoint, so that what a large model takes can be measured where the model itself is not at
 * hand.
 *
 * Weights are drawn from the 65,536 quantiles of a normal distribution with the standard deviation 0.02 of LLaMA's initialisation.
 * Some rows of the matrices are larger, so that a few channels of the activations stand out, as those of trained models do (Dettmers et
 * al. 2022, arXiv 2208.07339): methods that look at activations then have something to see.
 * @module
 */
import { encodeFloats, type FloatDtype } from "../../inference/float_values.ts";
import { llamaTensorShapes, parseLlamaConfig } from "../../inference/llama_config.ts";
import {
  type TensorToWrite,
  writeSafetensors,
  writeWhole,
} from "../../inference/safetensors_writer.ts";
import { normalQuantiles, RandomBits } from "./normal_bits.ts";

/** What is written. */
export interface RandomModelOptions {
  /** A Hugging Face `config.json` of a LLaMA model. */
  readonly config: Readonly<Record<string, unknown>>;
  /** How numbers are stored. */
  readonly dtype: FloatDtype;
  /** Where to. */
  readonly folder: string;
  /**
   * Seed of the weights.
   * @default {0}
   */
  readonly seed?: number;
  /**
   * The most bytes of a shard; fewer than that in all are one `model.safetensors`.
   * @default {5e9}
   */
  readonly shardBytes?: number;
  /** Is told of each tensor when it is written. */
  readonly onTensor?: (name: string) => void;
}

const DEVIATION = 0.02;
const OUTLIERS = 640; // one channel of so many stands out
const OUTLIER_FACTOR = 10;

/** Matrices whose rows are channels of the residual stream or of the feed-forward part. */
const WITH_OUTLIERS = /\.(o_proj|down_proj|gate_proj|up_proj)\./;

/** Gives the numbers of tensors, the same for the same seed, name and shape. */
class RandomTensors {
  readonly #pools = new Map<number, Uint8Array<ArrayBuffer>>();
  readonly #quantiles = normalQuantiles(65_536);

  constructor(private readonly dtype: FloatDtype, private readonly seed: number) {}

  tensor(name: string, shape: readonly number[]): Uint8Array<ArrayBuffer> {
    if (shape.length === 1) return encodeFloats(new Float32Array(shape[0]).fill(1), this.dtype);
    const [rows, columns] = shape;
    const bits = new RandomBits(this.seed, name);
    const bytes = bits.draw(rows * columns, this.#pool(DEVIATION));
    if (!WITH_OUTLIERS.test(name)) return bytes;
    const rowBytes = bytes.length / rows;
    for (let row = OUTLIERS >> 1; row < rows; row += OUTLIERS) {
      const larger = this.#pool(DEVIATION * OUTLIER_FACTOR);
      bytes.set(bits.draw(columns, larger), row * rowBytes);
    }
    return bytes;
  }

  #pool(deviation: number): Uint8Array<ArrayBuffer> {
    let pool = this.#pools.get(deviation);
    if (!pool) {
      pool = encodeFloats(this.#quantiles.map((value) => value * deviation), this.dtype);
      this.#pools.set(deviation, pool);
    }
    return pool;
  }
}

/** The tensors of each file, in order. */
function splitShards(
  shapes: ReadonlyMap<string, readonly number[]>,
  bytesOf: (shape: readonly number[]) => number,
  most: number,
): string[][] {
  const shards: string[][] = [[]];
  let filled = 0;
  for (const [name, shape] of shapes) {
    const bytes = bytesOf(shape);
    if (filled > 0 && filled + bytes > most) {
      shards.push([]);
      filled = 0;
    }
    shards.at(-1)!.push(name);
    filled += bytes;
  }
  return shards;
}

async function writeJson(path: string, value: unknown): Promise<void> {
  const text = new TextEncoder().encode(JSON.stringify(value, null, 2) + "\n");
  await writeWhole(path, (append) => append(text));
}

/**
 * Writes a checkpoint of random weights: `config.json` and safetensors, in shards with an index where they are large.
 *
 * @returns bytes of all tensors.
 * @throws {RangeError} If the config is not one of a LLaMA model.
 */
export async function writeRandomModel(options: RandomModelOptions): Promise<number> {
  const { config: json, dtype, folder, seed = 0, shardBytes = 5e9, onTensor } = options;
  const shapes = llamaTensorShapes(parseLlamaConfig(json, "config.json"));
  const width = dtype === "F32" ? 4 : 2;
  const bytesOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, width);
  const shards = splitShards(shapes, bytesOf, shardBytes);
  const random = new RandomTensors(dtype, seed);
  await Deno.mkdir(folder, { recursive: true });
  const home: Record<string, string> = {};
  for (const [i, names] of shards.entries()) {
    const number = (n: number) => String(n).padStart(5, "0");
    const file = shards.length === 1
      ? "model.safetensors"
      : `model-${number(i + 1)}-of-${number(shards.length)}.safetensors`;
    const tensors = names.map((name): [string, TensorToWrite] => {
      home[name] = file;
      const shape = shapes.get(name)!;
      return [name, { dtype, shape, bytes: () => (onTensor?.(name), random.tensor(name, shape)) }];
    });
    await writeSafetensors(`${folder}/${file}`, new Map(tensors), { format: "pt" });
  }
  const total = [...shapes.values()].reduce((sum, shape) => sum + bytesOf(shape), 0);
  if (shards.length > 1) {
    const index = { metadata: { total_size: total }, weight_map: home };
    await writeJson(`${folder}/model.safetensors.index.json`, index);
  }
  const types = { F32: "float32", F16: "float16", BF16: "bfloat16" };
  await writeJson(`${folder}/config.json`, { ...json, torch_dtype: types[dtype] });
  return total;
}
