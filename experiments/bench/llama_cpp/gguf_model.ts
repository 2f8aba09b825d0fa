/**
 * A model as a GGUF file for llama.cpp, with the very same values that ONNX Runtime is given: weights of symmetric 4-bit codes in
 * groups of 32 columns become Q4_0, whose blocks are the same numbers, (code - 8) · scale with a float16 scale. Nothing is rounded
 * again.
 *
 * llama.cpp turns neighbouring elements of a head by the rotary embedding where Hugging Face's layout turns element i and i + d/2,
 * so that the rows of the query and the key projection are brought into its order.
 * @module
 */
import type { CompressedModel } from "../../../inference/compressed/model.ts";
import type { LlamaConfig } from "../../../inference/llama_config.ts";
import { type GgufTensor, type GgufValue, writeGguf } from "./gguf.ts";

/** Type of the embedding, which is the head as well where the two are tied, and of the head. */
export type DenseType = "F32" | "F16";

const GROUP = 32;

function metadata(config: LlamaConfig): Map<string, GgufValue> {
  return new Map<string, GgufValue>([
    ["general.architecture", { string: "llama" }],
    ["general.name", { string: "mtpress" }],
    ["llama.context_length", { uint32: config.maxPositions }],
    ["llama.embedding_length", { uint32: config.hiddenSize }],
    ["llama.block_count", { uint32: config.layers }],
    ["llama.feed_forward_length", { uint32: config.intermediateSize }],
    ["llama.attention.head_count", { uint32: config.heads }],
    ["llama.attention.head_count_kv", { uint32: config.keyValueHeads }],
    ["llama.attention.key_length", { uint32: config.headSize }],
    ["llama.attention.value_length", { uint32: config.headSize }],
    ["llama.attention.layer_norm_rms_epsilon", { float32: config.rmsNormEpsilon }],
    ["llama.rope.dimension_count", { uint32: config.headSize }],
    ["llama.rope.freq_base", { float32: config.ropeTheta }],
    ["llama.vocab_size", { uint32: config.vocabularySize }],
    ["tokenizer.ggml.model", { string: "none" }],
  ]);
}

/**
 * Blocks of Q4_0 from rows of codes, two a byte, the first in the low half: a block holds its scale, then code j in the low and code
 * j + 16 in the high half of byte j.
 *
 * @param codes [rows, columns / 2].
 * @param scales float16 bits [rows, columns / 32].
 */
export function q4Blocks(codes: Uint8Array, scales: Uint16Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(scales.length * 18);
  const view = new DataView(bytes.buffer);
  for (let block = 0; block < scales.length; block++) {
    const to = block * 18;
    view.setUint16(to, scales[block], true);
    for (let j = 0; j < 16; j++) {
      const low = codes[block * 16 + (j >> 1)] >> 4 * (j & 1) & 15;
      const high = codes[block * 16 + 8 + (j >> 1)] >> 4 * (j & 1) & 15;
      bytes[to + 2 + j] = low | high << 4;
    }
  }
  return bytes;
}

/** Rows in the order of llama.cpp's rotary embedding: row 2i + p of a head is row i + p·d/2 of Hugging Face's. */
export function rotaryRows(
  bytes: Uint8Array<ArrayBuffer>,
  rows: number,
  headSize: number,
): Uint8Array<ArrayBuffer> {
  const width = bytes.length / rows;
  const half = headSize / 2;
  const ordered = new Uint8Array(bytes.length);
  for (let row = 0; row < rows; row++) {
    const within = row % headSize;
    const from = row - within + (within >> 1) + (within & 1) * half;
    ordered.set(bytes.subarray(from * width, (from + 1) * width), row * width);
  }
  return ordered;
}

function denseTensor(
  model: CompressedModel,
  name: string,
  tensor: string,
  type: DenseType,
): GgufTensor {
  const { shape, dtype } = model.info(tensor);
  if (type === "F16" && dtype !== "F16") {
    throw new RangeError(`Cannot write tensor ${tensor} as F16: it is stored as ${dtype}`);
  }
  const bytes = async () =>
    type === "F16"
      ? await model.bytes(tensor)
      : new Uint8Array((await model.tensor(tensor)).buffer);
  return { name, type, shape, bytes };
}

async function linearBytes(
  model: CompressedModel,
  tensor: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const codes = await model.storedPart(tensor, ".codes");
  const scales = await model.storedPart(tensor, ".scales");
  return q4Blocks(codes, new Uint16Array(scales.buffer));
}

/** One of a layer's linear layers: as Q4_0 where it is stored so, else in float32 or float16. */
function linearTensor(
  model: CompressedModel,
  name: string,
  tensor: string,
  dense: DenseType,
): GgufTensor {
  const { headSize } = model.config;
  const weight = model.record.linears[tensor];
  const turned = /\.(q|k)_proj\./.test(tensor);
  const order = async (rows: number, bytes: Promise<Uint8Array>) => {
    const all = new Uint8Array(await bytes);
    return turned ? rotaryRows(all, rows, headSize) : all;
  };
  if (weight.kind === "dense") {
    const plain = denseTensor(model, name, tensor, dense);
    return { ...plain, bytes: () => order(plain.shape[0], plain.bytes()) };
  }
  const { shape } = weight;
  const fits = weight.kind === "integer" && weight.bits === 4 && weight.groupSize === GROUP &&
    !weight.zeros && !weight.groupIndex && shape[1] % GROUP === 0;
  if (!fits) {
    throw new RangeError(
      `Cannot write ${tensor} as Q4_0: it must have symmetric codes of 4 bits in groups of ${GROUP} columns`,
    );
  }
  return { name, type: "Q4_0", shape, bytes: () => order(shape[0], linearBytes(model, tensor)) };
}

const PARTS: readonly (readonly [ours: string, theirs: string])[] = [
  ["self_attn.q_proj", "attn_q"],
  ["self_attn.k_proj", "attn_k"],
  ["self_attn.v_proj", "attn_v"],
  ["self_attn.o_proj", "attn_output"],
  ["mlp.gate_proj", "ffn_gate"],
  ["mlp.up_proj", "ffn_up"],
  ["mlp.down_proj", "ffn_down"],
];

/**
 * Writes the file.
 *
 * @param model an open model; its linear layers are dense, or symmetric codes of 4 bits in groups of 32 columns.
 * @param dense how embedding, head and dense layers are stored; norms are float32.
 * @throws {RangeError} If a weight is in another form.
 */
export async function writeGgufModel(
  model: CompressedModel,
  path: string,
  dense: DenseType,
): Promise<void> {
  const { config } = model;
  const tensors = [
    denseTensor(model, "token_embd.weight", "model.embed_tokens.weight", dense),
    denseTensor(model, "output_norm.weight", "model.norm.weight", "F32"),
  ];
  if (!config.tiedEmbeddings) {
    tensors.push(denseTensor(model, "output.weight", "lm_head.weight", dense));
  }
  for (let layer = 0; layer < config.layers; layer++) {
    const [ours, theirs] = [`model.layers.${layer}`, `blk.${layer}`];
    const norm = (name: string, tensor: string) =>
      denseTensor(model, `${theirs}.${name}.weight`, `${ours}.${tensor}.weight`, "F32");
    tensors.push(norm("attn_norm", "input_layernorm"));
    tensors.push(norm("ffn_norm", "post_attention_layernorm"));
    for (const [own, other] of PARTS) {
      const name = `${theirs}.${other}.weight`;
      tensors.push(linearTensor(model, name, `${ours}.${own}.weight`, dense));
    }
  }
  await writeGguf(path, metadata(config), tensors);
}
