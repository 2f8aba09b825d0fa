/**
 * Small graphs without weights that work on a key-value cache where it lies, so that JavaScript passes
 * handles only: re-order (or multiply, or drop) rows, and make room for more tokens.
 *
 * Inputs: `beam_idx` int64 [new batch], `room` int64 [1] (`extend` only) and every `past_key_values.N.key` / `.value`
 * [batch, keyValueHeads, length, width]. Outputs: `present.N.key` / `.value` [new batch, keyValueHeads, length + room,
 * width], of which row r is the old row `beam_idx[r]`.
 * @module
 */
import type { LlamaConfig } from "../llama_config.ts";
import { GraphBuilder } from "../onnx/graph_builder.ts";
import { cacheWidth } from "./head_size.ts";
import { cacheNames } from "./names.ts";

/** `"reorder"` keeps the tensors' length, `"extend"` adds `room` positions of zeros at the end. */
export type CacheGraphKind = "reorder" | "extend";

/** The bytes of a cache graph for models of this shape. */
export function cacheGraph(
  config: Pick<LlamaConfig, "layers" | "keyValueHeads" | "headSize">,
  kind: CacheGraphKind,
): Uint8Array {
  const { layers, keyValueHeads } = config;
  const width = cacheWidth(config);
  const graph = new GraphBuilder();
  graph.input("beam_idx", "int64", ["new_batch_size"]);
  const pads = kind === "extend" ? padsAtEnd(graph) : "";
  for (const { past, present } of cacheNames(layers)) {
    const shape = (batch: string, length: string) => [batch, keyValueHeads, length, width];
    graph.input(past, "float32", shape("batch_size", "length"));
    graph.output(present, "float32", shape("new_batch_size", "new_length"));
    const rows = kind === "extend" ? `${present}.rows` : present;
    graph.node(rows, "Gather", [past, "beam_idx"]);
    if (kind === "extend") {
      graph.node(present, "Pad", [rows, pads, graph.scalar(0)]);
    }
  }
  return graph.model(`cache_${kind}`);
}

/** Pad's argument for `room` more positions at the end of axis 2 of 4: begins of all axes, then ends. */
function padsAtEnd(graph: GraphBuilder): string {
  graph.input("room", "int64", [1]);
  const before = graph.constant([0, 0, 0, 0, 0, 0]);
  const parts = [before, "room", graph.constant([0])];
  return graph.node("pads", "Concat", parts, { attributes: { axis: { int: 0 } } });
}
