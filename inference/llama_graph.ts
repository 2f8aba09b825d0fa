/**
 * Writes a LLaMA-architecture checkpoint as an ONNX graph: `model.onnx` and, beside it, `model.onnx_data`.
 * RMSNorm, rotary embedding, grouped-query attention and SwiGLU are ONNX Runtime's fused operators where it has them.
 *
 * Inputs: `input_ids` int64 [batch_size, S], `attention_mask` int64 [batch_size, T] (0 for padding, on the left),
 * `past_key_values.N.key` and `.value` float32 [batch_size, keyValueHeads, T - S, W] for every layer N;
 * W is the head size rounded up to a multiple of 16.
 * Outputs: `logits` float32 [batch_size, 1, V] of the *last* position, `present.N.key` and `.value`.
 * The names are those of transformers.js. But:
 * - a past tensor longer than T - S is a buffer with room: give the same tensor as `present` and it is filled in place;
 * - several new tokens at once (S > 1) are for a new sequence only, with a past of length 0.
 * @module
 */
import type { Checkpoint } from "./checkpoint.ts";
import { attentionInputs } from "./graph/attention_inputs.ts";
import {
  type DecoderLayer,
  writeAddAndNorm,
  writeAttention,
  writeFeedForward,
  type WriteJoinedLinears,
  type WriteLayerLinear,
  writeNorm,
} from "./graph/decoder_layer.ts";
import { cacheWidth } from "./graph/head_size.ts";
import { denseLinear, type JoinedLinearWriter, type LinearWriter } from "./graph/linear.ts";
import { BATCH, cacheNames } from "./graph/names.ts";
import { embeddedTokens, storedWeight } from "./graph/stored_weight.ts";
import type { LlamaConfig } from "./llama_config.ts";
import { ExternalDataFile } from "./onnx/external_data.ts";
import { GraphBuilder } from "./onnx/graph_builder.ts";

/** Changes whenever the same checkpoint would be written as other bytes; names graphs that are kept. */
export const GRAPH_WRITER_VERSION = 2;

/** How a graph is written. */
export interface LlamaGraphOptions {
  /** Writes each linear layer; dense ones unless given. */
  linear?: LinearWriter;
  /** Writes linear layers of the same input together, where it can; unless given, each is written by `linear`. */
  joined?: JoinedLinearWriter;
  /**
   * Name of the files, before `.onnx` and `.onnx_data`.
   * @default {"model"}
   */
  name?: string;
  /**
   * What of a float16 embedding becomes float32: all of it, when the model is loaded, or only the rows that are looked up. The
   * numbers are the same. Rows save memory, but a device without float16 cannot look them up; see `EMBEDDING_NODES`.
   * @default {"whole"}
   */
  embedding?: "whole" | "rows";
}

/** The files of a graph. */
export interface LlamaGraphFiles {
  /** Path of the graph, `model.onnx` unless named otherwise. */
  model: string;
  /** Path of its data, `model.onnx_data` unless named otherwise. */
  data: string;
}

/**
 * Writes the graph of a checkpoint. Tensors are read and written one at a time, so that the model may be larger than
 * the memory.
 *
 * @param checkpoint An open checkpoint; it stays open.
 * @param folder Where to write; made if it does not exist. Files of the same names are replaced.
 * @returns The paths of both files.
 */
export async function writeLlamaGraph(
  checkpoint: Checkpoint,
  folder: string,
  options: LlamaGraphOptions = {},
): Promise<LlamaGraphFiles> {
  await Deno.mkdir(folder, { recursive: true });
  const { name = "model", linear = denseLinear, joined, embedding = "whole" } = options;
  const model = `${folder}/${name}.onnx`;
  using data = await ExternalDataFile.create(folder, `${name}.onnx_data`);
  const graph = new LlamaGraph(checkpoint, new GraphBuilder(data), {
    linear,
    joined,
    embedding,
  });
  await Deno.writeFile(model, await graph.write());
  return { model, data: `${folder}/${data.location}` };
}

