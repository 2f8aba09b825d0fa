/**
 * All of Table 1's compressions of the embedded model, in one process.
 * @module
 */
import { openBackend } from "../../inference/backends.ts";
import { openModel } from "../../inference/compressed/model.ts";
import type { CompressOptions } from "../../inference/compression/compress_options.ts";
import { compressModel } from "../../inference/compression/compress_model.ts";
import { METHODS } from "../../inference/compression/methods.ts";
import { stepMethod } from "../../inference/compression/steps.ts";
import { defaultThreads } from "../../inference/devices.ts";
import { loadTokenizer } from "../../inference/tokenizer.ts";
import { drawCalibration } from "../calibration.ts";
import { calibrationTokens } from "../calibration_tokens.ts";
import { findModel } from "../model.ts";
import type { MethodRecipe, Recipe } from "../recipe.ts";
import { loadRecipe } from "../recipes.ts";
import {
  type BenchContext,
  type Benchmark,
  type BenchResult,
  type Contestant,
  interleave,
  type Ratio,
  ratioOf,
  type Runnable,
  secondsOf,
} from "./benchmark.ts";
import { threadsText } from "./our_backends.ts";

/** Seconds that all compressions together may take. */
const MOST_SECONDS = 20;
const QUICK_SAMPLES = 32;

/** All of Table 1's compressions. */
export const TABLE_1: Benchmark = {
  id: "table_1",
  sentence: `All of Table 1's compressions of the embedded model, in less than ${MOST_SECONDS} s`,
  async *run(context) {
    yield await measure(context);
  },
};

async function measure(context: BenchContext): Promise<BenchResult> {
  const recipe = await loadRecipe("table_1");
  const methods = recipe.methods.filter(({ steps }) => steps.length > 0);
  const threads = defaultThreads();
  const model = await findModel("tiny");
  const backend = await openBackend("wasm", { threads });
  const source = await openModel(model.folder, { dtype: model.dtype });
  try {
    const { maxPositions } = source.config;
    const runs: Runnable[] = [];
    for (const method of methods) {
      const tokens = await calibrationOf(method, recipe, model.folder, maxPositions, context);
      const options = { source, backend, threads, steps: method.steps, ...tokens };
      runs.push({ name: method.id, run: () => compression(method.id, options, context) });
    }
    const each = await interleave(runs, context.repeats, context);
    const all = inAll(`mtpress wasm, ${threadsText(threads)}`, each);
    const title = `Table 1, ${methods.length} compressions of the embedded model`;
    return {
      benchmark: "table_1",
      title,
      size: { methods: methods.length },
      unit: "s",
      contestants: [all, ...each],
      ratios: context.quick ? [] : [againstLimit(title, all)],
      notes: context.quick ? [`Quick: ${QUICK_SAMPLES} calibration samples`] : [],
    };
  } finally {
    source.close();
    await backend.close();
  }
}

/** The calibration of a method that looks at activations, as tokens; they are made outside the time. */
async function calibrationOf(
  { steps, calibration }: MethodRecipe,
  recipe: Recipe,
  folder: string,
  maxPositions: number,
  { quick }: BenchContext,
): Promise<Pick<CompressOptions, "calibration" | "paddedTo">> {
  if (steps.every((step) => stepMethod(step, METHODS).needs.length === 0)) return {};
  const chosen = { ...recipe.calibration!, ...calibration };
  const samples = quick ? QUICK_SAMPLES : chosen.samples;
  const drawn = await drawCalibration({ ...chosen, samples }, recipe.seed);
  return calibrationTokens(drawn, await loadTokenizer(folder), maxPositions);
}

/** Seconds of one compression into a folder that is empty before and gone afterwards. */
async function compression(
  id: string,
  options: Omit<CompressOptions, "folder">,
  { workFolder, signal }: BenchContext,
): Promise<number> {
  const folder = `${workFolder}/table_1_${id}`;
  const seconds = await secondsOf(() => compressModel({ ...options, folder, signal }));
  await Deno.remove(folder, { recursive: true });
  return seconds;
}

/** All compressions of a round together. */
function inAll(name: string, each: readonly Contestant[]): Contestant {
  const failed = each.find(({ error }) => error !== undefined);
  if (failed) return { name, samples: [], error: `${failed.name}: ${failed.error}` };
  const samples = each[0].samples.map((_, round) =>
    each.reduce((sum, one) => sum + one.samples[round], 0)
  );
  return { name, samples, note: "all methods" };
}

function againstLimit(title: string, all: Contestant): Ratio {
  const name = `${MOST_SECONDS} s`;
  const limit = { name, samples: all.samples.map(() => MOST_SECONDS) };
  return ratioOf(`${title}: time / ${name}`, all, limit, { most: 1 });
}
