/**
 * The loop over a model's decoder layers: steps, the layer's file, then the samples' states behind the layer.
 * @module
 */
import type { LayerContent } from "../compressed/layer_file.ts";
import type { CompressedModelWriter } from "../compressed/writer.ts";
import type { JsonObject } from "../json_value.ts";
import type { CompressOptions } from "./compress_options.ts";
import type { GptqFunction } from "./gptq_backend.ts";
import { LayerInWork } from "./layer.ts";
import type { LayerRunner } from "./layer_runner.ts";
import { type LayerTools, type PlannedStep, runSteps } from "./layer_steps.ts";
import type { MatrixProducts } from "./products.ts";
import { type LinearReport, outputError, zeroShare } from "./report.ts";
import { embeddedStates, type StateBatch, type TokenSequence } from "./states.ts";
import { forgetStates, keepStates, restoreStates } from "./states_file.ts";
import { gatherStatistics } from "./statistics.ts";

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
  /** Quantises by GPTQ. */
  readonly gptq: GptqFunction;
}

/** Compresses all layers that are not complete yet. */
export async function compressLayers(
  options: CompressOptions,
  tools: CompressionTools,
): Promise<void> {
  const { source, signal, folder } = options;
  const { writer, samples } = tools;
  const { layers } = source.config;
  const needed = samples.length > 0 && writer.done < layers;
  const batches = needed ? await embeddedStates(source, samples) : [];
  const kept = needed ? await restoreStates(folder, batches, writer.done) : writer.done;
  for (let layer = kept; layer < writer.done; layer++) {
    const content = await writer.readLayer(layer);
    await advance(tools, batches, await LayerInWork.restore(source, layer, content), signal);
  }
  for (let layer = writer.done; layer < layers; layer++) {
    signal?.throwIfAborted();
    const work = await LayerInWork.read(source, layer);
    await writer.writeLayer(layer, await compressLayer(work, batches, options, tools));
    if (needed && layer + 1 < layers) {
      await advance(tools, batches, work, signal);
      await keepStates(folder, layer + 1, batches);
    }
  }
  await forgetStates(folder);
}

/** Takes the samples' states through a layer. */
async function advance(
  { runner }: CompressionTools,
  batches: readonly StateBatch[],
  layer: LayerInWork,
  signal?: AbortSignal,
): Promise<void> {
  for (const batch of batches) {
    signal?.throwIfAborted();
    batch.states = await runner.next(layer, batch);
  }
}

async function compressLayer(
  work: LayerInWork,
  batches: readonly StateBatch[],
  options: CompressOptions,
  { plan, runner, products, gptq }: CompressionTools,
): Promise<LayerContent> {
  const { source, signal, onProgress, onNotice } = options;
  const { layer } = work;
  const { layers } = source.config;
  const notices: string[] = [];
  const gathering = { config: source.config, runner, products, batches, signal };
  const tools: LayerTools = {
    gather: (weights, kinds, groups) => gatherStatistics(gathering, weights, kinds, groups),
    gptq,
    progress: (step, linear) => onProgress?.({ layer, layers, step, ...(linear && { linear }) }),
    notice(sentence) {
      notices.push(sentence);
      onNotice?.(sentence);
    },
    signal,
  };
  const hessians = await runSteps(work, plan, tools);
  const linears: LinearReport[] = [];
  for (const state of work.states()) {
    const hessian = hessians.get(state.name);
    linears.push({
      name: work.tensor(state.name),
      form: state.stored?.kind ?? "dense",
      sparsity: zeroShare(state.weight),
      ...(hessian && { error: await outputError(state, hessian, products) }),
    });
  }
  const facts: JsonObject = { linears, notices };
  return work.content(facts);
}