class LlamaGraph {
  readonly #config: LlamaConfig;

  constructor(
    private readonly checkpoint: Checkpoint,
    private readonly graph: GraphBuilder,
    private readonly options:
      & Required<Pick<LlamaGraphOptions, "linear" | "embedding">>
      & Pick<LlamaGraphOptions, "joined">,
  ) {
    this.#config = checkpoint.config;
  }

  async write(): Promise<Uint8Array> {
    const { graph } = this;
    const config = this.#config;
    const { layers, tiedEmbeddings } = config;
    this.#declare();
    const shared = await attentionInputs(graph, config);
    const embedding = "model.embed_tokens.weight";
    const rows = this.options.embedding === "rows";
    const tokens = { tensor: embedding, ids: "input_ids", rows };
    let x = await embeddedTokens(graph, this.checkpoint, tokens);
    const first = "model.layers.0.input_layernorm.weight";
    let h = writeNorm(graph, config, "layers.0.input_norm", [x, await this.#scale(first)]);
    for (let layer = 0; layer < layers; layer++) {
      const parts = this.#decoderLayer(layer);
      const addAndNorm = async (name: string, y: string, tensor: string) => {
        const inputs: [string, string, string] = [x, y, await this.#scale(tensor)];
        [h, x] = writeAddAndNorm(graph, config, `layers.${layer}.${name}`, inputs);
      };
      const attended = await writeAttention(parts, h, shared);
      const after = `model.layers.${layer}.post_attention_layernorm.weight`;
      await addAndNorm("attention_norm", attended, after);
      const fed = await writeFeedForward(parts, h);
      const next = layer + 1 < layers
        ? `model.layers.${layer + 1}.input_layernorm.weight`
        : "model.norm.weight";
      await addAndNorm("output_norm", fed, next);
    }
    const last = graph.node("last_position", "Gather", [h, graph.constant(-1)], {
      attributes: { axis: { int: 1 } },
    });
    const y = await this.options.linear(graph, this.checkpoint, {
      name: "lm_head",
      tensor: tiedEmbeddings ? embedding : "lm_head.weight",
      input: last,
      role: "head",
    });
    graph.node("logits", "Unsqueeze", [y, graph.constant([1])]);
    return graph.model("llama");
  }

  /** Inputs and outputs, in transformers.js's order. */
  #declare(): void {
    const { layers, keyValueHeads, vocabularySize } = this.#config;
    const cache = (length: string) => [BATCH, keyValueHeads, length, cacheWidth(this.#config)];
    this.graph.input("input_ids", "int64", [BATCH, "sequence_length"]);
    this.graph.input("attention_mask", "int64", [BATCH, "total_sequence_length"]);
    this.graph.output("logits", "float32", [BATCH, 1, vocabularySize]);
    for (const { past, present } of cacheNames(layers)) {
      this.graph.input(past, "float32", cache("past_sequence_length"));
      this.graph.output(present, "float32", cache("present_sequence_length"));
    }
  }

  /** The name of a norm's scale. */
  #scale(tensor: string): Promise<string> {
    return storedWeight(this.graph, this.checkpoint, tensor);
  }

  #decoderLayer(layer: number): DecoderLayer {
    const { graph, checkpoint } = this;
    const linear: WriteLayerLinear = (part, input) => {
      const tensor = `model.layers.${layer}.${part}.weight`;
      const name = `layers.${layer}.${part}`;
      return this.options.linear(graph, checkpoint, { name, tensor, input, role: "layer" });
    };
    const { joined: write } = this.options;
    const joined: WriteJoinedLinears | undefined = write && ((part, parts, input) => {
      const tensors = parts.map((each) => `model.layers.${layer}.${each}.weight`);
      const [tensor, name] = [`model.layers.${layer}.${part}.weight`, `layers.${layer}.${part}`];
      return write(graph, checkpoint, tensors, { name, tensor, input, role: "layer" });
    });
    return { graph, config: this.#config, layer, linear, joined };
  }
}
