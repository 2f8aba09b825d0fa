/**
 * The graphs of one decoder layer, cut into parts where calibration looks at what flows. Weights are inputs, so that one session for
 * each part serves all layers and every state of their weights.
 *
 * What flows, float32 [B, S, width]: `states` before the layer; the inputs of each group of `LINEAR_GROUPS`; `attended`, the output of
 * the attention; `sum`, states and attended added; `next`, the states behind the layer. The attention takes more, see below.
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
import { declareMaskInputs, writeMaskedAttention } from "./masked_attention.ts";

/** The linear layers of a decoder layer in the order of the computation, those with the same inputs together. */
export const LINEAR_GROUPS: readonly (readonly string[])[] = [
  ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
  ["self_attn.o_proj"],
  ["mlp.gate_proj", "mlp.up_proj"],
  ["mlp.down_proj"],
];

/** The parts of a layer, in the order of the computation. */
export const LAYER_PARTS = ["norm", "attention", "output", "middle", "up", "down"] as const;

/** A part of a layer. */
export type LayerPart = typeof LAYER_PARTS[number];

/** The graph of a part. */
export interface PartGraph {
  /** The bytes of the model. */
  readonly model: Uint8Array;
  /** Names of the inputs that flow, each [B, S, width]. */
  readonly inputs: readonly string[];
  /** The weights by their names in the layer, such as `mlp.up_proj` [outputs, inputs]. */
  readonly weights: readonly string[];
  /** Names of the outputs, each [B, S, width]. */
  readonly outputs: readonly string[];
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

/** A part's graph while it is written. */
class PartWriter {
  readonly graph = new GraphBuilder();
  readonly #inputs: string[] = [];
  readonly #weights: string[] = [];
  readonly #outputs: string[] = [];
  readonly #shapes: Map<string, number[]>;

  constructor(readonly part: LayerPart, readonly config: LlamaConfig) {
    this.#shapes = layerShapes(config);
  }

  flowing(name: string, width: number = this.config.hiddenSize): string {
    this.#inputs.push(name);
    return this.graph.input(name, "float32", ["B", "S", width]);
  }

  weight(name: string): string {
    this.#weights.push(name);
    return this.graph.input(name, "float32", this.#shapes.get(name)!);
  }

  output(name: string, width: number = this.config.hiddenSize): void {
    this.#outputs.push(name);
    this.graph.output(name, "float32", ["B", "S", width]);
  }

  linear(part: string, input: string): string {
    return this.graph.node(`${part}.output`, "FusedMatMul", [input, this.weight(part)], {
      attributes: { transB: { int: 1 } },
      domain: "com.microsoft",
    });
  }

  /** The layer, whose linear layers are all written but one, at whose input the part ends. */
  layerUntil(end: string, ended: (input: string) => void): DecoderLayer {
    const linear = (part: string, input: string): Promise<string> => {
      if (part !== end) return Promise.resolve(this.linear(part, input));
      ended(input);
      return Promise.resolve(input);
    };
    return { graph: this.graph, config: this.config, layer: 0, linear };
  }

  done(): PartGraph {
    return {
      model: this.graph.model(this.part),
      inputs: this.#inputs,
      weights: this.#weights,
      outputs: this.#outputs,
    };
  }
}

/**
 * Writes the graph of a part for layers of a model of this shape.
 *
 * The causal attention takes besides: `lengths` int32 [B], all S - 1, and `total` int32, S; the rotary tables `rotary.cos` and
 * `rotary.sin`; empty `past_key_values.0.key` and `.value`. With `masked`, it takes what `declareMaskInputs` says instead.
 *
 * @param masked Whether the attention's mask is an input, instead of the causal order.
 */
export async function partGraph(
  part: LayerPart,
  config: LlamaConfig,
  masked: boolean,
): Promise<PartGraph> {
  const writer = new PartWriter(part, config);
  await WRITERS[part](writer, masked);
  return writer.done();
}

const WRITERS: Record<LayerPart, (writer: PartWriter, masked: boolean) => void | Promise<void>> = {
  norm(writer) {
    const inputs = [writer.flowing("states"), writer.weight("input_layernorm")] as const;
    writer.output(writeNorm(writer.graph, writer.config, "attention.input", [...inputs]));
  },
  async attention(writer, masked) {
    const { graph, config } = writer;
    const h = writer.flowing("attention.input");
    const width = config.heads * config.headSize;
    const layer = writer.layerUntil("self_attn.o_proj", (mixed) => writer.output(mixed, width));
    if (masked) {
      declareMaskInputs(graph);
      await writeMaskedAttention(layer, h);
      return;
    }
    declareCausalInputs(graph, config);
    const [cos, sin] = ["rotary.cos", "rotary.sin"];
    await writeAttention(layer, h, { lengths: "lengths", total: "total", cos, sin, bias: "" });
  },
  output(writer) {
    const mixed = writer.flowing("mixed", writer.config.heads * writer.config.headSize);
    writer.output(writer.linear("self_attn.o_proj", mixed));
  },
  middle(writer) {
    const { graph, config } = writer;
    const added = [writer.flowing("states"), writer.flowing("attended")] as const;
    const norm = writer.weight("post_attention_layernorm");
    const [fed, sum] = writeAddAndNorm(graph, config, "mlp.input", [...added, norm]);
    writer.output(sum);
    writer.output(fed);
  },
  async up(writer) {
    const h = writer.flowing("mlp.input");
    const { intermediateSize } = writer.config;
    const end = (product: string) => writer.output(product, intermediateSize);
    await writeFeedForward(writer.layerUntil("mlp.down_proj", end), h);
  },
  down(writer) {
    const product = writer.flowing("product", writer.config.intermediateSize);
    const sum = writer.flowing("sum");
    const fed = writer.linear("mlp.down_proj", product);
    writer.output(writer.graph.node("next", "Add", [sum, fed]));
  },
};

function declareCausalInputs(graph: GraphBuilder, config: LlamaConfig): void {
  const { positions, half } = rotaryTables(config);
  graph.input("lengths", "int32", ["B"]);
  graph.input("total", "int32", []);
  for (const table of ["rotary.cos", "rotary.sin"]) {
    graph.input(table, "float32", [positions, half]);
  }
  for (const { past } of cacheNames(1)) {
    graph.input(past, "float32", ["B", config.keyValueHeads, "P", cacheWidth(config)]);
  }
}
