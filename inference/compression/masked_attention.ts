/**
 * Attention whose mask and positions are inputs, for calibration that does not follow the causal order.
 *
 * Letters: B rows, S tokens, K key and value heads, G query heads for each of them, d width of a head.
 * @module
 */
import type { DecoderLayer } from "../graph/decoder_layer.ts";
import type { LlamaConfig } from "../llama_config.ts";
import type { GraphBuilder } from "../onnx/graph_builder.ts";

/**
 * Declares the inputs of the mask: `bias` [S, S], which is added to the scores of every head, row by row of queries, and `cos` and
 * `sin` [S, d / 2] of each position's angles.
 */
export function declareMaskInputs(graph: GraphBuilder): void {
  graph.input("bias", "float32", ["S", "S"]);
  for (const table of ["cos", "sin"]) graph.input(table, "float32", ["S", "half"]);
}

/** Writes softmax(q kᵀ / √d + bias) v and the output projection behind it, of the normed stream h [B, S, H]. */
export async function writeMaskedAttention(
  { graph, config, linear }: DecoderLayer,
  h: string,
): Promise<string> {
  const { heads, keyValueHeads: K, headSize: d } = config;
  const G = heads / K;
  const q = await linear("self_attn.q_proj", h);
  const k = await linear("self_attn.k_proj", h);
  const v = await linear("self_attn.v_proj", h);
  const queries = turn(graph, split(graph, q, [K, G, d]), d); // [B, K, G, S, d]
  const keys = turn(graph, split(graph, k, [K, 1, d]), d);
  const values = split(graph, v, [K, 1, d]);
  const scores = graph.node("scores", "FusedMatMul", [queries, keys], {
    attributes: { transB: { int: 1 }, alpha: { float: 1 / Math.sqrt(d) } },
    domain: "com.microsoft",
  });
  const biased = graph.node("scores.biased", "Add", [scores, "bias"]);
  const shares = graph.node("shares", "Softmax", [biased], { attributes: { axis: { int: -1 } } });
  const heard = graph.node("heard", "MatMul", [shares, values]);
  const order = { attributes: { perm: { ints: [0, 3, 1, 2, 4] } } };
  const ordered = graph.node("heard.ordered", "Transpose", [heard], order);
  const mixed = graph.node("mixed", "Reshape", [ordered, graph.constant([0, 0, heads * d])]);
  return await linear("self_attn.o_proj", mixed);
}

/** [B, S, K · G · d] to [B, K, G, S, d]. */
function split(graph: GraphBuilder, input: string, sizes: readonly number[]): string {
  const heads = graph.node(`${input}.split`, "Reshape", [input, graph.constant([0, 0, ...sizes])]);
  const order = { attributes: { perm: { ints: [0, 2, 3, 1, 4] } } };
  return graph.node(`${input}.heads`, "Transpose", [heads], order);
}

/** Turns the pairs (i, i + d / 2) of each head by the angles of its position. */
function turn(graph: GraphBuilder, input: string, d: number): string {
  const axis = graph.constant([-1]);
  const cut = (name: string, from: number, to: number) =>
    graph.node(`${input}.${name}`, "Slice", [
      input,
      graph.constant([from]),
      graph.constant([to]),
      axis,
    ]);
  const [a, b] = [cut("first", 0, d / 2), cut("second", d / 2, d)];
  const times = (x: string, table: "cos" | "sin") => graph.node(`${x}.${table}`, "Mul", [x, table]);
  const first = graph.node(`${a}.turned`, "Sub", [times(a, "cos"), times(b, "sin")]);
  const second = graph.node(`${b}.turned`, "Add", [times(b, "cos"), times(a, "sin")]);
  return graph.node(`${input}.turned`, "Concat", [first, second], {
    attributes: { axis: { int: -1 } },
  });
}

/** The mask and the positions that a padded sample has. */
export interface PaddedMask {
  /** What is added to the scores [S, S]. */
  readonly bias: Float32Array<ArrayBuffer>;
  /** cos of the angles [S, d / 2]. */
  readonly cos: Float32Array<ArrayBuffer>;
  /** sin of the angles. */
  readonly sin: Float32Array<ArrayBuffer>;
}

const HIDDEN = -1e9; // softmax makes exactly 0 of it in float32

/**
 * The mask and positions of a prompt of some tokens that is padded to S, as the study's code pads them: the causal mask with 0, which
 * means "look", and the positions with 0.
 */
export function paddedMask(config: LlamaConfig, tokens: number, S: number): PaddedMask {
  const half = config.headSize / 2;
  const bias = new Float32Array(S * S);
  const [cos, sin] = [new Float32Array(S * half).fill(1), new Float32Array(S * half)];
  for (let p = 0; p < tokens; p++) {
    bias.fill(HIDDEN, p * S + p + 1, p * S + tokens);
    for (let i = 0; i < half; i++) {
      const angle = p * config.ropeTheta ** (-2 * i / config.headSize);
      cos[p * half + i] = Math.cos(angle);
      sin[p * half + i] = Math.sin(angle);
    }
  }
  return { bias, cos, sin };
}
