/**
 * An addition to the graph of `writeLlamaGraph()` that gives the keys and values of one position alone, so that a step need not hand
 * out the whole cache.
 *
 * Input: `cache_position` int64 scalar, which one. Output: `new_positions` float32 [batch, layers · 2 · keyValueHeads, W]: the heads of
 * the first layer's keys, then of its values, then of the next layer's; W as in `writeLlamaGraph()`.
 * @module
 */
import type { LlamaConfig } from "../llama_config.ts";
import { GraphBuilder } from "../onnx/graph_builder.ts";
import { cacheWidth } from "./head_size.ts";
import { BATCH, cacheNames } from "./names.ts";

/** Name of the input. */
export const CACHE_POSITION = "cache_position";

/** Name of the output. */
export const NEW_POSITIONS = "new_positions";

/** The bytes to put behind those of the model: encoded messages one after the other are their union. */
export function newPositions(
  config: Pick<LlamaConfig, "layers" | "keyValueHeads" | "headSize">,
): Uint8Array {
  const graph = new GraphBuilder();
  const position = graph.input(CACHE_POSITION, "int64", []);
  const parts = cacheNames(config.layers).map(({ present }) =>
    graph.node(`${present}.new`, "Gather", [present, position], {
      attributes: { axis: { int: 2 } },
    })
  );
  graph.node(NEW_POSITIONS, "Concat", parts, { attributes: { axis: { int: 1 } } });
  const heads = parts.length * config.keyValueHeads;
  graph.output(NEW_POSITIONS, "float32", [BATCH, heads, cacheWidth(config)]);
  return graph.addition();
}
