/**
 * `deno task proof run`: what running a model takes, in several forms beside each other.
 * @module
 */
import { chooseAccuracyLevel } from "../../inference/accuracy_level.ts";
import { gigabytes } from "../../inference/decoding_memory.ts";
import { defaultThreads, describeAdapter } from "../../inference/devices.ts";
import type { AccuracyLevel } from "../../inference/graph/nbits.ts";
import type { LlamaConfig } from "../../inference/llama_config.ts";
import type { Proof } from "./proof.ts";
import type { RunForm } from "./random_form.ts";
import { measureRun, type RunMeasure } from "./run_measure.ts";
import {
  folderModel,
  randomModel,
  type ReadyModel,
  shapeConfig,
  type Target,
} from "./run_models.ts";
import { parseRunOptions, RUN_HELP, type RunOptions, withLevel } from "./run_options.ts";
import { summarize } from "./run_summary.ts";

/** `deno task proof run`. */
export const RUN: Proof = {
  name: "run",
  summary: "Runs 7B in several forms: load, memory, tokens per second (8 GB of memory for 8 bits)",
  help: RUN_HELP,
  async run(args, print) {
    const options = parseRunOptions(args);
    const folder = options.graphs ?? await Deno.makeTempDir({ prefix: "mtpress-run-" });
    try {
      const float16 = options.device === "webgpu" && await computesFloat16();
      const models = await readyModels(options, { folder, float16 }, print);
      return await runInTurn(options, models, print);
    } finally {
      if (!options.graphs) await Deno.remove(folder, { recursive: true });
    }
  },
};

/** Whether the default adapter has WebGPU's float16. */
async function computesFloat16(): Promise<boolean> {
  const adapter = await navigator.gpu?.requestAdapter();
  return adapter?.features.has("shader-f16") ?? false;
}

/** The level that experiments take for a form. */
function usualLevel(config: LlamaConfig, form: RunForm, { device }: RunOptions): AccuracyLevel {
  const bits = form === "8-bit" ? 8 : form === "4-bit" ? 4 : undefined;
  return bits === undefined
    ? 1
    : chooseAccuracyLevel(config, [{ kind: "rtn", bits, groupSize: 128 }], device);
}

async function readyModels(
  options: RunOptions,
  { folder, float16 }: Pick<Target, "folder" | "float16">,
  print: (line: string) => void,
): Promise<ReadyModel[]> {
  const { device, shape, layers, vocabulary, forms, models } = options;
  const adapter = device === "webgpu" ? `: ${await describeAdapter() ?? "unknown adapter"}` : "";
  print(`Device ${device}${adapter}, ${options.threads ?? defaultThreads()} threads`);
  const all: ReadyModel[] = [];
  const add = (model: ReadyModel) => {
    const { name, computes, bytes, written } = model;
    print(`${name} (${computes}): graph of ${gigabytes(bytes)} ready in ${written.toFixed(1)} s`);
    all.push(model);
  };
  const config = shapeConfig(shape, { layers, vocabulary });
  for (const chosen of forms) {
    const { form, accuracyLevel = usualLevel(config, form, options) } = chosen;
    add(await randomModel(config, form, { device, folder, accuracyLevel, float16 }));
  }
  for (const text of models) {
    const { name, accuracyLevel = 1 } = withLevel(text);
    add(await folderModel(name, { device, folder, accuracyLevel, float16 }));
  }
  return all;
}

async function runInTurn(
  options: RunOptions,
  models: readonly ReadyModel[],
  print: (line: string) => void,
): Promise<Record<string, unknown>> {
  const { device, threads, batches, promptTokens, newTokens } = options;
  const work = { batches, promptTokens, newTokens };
  const measures: RunMeasure[][] = models.map(() => []);
  for (let repeat = 1; repeat <= options.repeats; repeat++) {
    for (const [i, { name, model, config }] of models.entries()) {
      const measure = await measureRun(model, config, work, { device, threads });
      measures[i].push(measure);
      const times = measure.batches.map(({ batch, prefill, step }) =>
        `batch ${batch} prompt ${prefill.toFixed(2)} s, step ${(1000 * step).toFixed(0)} ms`
      );
      print(`run ${repeat} of ${name}: load ${measure.load.toFixed(1)} s; ${times.join("; ")}`);
    }
  }
  const summary = await summarize(models, measures, work, print);
  return { device, shape: options.shape, layers: models[0]?.config.layers, ...summary };
}
