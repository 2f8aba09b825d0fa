/**
 * The options of `deno task proof run`.
 * @module
 */
import { type Device, parseDevice } from "../../inference/devices.ts";
import type { AccuracyLevel } from "../../inference/graph/nbits.ts";
import { optionalPositiveInteger, positiveInteger, readArguments } from "../command.ts";
import { parseForm, RUN_FORMS, type RunForm } from "./random_form.ts";
import type { RunWork } from "./run_measure.ts";
import { SHAPES } from "./run_models.ts";

/** A form, and the accuracy level where one is asked for. */
export interface ChosenForm {
  readonly form: RunForm;
  readonly accuracyLevel?: AccuracyLevel;
}

/** What is run, where, how often. */
export interface RunOptions extends RunWork {
  readonly device: Device;
  readonly threads?: number;
  readonly shape: keyof typeof SHAPES;
  readonly layers?: number;
  readonly vocabulary?: number;
  readonly forms: readonly ChosenForm[];
  /** Folders of models, which are run beside or in place of random weights. */
  readonly models: readonly string[];
  readonly repeats: number;
  /** Where graphs are kept; a folder that is removed unless given. */
  readonly graphs?: string;
}

export const RUN_HELP = `deno task proof run [options]

Writes the graphs of a model of random weights in several forms, runs them in turn and prints seconds to load, resident memory,
prompt and new tokens per second, and ratios to the first. No source model is needed. For the 32 layers of ALMA-7B, a graph takes
13.5 GB of disk in 16 bits, 7.2 in 8, 4.0 in 4 and 4.2 in NF4, and as much memory on the CPU, where 16 bits become 27 GB of float32.
With one form, the peak is that form's; with several, the process's.

On webgpu, 16 bits are computed in float16 where the adapter has shader-f16, else in float32, which takes 27 GB; the line of the form says
which. The largest buffer is the head as float32, 524 MB at 32000 x 4096. A step's time is the median of all but the first, logits read
back. To set PyTorch beside it on the same device: the same shape, batch, prompt and steps in float16, one token a call with a cache of
keys and values, no sampling, the device synchronised before the clock is read, the median of all steps but the first.

  --device NAME      cpu (default) or webgpu
  --shape NAME       alma-7b (default), 1.1b (as TinyLlama) or 135m (as SmolLM, vocabulary 32000)
  --layers N         decoder layers, where they are to be fewer
  --vocabulary N     rows of embedding and head, where they are to be fewer
  --forms LIST       of ${RUN_FORMS.join(", ")}; @1 or @4 behind one sets its accuracy level
                     (default 4-bit,8-bit on the CPU, all on webgpu; levels as for experiments)
  --model FOLDER     a real model, in place of random weights; may be repeated, with @1 or @4 behind it
  --batch LIST       prompts at once (default 1,8)
  --prompt N         tokens of each prompt (default 64)
  --tokens N         steps after the prompt (default 16)
  --repeats N        runs of each, in turn; medians are printed (default 3)
  --threads N        threads on the CPU
  --graphs FOLDER    keeps the graphs there; else they are written to the temporary folder and removed
  --json             ends with a line of JSON`;

/** Reads the command line. @throws {RangeError} If an option is not allowed. */
export function parseRunOptions(args: readonly string[]): RunOptions {
  const text = { type: "string" } as const;
  const { values } = readArguments(args, {
    device: text,
    shape: text,
    layers: text,
    vocabulary: text,
    forms: text,
    model: { type: "string", multiple: true },
    batch: text,
    prompt: text,
    tokens: text,
    repeats: text,
    threads: text,
    graphs: text,
  });
  const count = (name: Exclude<keyof typeof values, "model">) => {
    return optionalPositiveInteger(name, values[name]);
  };
  const device = parseDevice(values.device ?? "cpu");
  const { shape = "alma-7b", model: models = [], graphs } = values;
  if (!Object.hasOwn(SHAPES, shape)) {
    throw new RangeError(
      `Cannot use --shape ${shape}: it must be one of ${Object.keys(SHAPES).join(", ")}`,
    );
  }
  const usual = models.length > 0 ? "" : device === "cpu" ? "4-bit,8-bit" : RUN_FORMS.join();
  const forms = (values.forms ?? usual).split(",").filter((form) => form !== "");
  return {
    device,
    threads: count("threads"),
    shape: shape as keyof typeof SHAPES,
    layers: count("layers"),
    vocabulary: count("vocabulary"),
    forms: forms.map(chosenForm),
    models,
    batches: (values.batch ?? "1,8").split(",").map((size) => positiveInteger("batch", size)),
    promptTokens: count("prompt") ?? 64,
    newTokens: count("tokens") ?? 16,
    repeats: count("repeats") ?? 3,
    graphs,
  };
}

/** Parts a name from the level behind it. */
export function withLevel(text: string): { name: string; accuracyLevel?: AccuracyLevel } {
  if (text.endsWith("@1")) return { name: text.slice(0, -2), accuracyLevel: 1 };
  if (text.endsWith("@4")) return { name: text.slice(0, -2), accuracyLevel: 4 };
  return { name: text };
}

function chosenForm(text: string): ChosenForm {
  const { name, accuracyLevel } = withLevel(text);
  return { form: parseForm(name), accuracyLevel };
}
