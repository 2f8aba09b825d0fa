/**
 * A model folder as something to be timed.
 * @module
 */
import { openModel } from "../inference/compressed/model.ts";
import type { Device } from "../inference/devices.ts";
import type { AccuracyLevel } from "../inference/graph/nbits.ts";
import { cachedGraph, defaultGraphFolder } from "../inference/graph_cache.ts";
import { openDecoder } from "../inference/onnx_decoder.ts";
import type { TimedModel } from "./interleaved_time.ts";
import { timedIdentity } from "./timed_identity.ts";

/** How a model is opened for timing. */
export interface TimedModelOptions {
  /**
   * Where it runs.
   * @default {"cpu"}
   */
  device?: Device;
  /**
   * Threads inside one operator on the CPU.
   * @default {`defaultThreads()`}
   */
  threads?: number;
  /**
   * Where graphs are kept.
   * @default {`defaultGraphFolder()`}
   */
  graphFolder?: string;
  /**
   * As for `loadTranslator()`.
   * @default {1}
   */
  accuracyLevel?: AccuracyLevel;
  /** As for `loadTranslator()`. */
  dtype?: "float16";
}

/**
 * A model to be timed, from its folder.
 *
 * @param id The method's id.
 * @param folder As for `loadTranslator()`: a compressed model is timed in the form in which it is run.
 * @throws {Error} If the folder cannot be read.
 */
export async function timedModel(
  id: string,
  folder: string,
  options: TimedModelOptions = {},
): Promise<TimedModel> {
  const { device = "cpu", threads, graphFolder = defaultGraphFolder(), accuracyLevel = 1 } =
    options;
  const weights = await withModel(folder, options, (checkpoint) => checkpoint.sha256());
  return {
    id,
    sha256: timedIdentity(weights, accuracyLevel),
    open: () =>
      withModel(folder, options, async (checkpoint) => {
        const { model } = await cachedGraph(checkpoint, graphFolder, { accuracyLevel });
        return await openDecoder(model, checkpoint.config, { device, threads });
      }),
  };
}

async function withModel<T>(
  folder: string,
  { dtype }: TimedModelOptions,
  use: (checkpoint: Awaited<ReturnType<typeof openModel>>) => Promise<T>,
): Promise<T> {
  const checkpoint = await openModel(folder, { dtype });
  try {
    return await use(checkpoint);
  } finally {
    checkpoint.close();
  }
}
