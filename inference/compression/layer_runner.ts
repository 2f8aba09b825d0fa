/**
 * Runs one decoder layer on calibration states, with weights as they are at that moment, from where it is known to where it is wanted.
 * @module
 */
import { type InferenceSession, Tensor } from "onnxruntime-node";
import type { Matrix } from "../../kernels/matrix.ts";
import { rotaryTables } from "../graph/attention_inputs.ts";
import { cacheWidth } from "../graph/head_size.ts";
import { cacheNames } from "../graph/names.ts";
import type { LlamaConfig } from "../llama_config.ts";
import type { SessionFactory } from "../session.ts";
import { LAYER_PARTS, type LayerPart, type PartGraph, partGraph } from "./layer_graph.ts";
import type { PaddedMask } from "./masked_attention.ts";
import type { BatchShape } from "./states.ts";

/** Weights of one decoder layer by their names in it, such as `"input_layernorm"` and `"mlp.up_proj"`. */
export interface LayerWeights {
  /** Weights of the norms [H]. */
  readonly norms: ReadonlyMap<string, Float32Array>;
  /** Weights of the linear layers [outputs, inputs]. */
  readonly linears: ReadonlyMap<string, Matrix>;
}

/**
 * What flows through a layer, each [B, S, width]: `states` before it; the inputs of the groups of `LINEAR_GROUPS`, `inputs0` to
 * `inputs3`; `sum`, the states with the attention's output; `next`, the states behind the layer.
 */
export type Flow = "states" | "inputs0" | "inputs1" | "sum" | "inputs2" | "inputs3" | "next";

/** Values of a batch. */
export type FlowValues = Partial<Record<Flow, Float32Array>>;

/** The order in which they are computed. */
const ORDER: readonly Flow[] = [
  "states",
  "inputs0",
  "inputs1",
  "sum",
  "inputs2",
  "inputs3",
  "next",
];

type Feeds = Record<string, Tensor>;

interface OpenPart extends PartGraph {
  readonly session: InferenceSession;
}

/** Open sessions for the layers of one model. Close it when it is no longer needed. */
export class LayerRunner {
  readonly #attention: Feeds;

  private constructor(
    private readonly config: LlamaConfig,
    private readonly parts: Readonly<Record<LayerPart, OpenPart>>,
    private readonly mask: PaddedMask | undefined,
  ) {
    this.#attention = mask ? maskFeeds(mask) : causalFeeds(config);
  }

  /**
   * Opens the sessions.
   * @param mask What samples may look at, instead of what stands before each token.
   */
  static async open(
    factory: SessionFactory,
    config: LlamaConfig,
    mask?: PaddedMask,
  ): Promise<LayerRunner> {
    const parts: Partial<Record<LayerPart, OpenPart>> = {};
    for (const part of LAYER_PARTS) {
      const graph = await partGraph(part, config, mask !== undefined);
      parts[part] = { ...graph, session: await factory.open(graph.model) };
    }
    return new LayerRunner(config, parts as Record<LayerPart, OpenPart>, mask);
  }

  /**
   * Computes what flows through a layer.
   *
   * @param known `states`, perhaps with `inputs1`; or `sum` alone.
   * @param last The last that is wanted.
   * @returns what was computed on the way, and what is known.
   */
  async run(
    weights: LayerWeights,
    batch: BatchShape,
    known: FlowValues,
    last: Flow,
  ): Promise<FlowValues> {
    const values = { ...known };
    const until = (flow: Flow) => ORDER.indexOf(last) <= ORDER.indexOf(flow);
    const run = (part: LayerPart, ...inputs: Float32Array[]) =>
      this.#run(part, weights, batch, inputs);
    if (values.sum) {
      const nothing = new Float32Array(values.sum.length); // x + 0 is x
      [, values.inputs2] = await run("middle", values.sum, nothing);
    } else {
      if (!values.inputs1) {
        [values.inputs0] = await run("norm", values.states!);
        if (until("inputs0")) return values;
        [values.inputs1] = await run("attention", values.inputs0);
      }
      if (until("inputs1")) return values;
      const [attended] = await run("output", values.inputs1);
      [values.sum, values.inputs2] = await run("middle", values.states!, attended);
    }
    if (until("inputs2")) return values;
    [values.inputs3] = await run("up", values.inputs2);
    if (until("inputs3")) return values;
    [values.next] = await run("down", values.inputs3, values.sum);
    return values;
  }

  /** Frees the sessions. */
  async close(): Promise<void> {
    for (const { session } of Object.values(this.parts)) await session.release();
  }

  async #run(
    part: LayerPart,
    weights: LayerWeights,
    batch: BatchShape,
    values: readonly Float32Array[],
  ): Promise<Float32Array[]> {
    const { session, inputs, weights: names, outputs } = this.parts[part];
    const [B, S] = [batch.lengths.length, batch.longest];
    const feeds: Feeds = {};
    inputs.forEach((name, i) => {
      feeds[name] = new Tensor("float32", values[i], [B, S, values[i].length / (B * S)]);
    });
    for (const name of names) feeds[name] = weightTensor(weights, name);
    if (part === "attention") Object.assign(feeds, this.#attention, this.#batchFeeds(B, S));
    const results = await session.run(feeds, [...outputs]);
    return outputs.map((name) => results[name].data as Float32Array);
  }

  #batchFeeds(B: number, S: number): Feeds {
    if (this.mask) return {};
    const feeds: Feeds = {
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

function causalFeeds(config: LlamaConfig): Feeds {
  const { positions, half, cos, sin } = rotaryTables(config);
  return {
    "rotary.cos": new Tensor("float32", cos, [positions, half]),
    "rotary.sin": new Tensor("float32", sin, [positions, half]),
  };
}

function maskFeeds({ bias, cos, sin }: PaddedMask): Feeds {
  const S = Math.sqrt(bias.length);
  return {
    bias: new Tensor("float32", bias, [S, S]),
    cos: new Tensor("float32", cos, [S, cos.length / S]),
    sin: new Tensor("float32", sin, [S, sin.length / S]),
  };
}

function weightTensor({ norms, linears }: LayerWeights, name: string): Tensor {
  const norm = norms.get(name);
  if (norm) return new Tensor("float32", norm, [norm.length]);
  const { rows, columns, data } = linears.get(name)!;
  return new Tensor("float32", data, [rows, columns]);
}
