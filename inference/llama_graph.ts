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
import { type AttentionInputs, attentionInputs } from "./graph/attention_inputs.ts";
import { cacheWidth, cutHeads, padHeads } from "./graph/head_size.ts";
import { denseLinear, type LinearWriter } from "./graph/linear.ts";
import { BATCH, cacheNames } from "./graph/names.ts";
import { storedWeight } from "./graph/stored_weight.ts";
import type { LlamaConfig } from "./llama_config.ts";
import { ExternalDataFile } from "./onnx/external_data.ts";
import { GraphBuilder } from "./onnx/graph_builder.ts";

/** Changes whenever the same checkpoint would be written as other bytes; names graphs that are kept. */
export const GRAPH_WRITER_VERSION = 1;

/** How a graph is written. */
export interface LlamaGraphOptions {
  /** Writes each linear layer; dense ones unless given. */
  linear?: LinearWriter;
}

/** The files of a graph. */
export interface LlamaGraphFiles {
  /** Path of `model.onnx`. */
  model: string;
  /** Path of `model.onnx_data`. */
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
  const model = `${folder}/model.onnx`;
  using data = await ExternalDataFile.create(folder, "model.onnx_data");
  const graph = new LlamaGraph(checkpoint, new GraphBuilder(data), options.linear ?? denseLinear);
  await Deno.writeFile(model, await graph.write());
  return { model, data: `${folder}/${data.location}` };
}

class LlamaGraph {
  readonly #config: LlamaConfig;

  constructor(
    private readonly checkpoint: Checkpoint,
    private readonly graph: GraphBuilder,
    private readonly linear: LinearWriter,
  ) {
    this.#config = checkpoint.config;
  }

  async write(): Promise<Uint8Array> {
    const { graph } = this;
    const { layers, tiedEmbeddings } = this.#config;
    this.#declare();
    const shared = await attentionInputs(graph, this.#config);
    const embedding = "model.embed_tokens.weight";
    const E = await storedWeight(graph, this.checkpoint, embedding);
    let x = graph.node("embedding", "Gather", [E, "input_ids"]);
    let h = await this.#norm("layers.0.input_norm", x, "model.layers.0.input_layernorm.weight");
    for (let layer = 0; layer < layers; layer++) {
      const attended = await this.#attention(layer, h, shared);
      const after = `model.layers.${layer}.post_attention_layernorm.weight`;
      [h, x] = await this.#addAndNorm(`layers.${layer}.attention_norm`, x, attended, after);
      const fed = await this.#feedForward(layer, h);
      const next = layer + 1 < layers
        ? `model.layers.${layer + 1}.input_layernorm.weight`
        : "model.norm.weight";
      [h, x] = await this.#addAndNorm(`layers.${layer}.output_norm`, x, fed, next);
    }
    const last = graph.node("last_position", "Gather", [h, graph.constant(-1)], {
      attributes: { axis: { int: 1 } },
    });
    const y = await this.linear(graph, this.checkpoint, {
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

  async #norm(name: string, x: string, tensor: string): Promise<string> {
    const scale = await storedWeight(this.graph, this.checkpoint, tensor);
    const epsilon = { float: this.#config.rmsNormEpsilon };
    return this.graph.node(name, "SimplifiedLayerNormalization", [x, scale], {
      attributes: { epsilon, axis: { int: -1 }, stash_type: { int: 1 } },
    });
  }

  /** The residual stream with y added, normed and as it is. */
  async #addAndNorm(
    name: string,
    x: string,
    y: string,
    tensor: string,
  ): Promise<[normed: string, sum: string]> {
    const scale = await storedWeight(this.graph, this.checkpoint, tensor);
    const sum = `${name}.sum`;
    const normed = this.graph.node(name, "SkipSimplifiedLayerNormalization", [x, y, scale], {
      attributes: { epsilon: { float: this.#config.rmsNormEpsilon } },
      outputs: [name, "", "", sum],
      domain: "com.microsoft",
    });
    return [normed, sum];
  }

  #layerLinear(layer: number, part: string, input: string): Promise<string> {
    const tensor = `model.layers.${layer}.${part}.weight`;
    const name = `layers.${layer}.${part}`;
    return this.linear(this.graph, this.checkpoint, { name, tensor, input, role: "layer" });
  }

  async #attention(layer: number, h: string, shared: AttentionInputs): Promise<string> {
    const { heads, keyValueHeads, headSize } = this.#config;
    const project = async (part: string, count: number, parts: 1 | 2) =>
      padHeads(this.graph, await this.#layerLinear(layer, part, h), count, headSize, parts);
    const q = await project("self_attn.q_proj", heads, 2);
    const k = await project("self_attn.k_proj", keyValueHeads, 2);
    const v = await project("self_attn.v_proj", keyValueHeads, 1);
    const [keys, values] = cacheNames(layer + 1).slice(-2);
    const { lengths, total, cos, sin, bias } = shared;
    const inputs = [q, k, v, keys.past, values.past, lengths, total, cos, sin, "", bias];
    const name = `layers.${layer}.attention`;
    const mixed = this.graph.node(name, "GroupQueryAttention", inputs, {
      attributes: {
        num_heads: { int: heads },
        kv_num_heads: { int: keyValueHeads },
        scale: { float: 1 / Math.sqrt(headSize) },
        do_rotary: { int: 1 },
        rotary_interleaved: { int: 0 },
      },
      outputs: [name, keys.present, values.present],
      domain: "com.microsoft",
    });
    const cut = cutHeads(this.graph, mixed, heads, headSize);
    return await this.#layerLinear(layer, "self_attn.o_proj", cut);
  }

  /** SwiGLU (Shazeer 2020, arXiv 2002.05202): down(silu(gate(h)) ⊙ up(h)), with silu(z) = z · sigmoid(z). */
  async #feedForward(layer: number, h: string): Promise<string> {
    const { graph } = this;
    const name = `layers.${layer}.mlp`;
    const gate = await this.#layerLinear(layer, "mlp.gate_proj", h);
    const up = await this.#layerLinear(layer, "mlp.up_proj", h);
    const sigmoid = graph.node(`${name}.sigmoid`, "Sigmoid", [gate]);
    const silu = graph.node(`${name}.silu`, "Mul", [gate, sigmoid]);
    const product = graph.node(`${name}.product`, "Mul", [silu, up]);
    return await this.#layerLinear(layer, "mlp.down_proj", product);
  }
}
