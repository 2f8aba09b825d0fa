/**
 * What every layer's attention shares: lengths, mask and rotary tables.
 *
 * Rows are padded on the left. `GroupQueryAttention` then sees every row as full (seqlens_k = T - 1), turns
 * queries and keys by their slot (rotary embedding depends on differences only, so the padding's shift cancels),
 * and padding and the future are hidden by an additive bias.
 * Letters: B rows, S new tokens, T tokens in all.
 * @module
 */
import type { LlamaConfig } from "../llama_config.ts";
import type { GraphBuilder } from "../onnx/graph_builder.ts";
import { DataType } from "../onnx/proto.ts";
import { cacheWidth } from "./head_size.ts";

/** Names of the values that every attention node takes. */
export interface AttentionInputs {
  /** T - 1 for each row, int32 [B]. */
  lengths: string;
  /** T, an int32 scalar. */
  total: string;
  /** 0 where a query may look and -1e9 where not, float32 [B, 1, S, T]; `""` where the causal order alone decides. */
  bias: string;
  /** cos of position · frequency, float32 [maxPositions, width / 2]. */
  cos: string;
  /** sin of the same angles. */
  sin: string;
}

const HIDDEN = -1e9; // softmax makes exactly 0 of it in float32

/** Writes the shared values from the graph's inputs `input_ids` [B, S] and `attention_mask` [B, T]. */
export async function attentionInputs(
  graph: GraphBuilder,
  config: LlamaConfig,
): Promise<AttentionInputs> {
  const cast = (name: string, input: string, type: keyof typeof DataType) =>
    graph.node(name, "Cast", [input], { attributes: { to: { int: DataType[type] } } });
  const size = (name: string, of: string, axis: number) =>
    graph.node(name, "Shape", [of], {
      attributes: { start: { int: axis }, end: { int: axis + 1 } },
    });
  const constant = (value: number | number[]) => graph.constant(value);

  const rows = size("mask/rows", "attention_mask", 0);
  const T = graph.node("mask/T", "Squeeze", [size("mask/T_vector", "attention_mask", 1)]);
  const S = graph.node("mask/S", "Squeeze", [size("mask/S_vector", "input_ids", 1)]);
  const last = graph.node("mask/last", "Sub", [T, constant(1)]);
  const lengths = graph.node("mask/lengths", "Expand", [cast("mask/last32", last, "int32"), rows]);
  const total = cast("mask/total", T, "int32");

  const first = graph.node("mask/first_query", "Sub", [T, S]);
  const keys = graph.node("mask/keys", "Range", [constant(0), T, constant(1)]); // [T]
  const slots = graph.node("mask/query_slots", "Range", [first, T, constant(1)]); // [S]
  const queries = graph.node("mask/queries", "Unsqueeze", [slots, constant([1])]);
  const causal = graph.node("mask/causal", "LessOrEqual", [keys, queries]); // [S, T]
  const real = graph.node("mask/real", "Unsqueeze", ["attention_mask", constant([1, 2])]);
  const visible = graph.node("mask/visible", "And", [causal, cast("mask/bool", real, "bool")]);
  const bias = graph.node("mask/bias", "Where", [
    visible,
    graph.scalar(0),
    graph.scalar(HIDDEN),
  ]);
  return { lengths, total, bias, ...await storeRotaryTables(graph, config) };
}

/** cos and sin of position · frequency, each [positions, half]. */
export interface RotaryTables {
  /** Rows: the model's positions. */
  positions: number;
  /** Columns: half of a head's width in the cache. */
  half: number;
  /** The cosines, row-major. */
  cos: Float32Array<ArrayBuffer>;
  /** The sines. */
  sin: Float32Array<ArrayBuffer>;
}

/** Su et al. 2021, arXiv 2104.09864: position p turns pair i by the angle p · θ^(-2i/d). */
export function rotaryTables(config: LlamaConfig): RotaryTables {
  const { maxPositions: P, headSize: d, ropeTheta } = config;
  const half = cacheWidth(config) / 2;
  const cos = new Float32Array(P * half).fill(1); // heads are padded with pairs that are not turned
  const sin = new Float32Array(P * half);
  for (let i = 0; i < d / 2; i++) {
    const frequency = ropeTheta ** (-2 * i / d);
    for (let p = 0; p < P; p++) {
      cos[p * half + i] = Math.cos(p * frequency);
      sin[p * half + i] = Math.sin(p * frequency);
    }
  }
  return { positions: P, half, cos, sin };
}

async function storeRotaryTables(
  graph: GraphBuilder,
  config: LlamaConfig,
): Promise<{ cos: string; sin: string }> {
  const { positions, half, cos, sin } = rotaryTables(config);
  const store = (name: string, table: Float32Array<ArrayBuffer>) =>
    graph.weight(name, "float32", [positions, half], new Uint8Array(table.buffer));
  return { cos: await store("rotary.cos", cos), sin: await store("rotary.sin", sin) };
}
