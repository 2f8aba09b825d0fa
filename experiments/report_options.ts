/**
 * The command line of `deno task report`.
 * @module
 */
import { parseBackend } from "../inference/backend_choice.ts";
import { type Device, parseDevice } from "../inference/devices.ts";
import type { BackendName } from "../kernels/backend.ts";
import { optionalPositiveInteger, readArguments } from "./command.ts";
import { parseDtype } from "./reproduce_options.ts";

/** What `deno task report` was asked for. */
export interface ReportOptions {
  /** Name or folder of the model that was measured. */
  model: string;
  /** `"float16"` when its weights were rounded. */
  dtype: "float16" | undefined;
  /** Sentences per direction, or `undefined` for the recipes'. */
  limit: number | undefined;
  /** Which measuring rules held. */
  protocol: "sound" | "study";
  /** Where it was measured. */
  device: Device;
  /** What computed compressions, or `undefined` for what reproduce takes by itself. */
  backend: BackendName | undefined;
  /** The file to write; `undefined` for `report.html` in the results folder. */
  output: string | undefined;
  /** Whether to print the help and do nothing else. */
  help: boolean;
}

/** The text of `--help`. */
export const REPORT_HELP = `Usage: deno task report [options]

Writes results/report.html: one page with Table 1, both figures, the verdicts on
the study's claims, where each number comes from, and how to cite. It needs no
network and no other file. Nothing is computed: where the results folder has no
rows, the committed reference rows are shown, and the page says so.

  --model NAME     tiny (default), haoranxu/ALMA-7B, or the path of the model's folder
  --dtype float16  as it was given to reproduce
  --limit N        as it was given to reproduce
  --protocol NAME  sound (default) or study
  --device DEVICE  cpu (default) or webgpu
  --backend NAME   as it was given to reproduce
  --output FILE    write this file instead, below results/
  --help           this text`;

const OPTIONS = {
  model: { type: "string" },
  dtype: { type: "string" },
  limit: { type: "string" },
  protocol: { type: "string" },
  device: { type: "string" },
  backend: { type: "string" },
  output: { type: "string" },
  help: { type: "boolean" },
} as const;

/**
 * Reads the command line.
 *
 * @throws {RangeError} If an option or its value is not allowed; the message says what is.
 */
export function parseReportOptions(args: readonly string[]): ReportOptions {
  const { model = "tiny", device = "cpu", output, help = false, ...values } =
    readArguments(args, OPTIONS).values;
  const protocol = values.protocol ?? "sound";
  if (protocol !== "sound" && protocol !== "study") {
    throw new RangeError(`Cannot use --protocol ${protocol}: it must be sound or study`);
  }
  return {
    model,
    dtype: parseDtype(values.dtype),
    limit: optionalPositiveInteger("limit", values.limit),
    protocol,
    device: parseDevice(device),
    backend: values.backend === undefined ? undefined : parseBackend(values.backend),
    output,
    help,
  };
}
