/**
 * The graph of one decoder layer, whose weights are inputs, so that one session serves all layers and every state of their weights.
 *
 * Inputs, float32 unless said: `states` [B, S, H]; `lengths` int32 [B], all S - 1, and `total` int32, S; the rotary tables
 * `rotary.cos` and `rotary.sin`; empty `past_key_values.0.key` and `.value`; norms and linear weights by their names in the
 * layer, such as `mlp.up_proj` [outputs, inputs].
 * Outputs: the inputs of the linear layers, one for each group of `LINEAR_GROUPS`, and `next`, the states behind the layer.
 * Rows are padded on the right: causal attention keeps padding out of what stands before it.
 * @module
 */
import { rotaryTables } from "../graph/attention_inputs.ts";
import {
  type DecoderLayer,
  writeAddAndNorm,
  writeAttention,
  writeFeedForward,
  writeNorm,
} from "../graph/decoder_layer.ts";
import { cacheWidth } from "../graph/head_size.ts";
import { cacheNames } from "../graph/names.ts";
import { type LlamaConfig, llamaTensorShapes } from "../llama_config.ts";
import { GraphBuilder } from "../onnx/graph_builder.ts";

/** The linear layers of a decoder layer in the order of the computation, those with the same inputs together. */
export const LINEAR_GROUPS: readonly (readonly string[])[] = [
  ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
  ["self_attn.o_proj"],
  ["mlp.gate_proj", "mlp.up_proj"],
  ["mlp.down_proj"],
];

/** Name of the graph's output that holds the states behind the layer. */
export const NEXT_STATES = "next";

/** What the graph of a layer is made of. */
export interface LayerGraph {
  /** The bytes of the model. */
  model: Uint8Array;
  /** Name of the output that holds the inputs of each group of `LINEAR_GROUPS`. */
  captures: readonly string[];
}

/** Shapes of a decoder layer's weights by their names in the layer. */
export function layerShapes(config: LlamaConfig): Map<string, number[]> {
  const prefix = "model.layers.0.";
  const shapes = [...llamaTensorShapes({ ...config, layers: 1 })];
  return new Map(
    shapes.filter(([tensor]) => tensor.startsWith(prefix))
      .map(([tensor, shape]) => [tensor.slice(prefix.length, -".weight".length), shape]),
  );
}

/** Writes the graph for layers of a model of this shape. */
export async function layerGraph(config: LlamaConfig): Promise<LayerGraph> {
  const graph = new GraphBuilder();
  declareInputs(graph, config);
  const captured = new Map<string, string>();
  const linear = (part: string, input: string): Promise<string> => {
    captured.set(part, input);
    const attributes = { transB: { int: 1 } };
    const domain = "com.microsoft" as const;
    return Promise.resolve(
      graph.node(`${part}.output`, "FusedMatMul", [input, part], { attributes, domain }),
    );
  };
  const layer: DecoderLayer = { graph, config, layer: 0, linear };
  const x = "states";
  const shared = {
    lengths: "lengths",
    total: "total",
    cos: "rotary.cos",
    sin: "rotary.sin",
    bias: "",
  };
  const h = writeNorm(graph, config, "attention.input", [x, "input_layernorm"]);
  const attended = await writeAttention(layer, h, shared);
  const norm = "post_attention_layernorm";
  const [fed, sum] = writeAddAndNorm(graph, config, "mlp.input", [x, attended, norm]);
  graph.node(NEXT_STATES, "Add", [sum, await writeFeedForward(layer, fed)]);
  const shapes = layerShapes(config);
  const captures = LINEAR_GROUPS.map(([first]) => {
    const value = captured.get(first)!;
    graph.output(value, "float32", ["B", "S", shapes.get(first)![1]]);
    return value;
  });
  graph.output(NEXT_STATES, "float32", ["B", "S", config.hiddenSize]);
  return { model: graph.model("decoder_layer"), captures };
}

function declareInputs(graph: GraphBuilder, config: LlamaConfig): void {
  const { positions, half } = rotaryTables(config);
  graph.input("states", "float32", ["B", "S", config.hiddenSize]);
  graph.input("lengths", "int32", ["B"]);
  graph.input("total", "int32", []);
  for (const table of ["rotary.cos", "rotary.sin"]) {
    graph.input(table, "float32", [positions, half]);
  }
  for (const { past } of cacheNames(1)) {
    graph.input(past, "float32", ["B", config.keyValueHeads, "P", cacheWidth(config)]);
  }
  for (const [name, shape] of layerShapes(config)) graph.input(name, "float32", shape);
}
