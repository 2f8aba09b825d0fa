/**
 * The command line of `deno task reproduce`.
 * @module
 */
import { parseArgs } from "node:util";
import { type Device, parseDevice } from "../inference/devices.ts";

/** What `deno task reproduce` was asked for. */
export interface ReproduceOptions {
  /** Methods and directions to restrict the run to; empty for all. */
  only: string[];
  /** Name or folder of the model. */
  model: string;
  /** Where to compute. */
  device: Device;
  /** Sentences per direction, or `undefined` for the recipe's. */
  limit: number | undefined;
  /** Whether to ignore stored rows. */
  fresh: boolean;
  /** Whether to execute the notebooks when `jupyter` is there. */
  notebooks: boolean;
  /** Whether to print the help and do nothing else. */
  help: boolean;
}

/** The text of `--help`. */
export const REPRODUCE_HELP = `Usage: deno task reproduce [options]

Computes Table 1 on the embedded model, prints it beside the study's numbers, and
writes it to results/ as Markdown, HTML, CSV and LaTeX. Results are kept in results/;
what is there is not computed again.

  --only NAME[,NAME]  only these methods or directions, such as baseline or en-de
  --model NAME        tiny (default), or the path of a Hugging Face folder of a LLaMA model
  --device DEVICE     cpu (default) or webgpu
  --limit N           N sentences per direction instead of the recipe's
  --fresh             compute everything, whatever is stored
  --no-notebooks      do not execute the notebooks
  --help              this text`;

/**
 * Reads the command line.
 *
 * @throws {RangeError} If an option or its value is not allowed; the message says what is.
 */
export function parseReproduceOptions(args: readonly string[]): ReproduceOptions {
  const values = parsed(args);
  const device = parseDevice(values.device ?? "cpu");
  const limit = values.limit === undefined ? undefined : Number(values.limit);
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0)) {
    throw new RangeError(`Cannot use --limit ${values.limit}: it must be a positive integer`);
  }
  return {
    only: (values.only ?? []).flatMap((list) => list.split(",")).filter((name) => name !== ""),
    model: values.model ?? "tiny",
    device,
    limit,
    fresh: values.fresh ?? false,
    notebooks: !(values["no-notebooks"] ?? false),
    help: values.help ?? false,
  };
}

const OPTIONS = {
  only: { type: "string", multiple: true },
  model: { type: "string" },
  device: { type: "string" },
  limit: { type: "string" },
  fresh: { type: "boolean" },
  "no-notebooks": { type: "boolean" },
  help: { type: "boolean" },
} as const;

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true }).values;
  } catch (error) {
    const allowed = Object.keys(OPTIONS).map((name) => `--${name}`).join(", ");
    const reason = error instanceof Error ? error.message.split(/\.\s|\n/)[0] : String(error);
    throw new RangeError(`Cannot read the command line: ${reason}. Allowed are ${allowed}`);
  }
}
