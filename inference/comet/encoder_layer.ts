/**
 * Writes one layer of XLM-RoBERTa: self-attention and a feed-forward part, each followed by its residual sum and layer norm
 * (post-norm, as in Vaswani et al. 2017, arXiv 1706.03762).
 * Letters: B rows, S tokens, H the width.
 * @module
 */
import { encodeFloats } from "../float_values.ts";
import { storedWeight } from "../graph/stored_weight.ts";
import type { GraphBuilder } from "../onnx/graph_builder.ts";
import { ENCODER, type EncoderConfig } from "./encoder_config.ts";
import type { CometWeights } from "./weights.ts";

/** What the parts of an encoder are written into, and with. */
export interface EncoderParts {
  /** The graph. */
  readonly graph: GraphBuilder;
  /** The weights. */
  readonly weights: CometWeights;
  /** The encoder's sizes. */
  readonly config: EncoderConfig;
}

/** Layer norm of x with the scale and shift of a module. */
export async function writeLayerNorm(
  { graph, weights, config }: EncoderParts,
  name: string,
  module: string,
  x: string,
): Promise<string> {
  const scale = await storedWeight(graph, weights, `${module}.weight`);
  const shift = await storedWeight(graph, weights, `${module}.bias`);
  const attributes = { epsilon: { float: config.layerNormEpsilon }, axis: { int: -1 } };
  return graph.node(name, "LayerNormalization", [x, scale, shift], { attributes });
}

/**
 * Writes a layer and returns the name of its output [B, S, H].
 *
 * @param index which layer, from 0.
 * @param h its input [B, S, H].
 * @param bias float32 [B, 1, S, S], added to the scores of attention.
 */
export async function writeEncoderLayer(
  parts: EncoderParts,
  index: number,
  h: string,
  bias: string,
): Promise<string> {
  const { graph, weights } = parts;
  const name = `layer.${index}`;
  const module = `${ENCODER}.encoder.layer.${index}`;
  const attended = await writeAttention(parts, index, h, bias);
  const output = `${module}.attention.output`;
  const mixed = await writeProduct(parts, `${name}.attention.output`, `${output}.dense`, attended);
  const x = await writeAddAndNorm(parts, `${name}.attention.norm`, output, [mixed, h]);
  const middle = `${module}.intermediate.dense`;
  const up = await writeProduct(parts, `${name}.intermediate`, middle, x);
  const shift = await storedWeight(graph, weights, `${middle}.bias`);
  const active = graph.node(`${name}.gelu`, "BiasGelu", [up, shift], { domain: "com.microsoft" }); // exact: by erf
  const down = await writeProduct(parts, `${name}.output`, `${module}.output.dense`, active);
  return await writeAddAndNorm(parts, `${name}.norm`, `${module}.output`, [down, x]);
}

/** x Wᵀ without the bias, which the operator after it adds. */
async function writeProduct(
  { graph, weights }: EncoderParts,
  name: string,
  module: string,
  x: string,
): Promise<string> {
  const W = await storedWeight(graph, weights, `${module}.weight`, { transposed: true });
  return graph.node(name, "MatMul", [x, W]);
}

/** Layer norm of y, its dense layer's bias and the residual stream x. */
async function writeAddAndNorm(
  { graph, weights, config }: EncoderParts,
  name: string,
  module: string,
  [y, x]: [y: string, x: string],
): Promise<string> {
  const tensor = (part: string) => storedWeight(graph, weights, `${module}.${part}`);
  const scale = await tensor("LayerNorm.weight");
  const shift = await tensor("LayerNorm.bias");
  const bias = await tensor("dense.bias");
  return graph.node(name, "SkipLayerNormalization", [y, x, scale, shift, bias], {
    attributes: { epsilon: { float: config.layerNormEpsilon } },
    domain: "com.microsoft",
  });
}

/** Self-attention of h without its output projection [B, S, H]. */
async function writeAttention(
  parts: EncoderParts,
  index: number,
  h: string,
  scoreBias: string,
): Promise<string> {
  const { graph, weights, config } = parts;
  const { heads, hiddenSize } = config;
  const module = `${ENCODER}.encoder.layer.${index}.attention.self`;
  const name = `layer.${index}.attention`;
  const products: string[] = [];
  const biases = new Float32Array(3 * hiddenSize);
  for (const [place, part] of ["query", "key", "value"].entries()) {
    products.push(await writeProduct(parts, `${name}.${part}`, `${module}.${part}`, h));
    biases.set(await weights.tensor(`${module}.${part}.bias`), place * hiddenSize);
  }
  const bytes = encodeFloats(biases, "F32");
  const bias = await graph.weight(`${module}.bias`, "float32", [3 * hiddenSize], bytes);
  return graph.node(name, "MultiHeadAttention", [...products, bias, "", scoreBias], {
    attributes: {
      num_heads: { int: heads },
      scale: { float: 1 / Math.sqrt(hiddenSize / heads) },
    },
    domain: "com.microsoft",
  });
}
