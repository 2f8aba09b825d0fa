/**
 * The command line of `deno task report`.
 * @module
 */
import { type Device, parseDevice } from "../inference/devices.ts";
import { readArguments } from "./command.ts";

/** What `deno task report` was asked for. */
export interface ReportOptions {
  /** Name or folder of the model that was measured. */
  model: string;
  /** Where it was measured. */
  device: Device;
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
  --device DEVICE  cpu (default) or webgpu
  --output FILE    write this file instead, below results/
  --help           this text`;

const OPTIONS = {
  model: { type: "string" },
  device: { type: "string" },
  output: { type: "string" },
  help: { type: "boolean" },
} as const;

/**
 * Reads the command line.
 *
 * @throws {RangeError} If an option or its value is not allowed; the message says what is.
 */
export function parseReportOptions(args: readonly string[]): ReportOptions {
  const { model = "tiny", device = "cpu", output, help = false } =
    readArguments(args, OPTIONS).values;
  return { model, device: parseDevice(device), output, help };
}
