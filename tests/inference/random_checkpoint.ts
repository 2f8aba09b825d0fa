/**
 * Writes small LLaMA checkpoints with seeded random weights, as Hugging Face folders, for tests.
 * @module
 */
import { float32ToFloat16 } from "../../kernels/float16.ts";
import {
  type LlamaConfig,
  llamaTensorShapes,
  parseLlamaConfig,
} from "../../inference/llama_config.ts";

/** What to write; everything has a default. */
export interface RandomCheckpointOptions {
  seed?: number;
  dtype?: "F32" | "F16" | "BF16";
  /** Number of weight files; 1 writes `model.safetensors`, more write shards and an index. */
  shards?: number;
  hiddenSize?: number;
  intermediateSize?: number;
  layers?: number;
  heads?: number;
  keyValueHeads?: number;
  /** Width of a head; `hiddenSize / heads` unless given. */
  headSize?: number;
  vocabularySize?: number;
  tiedEmbeddings?: boolean;
  ropeTheta?: number;
  rmsNormEpsilon?: number;
  maxPositions?: number;
  /** Further keys of config.json, written as they are. */
  extraConfig?: Record<string, unknown>;
}

/** A tensor to write: its bytes are little-endian and row-major. */
export interface RawTensor {
  dtype: string;
  shape: number[];
  bytes: Uint8Array;
}

/** Seeded uniform numbers in [0, 1): the 32-bit generator "mulberry32". */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Standard normal numbers (Box and Muller). */
export function normal(next: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/** Bytes of a safetensors file that holds the tensors in their order. */
export function safetensorsBytes(tensors: ReadonlyMap<string, RawTensor>): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
  let at = 0;
  for (const [name, { dtype, shape, bytes }] of tensors) {
    header[name] = { dtype, shape, data_offsets: [at, at += bytes.length] };
  }
  const plain = JSON.stringify(header);
  const json = new TextEncoder().encode(plain.padEnd(Math.ceil(plain.length / 8) * 8)); // names are ASCII
  const file = new Uint8Array(8 + json.length + at);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  at = 8 + json.length;
  for (const { bytes } of tensors.values()) {
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}

/** Rounds to the dtype and gives its bytes; bfloat16 is cut, not rounded, which random weights do not mind. */
function encode(values: Float32Array<ArrayBuffer>, dtype: "F32" | "F16" | "BF16"): Uint8Array {
  if (dtype === "F32") return new Uint8Array(values.buffer);
  if (dtype === "F16") return new Uint8Array(float32ToFloat16(values).buffer);
  const singles = new Uint32Array(values.buffer);
  return new Uint8Array(Uint16Array.from(singles, (bits) => bits >>> 16).buffer);
}

/** Random weights of a model: norms near 1, the others scaled by 1 / √inputs so that activations keep their size. */
export function randomWeights(
  config: LlamaConfig,
  options: { seed?: number; dtype?: "F32" | "F16" | "BF16" } = {},
): Map<string, RawTensor> {
  const { seed = 1, dtype = "F32" } = options;
  const next = normal(uniform(seed));
  const tensors = new Map<string, RawTensor>();
  for (const [name, shape] of llamaTensorShapes(config)) {
    const size = shape.reduce((a, b) => a * b);
    const draw = shape.length === 1 ? () => 1 + 0.2 * next() : () => next() / Math.sqrt(shape[1]);
    const values = Float32Array.from({ length: size }, draw);
    tensors.set(name, { dtype, shape, bytes: encode(values, dtype) });
  }
  return tensors;
}

/** The config.json of the options, as transformers writes it. */
export function randomConfig(options: RandomCheckpointOptions = {}): Record<string, unknown> {
  const heads = options.heads ?? 4;
  return {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    hidden_act: "silu",
    hidden_size: options.hiddenSize ?? 64,
    intermediate_size: options.intermediateSize ?? 96,
    num_hidden_layers: options.layers ?? 2,
    num_attention_heads: heads,
    num_key_value_heads: options.keyValueHeads ?? heads,
    head_dim: options.headSize ?? (options.hiddenSize ?? 64) / heads,
    vocab_size: options.vocabularySize ?? 160,
    max_position_embeddings: options.maxPositions ?? 128,
    rms_norm_eps: options.rmsNormEpsilon ?? 1e-5,
    rope_theta: options.ropeTheta ?? 10_000,
    tie_word_embeddings: options.tiedEmbeddings ?? false,
    bos_token_id: 1,
    eos_token_id: 2,
    pad_token_id: 0,
    attention_bias: false,
    mlp_bias: false,
    ...options.extraConfig,
  };
}

/** Writes tensors as one file or as shards with an index. */
export async function writeWeights(
  folder: string,
  tensors: ReadonlyMap<string, RawTensor>,
  shards = 1,
): Promise<void> {
  if (shards === 1) {
    return await Deno.writeFile(`${folder}/model.safetensors`, safetensorsBytes(tensors));
  }
  const names = [...tensors.keys()];
  const label = (n: number) => String(n).padStart(5, "0");
  const weightMap: Record<string, string> = {};
  for (let shard = 0; shard < shards; shard++) {
    const part = names.filter((_, i) => Math.floor(i * shards / names.length) === shard);
    const file = `model-${label(shard + 1)}-of-${label(shards)}.safetensors`;
    for (const name of part) weightMap[name] = file;
    const bytes = safetensorsBytes(new Map(part.map((name) => [name, tensors.get(name)!])));
    await Deno.writeFile(`${folder}/${file}`, bytes);
  }
  const sizes = [...tensors.values()].map(({ bytes }) => bytes.length);
  const index = { metadata: { total_size: sizes.reduce((a, b) => a + b) }, weight_map: weightMap };
  await Deno.writeTextFile(`${folder}/model.safetensors.index.json`, JSON.stringify(index));
}

/**
 * Writes config.json and random weights into a new temporary folder.
 *
 * @returns the folder, and a function that removes it.
 */
export async function writeRandomCheckpoint(
  options: RandomCheckpointOptions = {},
): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await Deno.makeTempDir({ prefix: "mtpress_random_" });
  const config = randomConfig(options);
  await Deno.writeTextFile(`${folder}/config.json`, JSON.stringify(config, null, 2));
  const tensors = randomWeights(parseLlamaConfig(config, "config.json"), options);
  await writeWeights(folder, tensors, options.shards);
  return { folder, remove: () => Deno.remove(folder, { recursive: true }) };
}
