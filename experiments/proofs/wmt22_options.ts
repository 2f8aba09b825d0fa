/**
 * The command line of `deno task proof wmt22`.
 * @module
 */
import { type Device, parseDevice } from "../../inference/devices.ts";
import { type FloatDtype, isFloatDtype } from "../../inference/float_values.ts";
import { optionalPositiveInteger, readArguments } from "../command.ts";

/** What `deno task proof wmt22` was asked for. */
export interface Wmt22Options {
  /** Decoder layers of the random model. */
  readonly layers: number;
  /** How its numbers are stored; they are loaded as float16. */
  readonly dtype: FloatDtype;
  /** Methods and directions. */
  readonly only: readonly string[];
  /** Sentences per direction. */
  readonly limit: number;
  /** Calibration samples. */
  readonly samples: number;
  /** The most tokens of a translation. */
  readonly maxNewTokens: number;
  /** Where to translate. */
  readonly device: Device;
  /** Folder with `tokenizer.model`, or `undefined` for the fetched one. */
  readonly tokenizer: string | undefined;
  /** Folder of a COMET model, or `undefined` for none. */
  readonly comet: string | undefined;
  /** Folder of its tokenizer, or `undefined` where it is beside the model. */
  readonly cometTokenizer: string | undefined;
  /** Where models and results are written. */
  readonly work: string;
  /** Whether the results are kept. */
  readonly keep: boolean;
}

/** Methods and directions that are measured unless others are named. */
const USUAL = "baseline,gptq-4,nf4,wanda-40,wanda-gptq-40-4,en-zh,de-en";

/** The text of `--help`. */
export const WMT22_HELP = `deno task proof wmt22 [options]

Writes random weights in ALMA-7B's layout, compresses them with the methods of Table 1 calibrated on
ALMA-Human-Parallel, translates WMT22, scores the translations and verifies the rows, as
\`deno task reproduce --model haoranxu/ALMA-7B\` does with the real ones. Needs wmt22-test,
alma-human-parallel and the tokenizer.model of alma-7b, fetched. Two layers take 2.7 GB of disk for the
model, 9 GB for five methods while it runs, and 6 GB of memory.

  --only NAMES              methods and directions
                            (default ${USUAL})
  --limit N                 sentences per direction (default 2)
  --samples N               calibration samples (default 16)
  --tokens N                the most tokens of a translation (default 16)
  --layers N                decoder layers (default 2)
  --dtype TYPE              how the weights are stored: F32 (default, as ALMA-7B's), F16 or BF16
  --device DEVICE           cpu (default) or webgpu
  --tokenizer FOLDER        takes tokenizer.model from there
  --comet FOLDER            scores with the COMET model of this folder too
  --comet-tokenizer FOLDER  its tokenizer, where it is not in the same folder
  --work FOLDER             where models and results are written (default results/proof)
  --keep                    keeps the results
  --json                    ends with a line of JSON`;

const OPTIONS = {
  only: { type: "string" },
  limit: { type: "string" },
  samples: { type: "string" },
  tokens: { type: "string" },
  layers: { type: "string" },
  dtype: { type: "string" },
  device: { type: "string" },
  tokenizer: { type: "string" },
  comet: { type: "string" },
  "comet-tokenizer": { type: "string" },
  work: { type: "string" },
  keep: { type: "boolean" },
} as const;

/**
 * Reads the command line.
 *
 * @throws {RangeError} If an option or its value is not allowed; the message says what is.
 */
export function parseWmt22Options(args: readonly string[]): Wmt22Options {
  const { values } = readArguments(args, OPTIONS);
  const { dtype = "F32", tokenizer, comet, work = "results/proof", keep = false } = values;
  if (!isFloatDtype(dtype)) {
    throw new RangeError(`Cannot use --dtype ${dtype}: it must be F32, F16 or BF16`);
  }
  const count = (name: "limit" | "samples" | "tokens" | "layers", usual: number) => {
    return optionalPositiveInteger(name, values[name]) ?? usual;
  };
  return {
    layers: count("layers", 2),
    dtype,
    only: (values.only ?? USUAL).split(",").filter((name) => name !== ""),
    limit: count("limit", 2),
    samples: count("samples", 16),
    maxNewTokens: count("tokens", 16),
    device: parseDevice(values.device ?? "cpu"),
    ...{ tokenizer, comet, cometTokenizer: values["comet-tokenizer"], work, keep },
  };
}
