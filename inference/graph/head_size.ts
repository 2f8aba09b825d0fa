/**
 * Heads of any size for an operator that takes multiples of 16 only: others are padded with zeros in the graph.
 *
 * Rotary embedding turns the pairs (i, i + d/2), so that queries and keys are padded at the end of each *half*, and the
 * tables with angle 0. Zeros change no scalar product; the padding of the values is cut off after the attention.
 * @module
 */
import type { LlamaConfig } from "../llama_config.ts";
import type { GraphBuilder } from "../onnx/graph_builder.ts";

const MULTIPLE = 16;

/** Width of a head in the key-value cache: the head size, rounded up to a multiple of 16. */
export function cacheWidth({ headSize }: Pick<LlamaConfig, "headSize">): number {
  return Math.ceil(headSize / MULTIPLE) * MULTIPLE;
}

/** Pads each of `heads` heads in `input` [B, S, heads · d] to the cache's width, as two halves or as one part. */
export function padHeads(
  graph: GraphBuilder,
  input: string,
  heads: number,
  headSize: number,
  parts: 1 | 2,
): string {
  const width = cacheWidth({ headSize });
  if (width === headSize) return input;
  const shape = graph.constant([0, 0, heads * parts, headSize / parts]);
  const split = graph.node(`${input}.heads`, "Reshape", [input, shape]);
  const pads = graph.constant([0, 0, 0, 0, 0, 0, 0, (width - headSize) / parts]);
  const padded = graph.node(`${input}.padded`, "Pad", [split, pads, graph.scalar(0)]);
  return graph.node(`${input}.wide`, "Reshape", [padded, graph.constant([0, 0, heads * width])]);
}

/** Undoes `padHeads(..., 1)`: [B, S, heads · width] to [B, S, heads · d]. */
export function cutHeads(
  graph: GraphBuilder,
  input: string,
  heads: number,
  headSize: number,
): string {
  const width = cacheWidth({ headSize });
  if (width === headSize) return input;
  const shape = graph.constant([0, 0, heads, width]);
  const split = graph.node(`${input}.heads`, "Reshape", [input, shape]);
  const range = [graph.constant([0]), graph.constant([headSize]), graph.constant([3])];
  const cut = graph.node(`${input}.cut`, "Slice", [split, ...range]);
  return graph.node(`${input}.narrow`, "Reshape", [cut, graph.constant([0, 0, heads * headSize])]);
}
