/**
 * The command line of `deno task compress`.
 * @module
 */
import { type BackendName, BACKENDS } from "../kernels/backend.ts";
import { STATES_PLACES, type StatesPlace } from "../inference/compression/states_place.ts";
import type { Step } from "../inference/compression/step.ts";
import { optionalPositiveInteger, readArguments } from "./command.ts";

/** What `deno task compress` was asked for. */
export interface CompressCommand {
  /** Name or folder of the model. */
  readonly model: string;
  /** Id of a method of the package's recipes, or `undefined` when the steps are given. */
  readonly method: string | undefined;
  /** The steps, or `undefined` when the method is given. */
  readonly steps: readonly Step[] | undefined;
  /** Folder of the result. */
  readonly out: string;
  /** Whose protocol decides how samples are drawn, shown and padded. */
  readonly protocol: "sound" | "study";
  /** Name or path of the calibration text, or `undefined` for the model's. */
  readonly calibration: string | undefined;
  /** Number of samples, or `undefined` for the method's. */
  readonly samples: number | undefined;
  /** To what the model's weights are rounded first, or `undefined` to take them as they are. */
  readonly dtype: "float16" | undefined;
  /** Threads, or `undefined` for the default. */
  readonly threads: number | undefined;
  /** What computes, or `undefined` for what the machine offers. */
  readonly backend: BackendName | undefined;
  /** Where calibration states are. */
  readonly states: StatesPlace | undefined;
  /** Whether not to ask. */
  readonly yes: boolean;
  /** Whether to print JSON lines. */
  readonly json: boolean;
}

/** The text of `--help`. */
export const COMPRESS_HELP =
  `Usage: deno task compress --model NAME --method ID --out FOLDER [options]

Compresses a model, layer by layer, into a Hugging Face folder that runs here, and says first
what that takes. Stopped at any time, the same command goes on at the layer that was in work.

  --model NAME         tiny, alma-7b, or a Hugging Face folder of a LLaMA model
  --method ID          a method of table_1, figure_1 or figure_2, such as gptq-4 or nf4
  --steps JSON         the steps instead, such as '[{"kind":"rtn","bits":4,"groupSize":128}]'
  --out FOLDER         where the compressed model goes
  --protocol NAME      sound (default) or study: how samples are drawn, shown and padded
  --calibration TEXT   the text that samples are drawn from
  --samples N          how many (default: the method's, 512)
  --dtype float16      rounds the weights to float16 first, as the study loads ALMA-7B
  --threads N          threads (default: one for each core, at most 8)
  --backend NAME       reference, wasm, webgpu or blas (default: webgpu where there is a graphics
                       adapter that is not in software, else wasm)
  --states PLACE       memory or disk: where the samples' states are between two layers
                       (default: memory up to 1 GB of them)
  --yes                does not ask before more than 10 GB are written
  --json               prints a line of JSON for each thing that happens
  --help               this text`;

const OPTIONS = {
  model: { type: "string" },
  method: { type: "string" },
  steps: { type: "string" },
  out: { type: "string" },
  protocol: { type: "string" },
  calibration: { type: "string" },
  samples: { type: "string" },
  dtype: { type: "string" },
  threads: { type: "string" },
  backend: { type: "string" },
  states: { type: "string" },
  yes: { type: "boolean" },
  json: { type: "boolean" },
  help: { type: "boolean" },
} as const;

/**
 * Reads the command line.
 *
 * @throws {RangeError} If an option or its value is not allowed, or one is missing; the message says what is.
 */
export function parseCompressOptions(args: readonly string[]): CompressCommand | "help" {
  const { values } = readArguments(args, OPTIONS);
  if (values.help) return "help";
  const { model, method, out, calibration, yes = false, json = false } = values;
  if (!model || !out) {
    throw new RangeError("Cannot compress without --model and --out; --help lists the options");
  }
  if ((method === undefined) === (values.steps === undefined)) {
    throw new RangeError("Cannot compress with neither or both of --method and --steps");
  }
  return {
    ...{ model, method, out, calibration, yes, json },
    steps: values.steps === undefined ? undefined : parseSteps(values.steps),
    protocol: oneOf("protocol", values.protocol, ["sound", "study"]) ?? "sound",
    dtype: oneOf("dtype", values.dtype, ["float16"]),
    states: oneOf("states", values.states, STATES_PLACES),
    backend: oneOf("backend", values.backend, BACKENDS),
    samples: optionalPositiveInteger("samples", values.samples),
    threads: optionalPositiveInteger("threads", values.threads),
  };
}

function oneOf<T extends string>(
  name: string,
  value: string | undefined,
  allowed: readonly T[],
): T | undefined {
  if (value === undefined) return undefined;
  const found = allowed.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  throw new RangeError(`Cannot use --${name} ${value}: it must be ${allowed.join(" or ")}`);
}

function parseSteps(text: string): readonly Step[] {
  let steps: unknown;
  try {
    steps = JSON.parse(text);
  } catch (cause) {
    throw new RangeError(`Cannot use --steps ${text}: it must be JSON`, { cause });
  }
  const isStep = (step: unknown) =>
    typeof step === "object" && step !== null && "kind" in step && typeof step.kind === "string";
  if (Array.isArray(steps) && steps.every(isStep)) return steps;
  throw new RangeError(`Cannot use --steps ${text}: it must be a list of objects with a kind`);
}
