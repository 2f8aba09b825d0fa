/**
 * Writes COMET's sentence encoder as an ONNX graph: XLM-RoBERTa, the mix of its layers, and average pooling.
 *
 * Inputs: `input_ids` int64 [B, S], padded on the right with 1, and `attention_mask` int64 [B, S], 0 for padding.
 * Output: `sentence_vector` float32 [B, H].
 *
 * As in the unbabel-comet package, positions and pooling leave padding out by its id, attention and the count that
 * pooling divides by leave it out by the mask; the two differ where a text spells the padding token. But:
 * - each layer is pooled before the layers are mixed, which are both linear, so that no layer's states are kept;
 * - a layer whose weight in the mix is 0 is not pooled, and those above the last other one are not computed.
 * @module
 */
import { encodeFloats } from "../float_values.ts";
import { embeddedTokens, storedWeight } from "../graph/stored_weight.ts";
import { ExternalDataFile } from "../onnx/external_data.ts";
import { GraphBuilder } from "../onnx/graph_builder.ts";
import { DataType } from "../onnx/proto.ts";
import { ENCODER, type EncoderConfig } from "./encoder_config.ts";
import { type EncoderParts, writeEncoderLayer, writeLayerNorm } from "./encoder_layer.ts";
import { sparsemax } from "./sparsemax.ts";
import type { CometWeights } from "./weights.ts";

/** The token that pads; XLM-RoBERTa's positions begin after it. */
export const PAD_ID = 1;

const FLOAT = { attributes: { to: { int: DataType.float32 } } };

/** Name of the output. */
export const SENTENCE_VECTOR = "sentence_vector";

/**
 * Weights of the embeddings' and each layer's output in the mix: sparsemax of the learned scores, in float64.
 *
 * @returns weights [layers + 1].
 */
export async function layerMix(config: EncoderConfig, weights: CometWeights): Promise<number[]> {
  const scores: number[] = [];
  for (let k = 0; k <= config.layers; k++) {
    scores.push((await weights.tensor(`layerwise_attention.scalar_parameters.${k}`))[0]);
  }
  return sparsemax(scores);
}

/**
 * Writes `encoder.onnx` and `encoder.onnx_data`. Tensors are read and written one at a time.
 *
 * @param folder where to write; it must exist.
 */
export async function writeEncoderGraph(
  config: EncoderConfig,
  weights: CometWeights,
  folder: string,
): Promise<void> {
  using data = await ExternalDataFile.create(folder, "encoder.onnx_data");
  const graph = new GraphBuilder(data);
  const parts: EncoderParts = { graph, weights, config };
  const ids = graph.input("input_ids", "int64", ["B", "S"]);
  const mask = graph.input("attention_mask", "int64", ["B", "S"]);
  graph.output(SENTENCE_VECTOR, "float32", ["B", config.hiddenSize]);
  const present = graph.node("present", "Cast", [mask], FLOAT);
  const bias = writeAttentionBias(graph, present);
  const isToken = writeIsToken(graph, ids);
  const pooling = writePoolingWeights(graph, isToken, present);
  const mix = await layerMix(config, weights);
  const last = mix.findLastIndex((weight) => weight > 0);
  const pooled: string[] = [];
  let h = await writeEmbeddings(parts, ids, isToken);
  for (const [k, weight] of mix.slice(0, last + 1).entries()) {
    if (k > 0) h = await writeEncoderLayer(parts, k - 1, h, bias);
    if (weight > 0) pooled.push(graph.node(`pooled.${k}`, "MatMul", [pooling, h]));
  }
  await writeMix(parts, pooled, mix);
  await Deno.writeFile(`${folder}/encoder.onnx`, graph.model("comet_encoder"));
}

/**
 * float32 [B, 1, S, S]: what is added to the scores of attention, 0 for a token and -1e9 for padding, so that softmax gives exactly 0.
 *
 * @param present float32 [B, S], 1 for a token and 0 for padding.
 */
function writeAttentionBias(graph: GraphBuilder, present: string): string {
  const absent = graph.node("absent", "Sub", [present, graph.scalar(1)]);
  const keys = graph.node("key_bias", "Mul", [absent, graph.scalar(1e9)]);
  const queries = graph.node("query_bias", "Mul", [present, graph.scalar(0)]);
  const row = graph.node("key_bias.row", "Unsqueeze", [keys, graph.constant([1, 2])]);
  const column = graph.node("query_bias.column", "Unsqueeze", [queries, graph.constant([1, 3])]);
  return graph.node("attention_bias", "Add", [row, column]);
}

/** int64 [B, S], 1 where the token is not the padding. */
function writeIsToken(graph: GraphBuilder, ids: string): string {
  const isPad = graph.node("is_pad", "Equal", [ids, graph.constant(PAD_ID)]);
  const not = graph.node("is_not_pad", "Not", [isPad]);
  return graph.node("is_token", "Cast", [not], { attributes: { to: { int: DataType.int64 } } });
}

/** Layer norm of the sum of word, type and position embeddings [B, S, H]. */
async function writeEmbeddings(
  parts: EncoderParts,
  ids: string,
  isToken: string,
): Promise<string> {
  const { graph, weights } = parts;
  const table = (name: string) => storedWeight(graph, weights, `${ENCODER}.embeddings.${name}`);
  const running = graph.node("running", "CumSum", [isToken, graph.constant(1)]);
  const counted = graph.node("counted", "Mul", [running, isToken]);
  const positions = graph.node("positions", "Add", [counted, graph.constant(PAD_ID)]);
  const words = await embeddedTokens(graph, weights, {
    tensor: `${ENCODER}.embeddings.word_embeddings.weight`,
    ids,
    rows: true,
  });
  const types = await table("token_type_embeddings.weight"); // [1, H]: all tokens are of one type
  const typed = graph.node("typed", "Add", [words, types]);
  const places = await table("position_embeddings.weight");
  const placed = graph.node("placed", "Gather", [places, positions]);
  const sum = graph.node("embeddings", "Add", [typed, placed]);
  return await writeLayerNorm(
    parts,
    "embeddings_norm",
    `${ENCODER}.embeddings.LayerNorm`,
    sum,
  );
}

/** float32 [B, 1, S]: one over the number of a row's tokens, 0 at padding. */
function writePoolingWeights(graph: GraphBuilder, isToken: string, present: string): string {
  const ones = graph.node("token_weight", "Cast", [isToken], FLOAT);
  const count = graph.node("token_count", "ReduceSum", [present, graph.constant([1])]);
  const shares = graph.node("token_share", "Div", [ones, count]);
  return graph.node("pooling", "Unsqueeze", [shares, graph.constant([1])]);
}

/** The layers' pooled vectors [B, 1, H] times gamma and their weights. */
async function writeMix(
  { graph, weights }: EncoderParts,
  pooled: readonly string[],
  mix: readonly number[],
): Promise<void> {
  const [gamma] = await weights.tensor("layerwise_attention.gamma");
  const shares = Float32Array.from(mix.filter((weight) => weight > 0), (weight) => gamma * weight);
  const bytes = encodeFloats(shares, "F32");
  const row = await graph.weight("layer_mix", "float32", [1, shares.length], bytes);
  const axis = { attributes: { axis: { int: 1 } } };
  const stacked = graph.node("pooled", "Concat", [...pooled], axis);
  const mixed = graph.node("mixed", "MatMul", [row, stacked]);
  graph.node(SENTENCE_VECTOR, "Squeeze", [mixed, graph.constant([1])]);
}
