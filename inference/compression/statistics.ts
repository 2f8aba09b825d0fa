/**
 * Gathers statistics of linear layers' inputs over the calibration samples, in their order.
 * @module
 */
import type { Backend, StatisticKind, StatisticsAccumulator } from "../../kernels/backend.ts";
import { type Matrix, matrix } from "../../kernels/matrix.ts";
import type { LlamaConfig } from "../llama_config.ts";
import type { CalibrationStates } from "./calibration_states.ts";
import { release } from "../release.ts";
import { layerShapes, LINEAR_GROUPS } from "./layer_graph.ts";
import type { Flow, FlowValues, LayerRunner, LayerWeights } from "./layer_runner.ts";
import type { LinearStatistics } from "./method.ts";
import type { BatchShape } from "./states.ts";

/** What gathering works with. */
export interface Gathering {
  /** The model's sizes. */
  readonly config: LlamaConfig;
  /** Runs the layer. */
  readonly runner: LayerRunner;
  /** What sums the statistics. */
  readonly backend: Backend;
  /** The samples before the layer. */
  readonly states: CalibrationStates;
  /** Is told how many batches are done. */
  readonly onBatch: (done: number) => void;
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/** What of a layer's inputs is to be known. */
export interface Wanted {
  /** Which statistics. */
  readonly kinds: ReadonlySet<StatisticKind>;
  /** Whose inputs, as indices of `LINEAR_GROUPS`, ascending. */
  readonly groups: readonly number[];
  /**
   * Whether the weights before the group are final and nothing is going to be gathered before it any more, so that the way to it need
   * not be computed again.
   */
  readonly final: boolean;
}

/** The inputs of the groups of `LINEAR_GROUPS`. */
const INPUTS: readonly Flow[] = ["inputs0", "inputs1", "inputs2", "inputs3"];

/**
 * Runs the samples through a layer and gathers statistics of the inputs of some of its linear layers.
 *
 * @param gathering the samples, and what runs them.
 * @param weights the layer's weights as they are now.
 * @param wanted which statistics, of which inputs.
 * @returns the statistics of each linear layer; those of one group are one object.
 * @throws {RangeError} if a state is not finite.
 */
export async function gatherStatistics(
  { config, runner, backend, states, onBatch, signal }: Gathering,
  weights: LayerWeights,
  { kinds, groups, final }: Wanted,
): Promise<Map<string, LinearStatistics>> {
  const shapes = layerShapes(config);
  const columns = groups.map((group) => shapes.get(LINEAR_GROUPS[group][0])![1]);
  const sums = columns.map((C) => backend.statistics(C, kinds));
  try {
    await addBatches(sums);
    const found = await Promise.all(sums.map((sum) => sum.result()));
    return new Map(
      groups.flatMap((group, i) => LINEAR_GROUPS[group].map((name) => [name, found[i]])),
    );
  } finally {
    sums.forEach((sum) => sum.release());
  }

  async function addBatches(sums: readonly StatisticsAccumulator[]): Promise<void> {
    const last = INPUTS[groups.at(-1)!];
    for (const [b, shape] of states.shapes.entries()) {
      signal?.throwIfAborted();
      const values = await runner.run(weights, shape, await states.read(b), last);
      if (final) await keepWay(states, b, values, last);
      for (const [i, group] of groups.entries()) {
        const inputs = withoutPadding(values[INPUTS[group]]!, shape, columns[i]);
        await sums[i].add(inputs, shape.lengths);
        if (inputs.data !== values[INPUTS[group]]) release(inputs.data);
      }
      states.release(b, values);
      onBatch(b + 1);
    }
  }
}

/** Keeps what stands just before the inputs that were asked for. */
async function keepWay(
  states: CalibrationStates,
  batch: number,
  { inputs1, sum }: FlowValues,
  last: Flow,
): Promise<void> {
  if (last === "inputs1") await states.keep(batch, "inputs1", inputs1!);
  if (last === "inputs2") await states.keep(batch, "sum", sum!);
}

/** The tokens of all samples of a batch [T, C]. */
function withoutPadding(values: Float32Array, batch: BatchShape, C: number): Matrix {
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
