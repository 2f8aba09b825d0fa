/**
 * The loop over a model's decoder layers: steps, the layer's file, then the samples' states behind the layer.
 * @module
 */
import type { Backend } from "../../kernels/backend.ts";
import type { LayerContent } from "../compressed/layer_file.ts";
import type { CompressedModelWriter } from "../compressed/writer.ts";
import type { JsonObject } from "../json_value.ts";
import { CalibrationStates, forgetStates } from "./calibration_states.ts";
import { stateBytes, usualPlace } from "./states_place.ts";
import type { Activity, CompressOptions } from "./compress_options.ts";
import { LayerInWork } from "./layer.ts";
import type { LayerRunner } from "./layer_runner.ts";
import { type LayerTools, runSteps } from "./layer_steps.ts";
import type { PlannedStep } from "./step_plan.ts";
import type { MatrixProducts } from "./products.ts";
import { type LinearReport, outputError, zeroShare } from "./report.ts";
import { SharedGptq } from "./shared_gptq.ts";
import type { TokenSequence } from "./states.ts";
import { gatherStatistics } from "./statistics.ts";

/** What is compressed, and how, but for what computes. */
type ModelOptions = Omit<CompressOptions, "backend">;

/** What compressing a model works with. */
export interface CompressionTools {
  /** The steps and their methods. */
  readonly plan: readonly PlannedStep[];
  /** The calibration samples; none when no step needs statistics. */
  readonly samples: readonly TokenSequence[];
  /** Runs layers. */
  readonly runner: LayerRunner;
  /** Multiplies. */
  readonly products: MatrixProducts;
  /** Writes layers. */
  readonly writer: CompressedModelWriter;
  /** What computes. */
  readonly backend: Backend;
}

/** Compresses all layers that are not complete yet. */
export async function compressLayers(
  options: ModelOptions,
  tools: CompressionTools,
): Promise<void> {
  const { source, signal, folder } = options;
  const { writer, samples } = tools;
  const { layers } = source.config;
  const needed = samples.length > 0 && writer.done < layers;
  const states = needed ? await openStates(options, tools) : undefined;
  if (states) await catchUp(states, options, tools);
  for (let layer = writer.done; layer < layers; layer++) {
    signal?.throwIfAborted();
    const tell = activityTeller(options, layer);
    tell("read");
    const work = await LayerInWork.read(source, layer);
    const content = await compressLayer(work, states, options, tools);
    tell("write");
    await writer.writeLayer(layer, content);
    if (states && layer + 1 < layers) await advance(states, work, options, tools);
    work.release();
  }
  await forgetStates(folder);
}

async function openStates(
  { source, folder, paddedTo, states }: ModelOptions,
  { samples, writer: { done } }: CompressionTools,
): Promise<CalibrationStates> {
  const place = states ?? usualPlace(stateBytes(source.config, samples, paddedTo).all);
  return await CalibrationStates.open({ source, samples, folder, place, paddedTo, done });
}

/** Takes states that an earlier process left to the layer that is next. */
async function catchUp(
  states: CalibrationStates,
  options: ModelOptions,
  tools: CompressionTools,
): Promise<void> {
  const { writer } = tools;
  const first = states.shapes.reduce((least, _, b) => Math.min(least, states.layer(b)), Infinity);
  for (let layer = first; layer < writer.done; layer++) {
    const content = await writer.readLayer(layer);
    const work = await LayerInWork.restore(options.source, layer, content);
    await advance(states, work, options, tools);
    work.release();
  }
}

/** Takes the samples' states through a layer. */
async function advance(
  states: CalibrationStates,
  work: LayerInWork,
  options: ModelOptions,
  { runner }: CompressionTools,
): Promise<void> {
  const { layer } = work;
  const tell = activityTeller(options, layer);
  for (const [b, shape] of states.shapes.entries()) {
    options.signal?.throwIfAborted();
    tell("advance", b, states.shapes.length);
    if (states.layer(b) > layer) continue;
    const values = await runner.run(work, shape, await states.read(b), "next");
    await states.advance(b, values.next!);
    states.release(b, values);
  }
  tell("advance", states.shapes.length, states.shapes.length);
}

async function compressLayer(
  work: LayerInWork,
  states: CalibrationStates | undefined,
  options: ModelOptions,
  { plan, runner, products, backend }: CompressionTools,
): Promise<LayerContent> {
  const { source, signal, onProgress, onNotice } = options;
  const { layer } = work;
  const { layers } = source.config;
  const notices: string[] = [];
  const tell = activityTeller(options, layer);
  const batches = states?.shapes.length ?? 0;
  const tools: LayerTools = {
    gather: async (weights, wanted) => {
      tell("gather", 0, batches);
      const onBatch = (done: number) => tell("gather", done, batches);
      const { config } = source;
      const gathering = { config, runner, backend, states: states!, onBatch, signal };
      return await gatherStatistics(gathering, weights, wanted);
    },
    error: async (state, hessian) => {
      tell("judge");
      return await outputError(state, hessian, products);
    },
    backend,
    gptq: new SharedGptq(backend),
    progress: (step, linear) => {
      if (linear !== undefined) tell("compress");
      onProgress?.({ layer, layers, step, ...(linear && { linear }) });
    },
    notice(sentence) {
      notices.push(sentence);
      onNotice?.(sentence);
    },
    signal,
  };
  const errors = await runSteps(work, plan, tools).finally(() => tools.gptq.release());
  const linears: LinearReport[] = work.states().map(({ name, stored, weight }) => {
    const error = errors.get(name);
    return {
      name: work.tensor(name),
      form: stored?.kind ?? "dense",
      sparsity: zeroShare(weight),
      ...(error !== undefined && { error }),
    };
  });
  const facts: JsonObject = { linears, notices };
  return work.content(facts);
}

/** Tells what is being done with a layer. */
function activityTeller(
  { source, onActivity }: ModelOptions,
  layer: number,
): (activity: Activity, done?: number, total?: number) => void {
  const { layers } = source.config;
  return (activity, done, total) =>
    onActivity?.({ layer, layers, activity, ...(done !== undefined && { done, total }) });
}
