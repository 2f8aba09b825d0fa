/**
 * Writes one decoder layer of LLaMA: grouped-query attention and SwiGLU, and the norms between them. Where the weights come
 * from is the caller's business, so that a whole model and a single layer are written alike.
 * Letters: B rows, S tokens, H the width of the residual stream.
 * @module
 */
import type { LlamaConfig } from "../llama_config.ts";
import type { GraphBuilder } from "../onnx/graph_builder.ts";
import type { AttentionInputs } from "./attention_inputs.ts";
import { cacheWidth, cutHeads, padHeads } from "./head_size.ts";
import { cacheNames } from "./names.ts";

/**
 * Writes one of a layer's linear layers and returns the name of its output.
 * @param part Which one, such as `"self_attn.q_proj"`.
 * @param input Name of the input value.
 */
export type WriteLayerLinear = (part: string, input: string) => Promise<string>;

/**
 * Writes several of a layer's linear layers as one and returns the name of its output, theirs side by side; undefined where they must be
 * written one by one.
 * @param name What they are together, such as `"self_attn.qkv_proj"`.
 */
export type WriteJoinedLinears = (
  name: string,
  parts: readonly string[],
  input: string,
) => Promise<string | undefined>;

/** What the parts of one decoder layer are written into, and with. */
export interface DecoderLayer {
  /** The graph. */
  graph: GraphBuilder;
  /** The model's sizes and constants. */
  config: LlamaConfig;
  /** Which layer, from 0; it is part of the names. */
  layer: number;
  /** Writes its linear layers. */
  linear: WriteLayerLinear;
  /** Writes those of the same input together, where that is wanted. */
  joined?: WriteJoinedLinears;
}

/** RMSNorm (Zhang and Sennrich 2019, arXiv 1910.07467) of x with the named scale [H]. */
export function writeNorm(
  graph: GraphBuilder,
  { rmsNormEpsilon }: LlamaConfig,
  name: string,
  [x, scale]: [x: string, scale: string],
): string {
  const attributes = {
    epsilon: { float: rmsNormEpsilon },
    axis: { int: -1 },
    stash_type: { int: 1 },
  };
  return graph.node(name, "SimplifiedLayerNormalization", [x, scale], { attributes });
}

/** The residual stream x with y added, normed with the named scale [H], and as it is. */
export function writeAddAndNorm(
  graph: GraphBuilder,
  { rmsNormEpsilon }: LlamaConfig,
  name: string,
  inputs: [x: string, y: string, scale: string],
): [normed: string, sum: string] {
  const sum = `${name}.sum`;
  const normed = graph.node(name, "SkipSimplifiedLayerNormalization", inputs, {
    attributes: { epsilon: { float: rmsNormEpsilon } },
    outputs: [name, "", "", sum],
    domain: "com.microsoft",
  });
  return [normed, sum];
}

const QUERY_KEY_VALUE = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"];

/** Queries, keys and values of h as the attention's first three inputs: side by side in the first, or one by one. */
async function writeProjections(
  { graph, config, linear, joined }: DecoderLayer,
  h: string,
): Promise<[q: string, k: string, v: string]> {
  const { heads, keyValueHeads, headSize } = config;
  if (joined && cacheWidth(config) === headSize) {
    const all = await joined("self_attn.qkv_proj", QUERY_KEY_VALUE, h);
    if (all !== undefined) return [all, "", ""];
  }
  const project = async (part: string, count: number, parts: 1 | 2) =>
    padHeads(graph, await linear(part, h), count, headSize, parts);
  const q = await project("self_attn.q_proj", heads, 2);
  const k = await project("self_attn.k_proj", keyValueHeads, 2);
  const v = await project("self_attn.v_proj", keyValueHeads, 1);
  return [q, k, v];
}

/** Self-attention of the normed stream h [B, S, H], its output projection included. */
export async function writeAttention(
  parts: DecoderLayer,
  h: string,
  shared: AttentionInputs,
): Promise<string> {
  const { graph, config, layer, linear } = parts;
  const { heads, keyValueHeads, headSize } = config;
  const projected = await writeProjections(parts, h);
  const [keys, values] = cacheNames(layer + 1).slice(-2);
  const { lengths, total, cos, sin, bias } = shared;
  const inputs = [...projected, keys.past, values.past, lengths, total, cos, sin, "", bias];
  const name = `layers.${layer}.attention`;
  const mixed = graph.node(name, "GroupQueryAttention", inputs, {
    attributes: {
      num_heads: { int: heads },
      kv_num_heads: { int: keyValueHeads },
      scale: { float: 1 / Math.sqrt(headSize) },
      do_rotary: { int: 1 },
      rotary_interleaved: { int: 0 },
    },
    outputs: [name, keys.present, values.present],
    domain: "com.microsoft",
  });
  return await linear("self_attn.o_proj", cutHeads(graph, mixed, heads, headSize));
}

/** The gate's and the up projection's output of h. */
async function writeGateAndUp(
  { graph, config, layer, linear, joined }: DecoderLayer,
  h: string,
): Promise<[gate: string, up: string]> {
  const both = await joined?.("mlp.gate_up_proj", ["mlp.gate_proj", "mlp.up_proj"], h);
  if (both === undefined) return [await linear("mlp.gate_proj", h), await linear("mlp.up_proj", h)];
  const name = `layers.${layer}.mlp`;
  const outputs: [string, string] = [`${name}.gate`, `${name}.up`];
  const size = config.intermediateSize;
  graph.node(`${name}.split`, "Split", [both, graph.constant([size, size])], {
    attributes: { axis: { int: -1 } },
    outputs,
  });
  return outputs;
}

/** SwiGLU (Shazeer 2020, arXiv 2002.05202): down(silu(gate(h)) ⊙ up(h)), with silu(z) = z · sigmoid(z). */
export async function writeFeedForward(parts: DecoderLayer, h: string): Promise<string> {
  const { graph, layer, linear } = parts;
  const name = `layers.${layer}.mlp`;
  const [gate, up] = await writeGateAndUp(parts, h);
  const sigmoid = graph.node(`${name}.sigmoid`, "Sigmoid", [gate]);
  const silu = graph.node(`${name}.silu`, "Mul", [gate, sigmoid]);
  const product = graph.node(`${name}.product`, "Mul", [silu, up]);
  return await linear("mlp.down_proj", product);
}
