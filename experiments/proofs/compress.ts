/**
 * Compresses random weights in ALMA-7B's layout: how much memory that takes, and how long a layer.
 * @module
 */
import {
  stateBytes,
  type StatesPlace,
  usualPlace,
} from "../../inference/compression/states_place.ts";
import process from "node:process";
import { ALMA_7B } from "../../data/alma_7b.ts";
import { type Checkpoint, openCheckpoint } from "../../inference/checkpoint.ts";
import { compressModel } from "../../inference/compression/compress_model.ts";
import { storedModelBytes } from "../../inference/compression/memory.ts";
import type { CompressionReport } from "../../inference/compression/report.ts";
import type { Step } from "../../inference/compression/step.ts";
import { seededRandom } from "../../metrics/random.ts";
import { optionalPositiveInteger, readArguments } from "../command.ts";
import { loadRecipe } from "../recipes.ts";
import { ActivityTimes, extrapolate, type Extrapolation } from "./activity_times.ts";
import { residentMemory } from "./peak_memory.ts";
import type { Proof } from "./proof.ts";
import { writeRandomModel } from "./random_weights.ts";

const ALL_LAYERS = 32;

interface Options {
  layers: number;
  samples: number;
  tokens: number;
  method: string;
  steps: readonly Step[];
  work: string;
  states: StatesPlace | undefined;
  paddedTo: number | undefined;
  threads: number | undefined;
  keep: boolean;
}

async function parseOptions(args: readonly string[]): Promise<Options> {
  const { values } = readArguments(args, {
    layers: { type: "string" },
    samples: { type: "string" },
    tokens: { type: "string" },
    method: { type: "string" },
    steps: { type: "string" },
    work: { type: "string" },
    states: { type: "string" },
    "padded-to": { type: "string" },
    threads: { type: "string" },
    keep: { type: "boolean" },
  });
  const count = (name: "layers" | "samples" | "tokens" | "padded-to" | "threads") => {
    return optionalPositiveInteger(name, values[name]);
  };
  const { method = "gptq-4", states } = values;
  if (states !== undefined && states !== "memory" && states !== "disk") {
    throw new RangeError(`Cannot use --states ${states}: it must be memory or disk`);
  }
  return {
    layers: count("layers") ?? 2,
    samples: count("samples") ?? 512,
    tokens: count("tokens") ?? 130,
    method: values.steps === undefined ? method : "steps",
    steps: values.steps === undefined ? await methodSteps(method) : JSON.parse(values.steps),
    work: values.work ?? "results/proof",
    states,
    paddedTo: count("padded-to"),
    threads: count("threads"),
    keep: values.keep ?? false,
  };
}

async function methodSteps(id: string): Promise<readonly Step[]> {
  const recipes = [await loadRecipe("table_1"), await loadRecipe("figure_1")];
  const methods = recipes.flatMap((recipe) => recipe.methods);
  const method = methods.find((candidate) => candidate.id === id);
  if (method) return method.steps;
  const ids = [...new Set(methods.map((candidate) => candidate.id))].join(", ");
  throw new RangeError(`Cannot use method ${JSON.stringify(id)}: it must be one of ${ids}`);
}

/** Samples of random tokens; lengths spread evenly from a half to one and a half times the mean. */
function randomSamples(count: number, mean: number, vocabulary: number): number[][] {
  const random = seededRandom(7);
  const half = Math.floor(mean / 2);
  return Array.from({ length: count }, () => {
    const length = mean - half + random.below(2 * half + 1);
    return [1, ...Array.from({ length: length - 1 }, () => 3 + random.below(vocabulary - 3))];
  });
}

/** Opens the random model, which is written first where it is not there. */
async function openRandomModel({ work, layers }: Options): Promise<Checkpoint> {
  const folder = `${work}/random-${layers}-f16`;
  try {
    return await openCheckpoint(folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const config = { ...ALMA_7B.config, num_hidden_layers: layers };
  await writeRandomModel({ config, dtype: "F16", folder });
  return await openCheckpoint(folder);
}

function printResult(
  print: (line: string) => void,
  { layers, method }: Options,
  report: CompressionReport,
  { arithmetic }: Extrapolation,
  peak: number,
): void {
  print(`${method}: ${layers} layers in ${report.seconds.toFixed(0)} s, ${report.bytes} bytes`);
  print(`Peak resident memory: ${(peak / 1e9).toFixed(2)} GB`);
  print(`${ALL_LAYERS} layers: ${arithmetic}`);
}

/** `deno task proof compress`. */
export const COMPRESS: Proof = {
  name: "compress",
  summary: "Compresses random weights in ALMA-7B's layout: peak memory, seconds per layer",
  help: `deno task proof compress [--method ID] [options]

Compresses random weights with ALMA-7B's config and measures peak memory and time by activity,
extrapolated to ${ALL_LAYERS} layers. Memory: at most 6 GB. Disk: 1.3 GB for two layers and as much again.

  --method ID      a method of table_1 or figure_1 (default gptq-4)
  --steps JSON     the steps instead
  --layers N       decoder layers of the random model (default 2)
  --samples N      calibration samples of random tokens (default 512)
  --tokens N       their mean length (default 130)
  --states PLACE   memory or disk (default: memory up to 1 GB of states)
  --padded-to N    pads samples as the study did, to 2048
  --threads N      threads of ONNX Runtime
  --work FOLDER    where models are written (default results/proof)
  --keep           keeps the compressed model
  --json           ends with a line of JSON`,
  async run(args, print) {
    const options = await parseOptions(args);
    const { samples: count, tokens, steps, method, work, keep, ...given } = options;
    const source = await openRandomModel(options);
    const folder = `${work}/${method}-${options.layers}`;
    const times = new ActivityTimes();
    const calibration = randomSamples(count, tokens, source.config.vocabularySize);
    const cpu = process.cpuUsage();
    const { paddedTo, threads } = given;
    const { all } = stateBytes(source.config, calibration, paddedTo);
    const states = given.states ?? usualPlace(all);
    const report = await compressModel({
      ...{ source, steps, calibration, folder, states, paddedTo, threads },
      onActivity: (activity) => times.tell(activity),
      onProgress: ({ layer, step, linear }) => linear && print(`layer ${layer}: ${step} ${linear}`),
    });
    times.stop();
    const { user, system } = process.cpuUsage(cpu);
    const { peak } = await residentMemory();
    const estimate = storedModelBytes(source.config, steps);
    const whole = extrapolate(times.layers(), report.seconds, ALL_LAYERS);
    printResult(print, options, report, whole, peak);
    source.close();
    if (!keep) await Deno.remove(folder, { recursive: true });
    const tokensInAll = calibration.reduce((sum, sample) => sum + sample.length, 0);
    return {
      ...{ method, steps, ...given, states, samples: count, tokens: tokensInAll },
      ...{ seconds: report.seconds, userSeconds: user / 1e6, systemSeconds: system / 1e6 },
      ...{ peakBytes: peak, bytes: report.bytes, estimatedBytes: estimate.total },
      ...{ layerSeconds: times.layers(), whole, notices: report.notices },
      linears: report.linears,
    };
  },
};
