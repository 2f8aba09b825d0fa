/**
 * Runs one decoder layer on calibration states, with weights as they are at that moment.
 * @module
 */
import { type InferenceSession, Tensor } from "onnxruntime-node";
import type { Matrix } from "../../kernels/matrix.ts";
import { rotaryTables } from "../graph/attention_inputs.ts";
import { cacheWidth } from "../graph/head_size.ts";
import { cacheNames } from "../graph/names.ts";
import type { LlamaConfig } from "../llama_config.ts";
import type { SessionFactory } from "../session.ts";
import { type LayerGraph, layerGraph, NEXT_STATES } from "./layer_graph.ts";
import type { StateBatch } from "./states.ts";

/** Weights of one decoder layer by their names in it, such as `"input_layernorm"` and `"mlp.up_proj"`. */
export interface LayerWeights {
  /** Weights of the norms [H]. */
  readonly norms: ReadonlyMap<string, Float32Array>;
  /** Weights of the linear layers [outputs, inputs]. */
  readonly linears: ReadonlyMap<string, Matrix>;
}

type Feeds = Record<string, Tensor>;

/** An open session for the layers of one model. Close it when it is no longer needed. */
export class LayerRunner {
  readonly #constant: Feeds;

  private constructor(
    private readonly config: LlamaConfig,
    private readonly graph: LayerGraph,
    private readonly session: InferenceSession,
  ) {
    const { positions, half, cos, sin } = rotaryTables(config);
    this.#constant = {
      "rotary.cos": new Tensor("float32", cos, [positions, half]),
      "rotary.sin": new Tensor("float32", sin, [positions, half]),
    };
  }

  /** Opens the session. */
  static async open(factory: SessionFactory, config: LlamaConfig): Promise<LayerRunner> {
    const graph = await layerGraph(config);
    return new LayerRunner(config, graph, await factory.open(graph.model));
  }

  /** The states behind the layer [B, S, H]. */
  async next(weights: LayerWeights, batch: StateBatch): Promise<Float32Array> {
    return (await this.#run(weights, batch, [NEXT_STATES]))[0];
  }

  /** The inputs of some groups of `LINEAR_GROUPS`, by their indices, each [B, S, columns]. */
  async inputs(
    weights: LayerWeights,
    batch: StateBatch,
    groups: readonly number[],
  ): Promise<Float32Array[]> {
    return await this.#run(weights, batch, groups.map((group) => this.graph.captures[group]));
  }

  /** Frees the session. */
  async close(): Promise<void> {
    await this.session.release();
  }

  async #run(
    weights: LayerWeights,
    batch: StateBatch,
    outputs: readonly string[],
  ): Promise<Float32Array[]> {
    const feeds = { ...this.#constant, ...weightFeeds(weights), ...this.#batchFeeds(batch) };
    const results = await this.session.run(feeds, [...outputs]);
    return outputs.map((name) => results[name].data as Float32Array);
  }

  #batchFeeds({ states, lengths, longest: S }: StateBatch): Feeds {
    const B = lengths.length;
    const feeds: Feeds = {
      states: new Tensor("float32", states, [B, S, this.config.hiddenSize]),
      lengths: new Tensor("int32", new Int32Array(B).fill(S - 1), [B]),
      total: new Tensor("int32", Int32Array.of(S), []),
    };
    const shape = [B, this.config.keyValueHeads, 0, cacheWidth(this.config)];
    for (const { past } of cacheNames(1)) {
      feeds[past] = new Tensor("float32", new Float32Array(0), shape);
    }
    return feeds;
  }
}

function weightFeeds({ norms, linears }: LayerWeights): Feeds {
  const feeds: Feeds = {};
  for (const [name, norm] of norms) feeds[name] = new Tensor("float32", norm, [norm.length]);
  for (const [name, { rows, columns, data }] of linears) {
    feeds[name] = new Tensor("float32", data, [rows, columns]);
  }
  return feeds;
}
