/**
 * Writes one decoder layer of LLaMA: grouped-query attention and SwiGLU, and the norms between them. Where the weights come
 * from is the caller's business, so that a whole model and a single layer are written alike.
 * Letters: B rows, S tokens, H the width of the residual stream.
 * @module
 */
import type { LlamaConfig } from "../llama_config.ts";
import type { GraphBuilder } from "../onnx/graph_builder.ts";
import type { AttentionInputs } from "./attention_inputs.ts";
import { cutHeads, padHeads } from "./head_size.ts";
import { cacheNames } from "./names.ts";

/**
 * Writes one of a layer's linear layers and returns the name of its output.
 * @param part Which one, such as `"self_attn.q_proj"`.
 * @param input Name of the input value.
 */
export type WriteLayerLinear = (part: string, input: string) => Promise<string>;

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

/** Self-attention of the normed stream h [B, S, H], its output projection included. */
export async function writeAttention(
  { graph, config, layer, linear }: DecoderLayer,
  h: string,
  shared: AttentionInputs,
): Promise<string> {
  const { heads, keyValueHeads, headSize } = config;
  const project = async (part: string, count: number, parts: 1 | 2) =>
    padHeads(graph, await linear(part, h), count, headSize, parts);
  const q = await project("self_attn.q_proj", heads, 2);
  const k = await project("self_attn.k_proj", keyValueHeads, 2);
  const v = await project("self_attn.v_proj", keyValueHeads, 1);
  const [keys, values] = cacheNames(layer + 1).slice(-2);
  const { lengths, total, cos, sin, bias } = shared;
  const inputs = [q, k, v, keys.past, values.past, lengths, total, cos, sin, "", bias];
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

/** SwiGLU (Shazeer 2020, arXiv 2002.05202): down(silu(gate(h)) ⊙ up(h)), with silu(z) = z · sigmoid(z). */
export async function writeFeedForward(
  { graph, layer, linear }: DecoderLayer,
  h: string,
): Promise<string> {
  const name = `layers.${layer}.mlp`;
  const gate = await linear("mlp.gate_proj", h);
  const up = await linear("mlp.up_proj", h);
  const sigmoid = graph.node(`${name}.sigmoid`, "Sigmoid", [gate]);
  const silu = graph.node(`${name}.silu`, "Mul", [gate, sigmoid]);
  const product = graph.node(`${name}.product`, "Mul", [silu, up]);
  return await linear("mlp.down_proj", product);
}
