/**
 * Gathers statistics of linear layers' inputs over the calibration samples, in their order.
 * @module
 */
import { channelAbsmax } from "../../kernels/channel_absmax.ts";
import {
  addColumnStatistics,
  type ColumnStatistics,
  emptyColumnStatistics,
} from "../../kernels/column_statistics.ts";
import { type HessianAccumulator, hessianAccumulator } from "../../kernels/hessian.ts";
import { type Matrix, matrix } from "../../kernels/matrix.ts";
import type { LlamaConfig } from "../llama_config.ts";
import { layerShapes, LINEAR_GROUPS } from "./layer_graph.ts";
import type { LayerRunner, LayerWeights } from "./layer_runner.ts";
import type { LinearStatistics, StatisticKind } from "./method.ts";
import type { MatrixProducts } from "./products.ts";
import type { StateBatch } from "./states.ts";

/** What gathering works with. */
export interface Gathering {
  /** The model's sizes. */
  readonly config: LlamaConfig;
  /** Runs the layer. */
  readonly runner: LayerRunner;
  /** Multiplies. */
  readonly products: MatrixProducts;
  /** The samples before the layer. */
  readonly batches: readonly StateBatch[];
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/**
 * Runs the samples through a layer and gathers statistics of the inputs of some of its linear layers.
 *
 * @param gathering the samples, and what runs them.
 * @param weights the layer's weights as they are now.
 * @param kinds which statistics.
 * @param groups whose inputs, as indices of `LINEAR_GROUPS`.
 * @returns the statistics of each linear layer; those of one group are one object.
 * @throws {RangeError} if a state is not finite.
 */
export async function gatherStatistics(
  gathering: Gathering,
  weights: LayerWeights,
  kinds: ReadonlySet<StatisticKind>,
  groups: readonly number[],
): Promise<Map<string, LinearStatistics>> {
  const { config, runner, products, batches, signal } = gathering;
  const shapes = layerShapes(config);
  const columns = groups.map((group) => shapes.get(LINEAR_GROUPS[group][0])![1]);
  const sums = columns.map((C) => new StatisticsSum(C, kinds, products));
  for (const batch of batches) {
    signal?.throwIfAborted();
    const inputs = await runner.inputs(weights, batch, groups);
    for (let i = 0; i < inputs.length; i++) {
      await sums[i].add(withoutPadding(inputs[i], batch, columns[i]), batch.lengths);
    }
  }
  return new Map(groups.flatMap((group, i) => {
    const statistics = sums[i].result();
    return LINEAR_GROUPS[group].map((name) => [name, statistics]);
  }));
}

/** The tokens of all samples of a batch [T, C]. */
function withoutPadding(values: Float32Array, batch: StateBatch, C: number): Matrix {
  const { lengths, longest } = batch;
  const tokens = lengths.reduce((a, b) => a + b);
  if (tokens === lengths.length * longest) return matrix(tokens, C, values);
  const kept = new Float32Array(tokens * C);
  let at = 0;
  lengths.forEach((length, b) => {
    const start = b * longest * C;
    kept.set(values.subarray(start, start + length * C), at);
    at += length * C;
  });
  return matrix(tokens, C, kept);
}

/** Statistics of the inputs of one group of linear layers, growing. */
class StatisticsSum {
  readonly #hessian?: HessianAccumulator;
  #columns?: ColumnStatistics;
  #absmax?: Float32Array;

  constructor(
    C: number,
    kinds: ReadonlySet<StatisticKind>,
    private readonly products: MatrixProducts,
  ) {
    if (kinds.has("hessian")) this.#hessian = hessianAccumulator(C);
    if (kinds.has("columns")) this.#columns = emptyColumnStatistics(C);
    if (kinds.has("absmax")) this.#absmax = new Float32Array(C);
  }

  async add(inputs: Matrix, lengths: readonly number[]): Promise<void> {
    const { columns: C, data } = inputs;
    if (this.#hessian) {
      this.#hessian.addProduct(await this.products.gram(inputs), lengths.length);
    }
    if (this.#absmax) this.#absmax = channelAbsmax(inputs, this.#absmax);
    let at = 0;
    for (const length of this.#columns ? lengths : []) {
      const sample = matrix(length, C, data.subarray(at, at + length * C));
      this.#columns = addColumnStatistics(this.#columns!, sample);
      at += length * C;
    }
  }

  result(): LinearStatistics {
    return {
      ...(this.#hessian && { hessian: this.#hessian.hessian() }),
      ...(this.#columns && { columns: this.#columns }),
      ...(this.#absmax && { absmax: this.#absmax }),
    };
  }
}
