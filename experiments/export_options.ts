/**
 * The command line of `deno task export`.
 * @module
 */
import {
  EXPORT_FORMATS,
  type ExportFormat,
  parseExportFormat,
} from "../inference/export/format.ts";
import { readArguments } from "./command.ts";

/** What `deno task export` was asked for. */
export interface ExportCommand {
  /** Id of a recipe's method, or path of a model's folder. */
  result: string;
  /** The format. */
  format: ExportFormat;
  /** The folder to write, or `undefined` for one in the results folder. */
  output: string | undefined;
  /** Name or folder of the model that was compressed. */
  model: string;
  /** Whether an earlier export is replaced. */
  force: boolean;
}

/** The text of `--help`. */
export const EXPORT_HELP = `Usage: deno task export RESULT --format FORMAT [options]

Writes a model that was compressed here as other people's programs read it.
RESULT is the id of a method, such as gptq-4, that deno task reproduce has computed;
or baseline, the model as it is; or the path of a model's folder.

  --format FORMAT     ${EXPORT_FORMATS.slice(0, 4).join(", ")},
                      ${EXPORT_FORMATS.slice(4).join(", ")}
  --output FOLDER     where to write (default: results/exports/RESULT-FORMAT)
  --model NAME        tiny (default), or the path of the folder that was compressed
  --force             replace an earlier export
  --help              this text`;

const OPTIONS = {
  format: { type: "string" },
  output: { type: "string" },
  model: { type: "string" },
  force: { type: "boolean" },
  help: { type: "boolean" },
} as const;

/**
 * Reads the command line.
 *
 * @returns what was asked for, or `"help"`.
 * @throws {RangeError} If something is missing, unknown or not allowed; the message says what is.
 */
export function parseExportOptions(args: readonly string[]): ExportCommand | "help" {
  const { values, positionals } = readArguments(args, OPTIONS, "a result");
  if (values.help) return "help";
  if (positionals.length !== 1) {
    throw new RangeError(
      `Cannot export ${positionals.length} results: name one, such as gptq-4; --help says more`,
    );
  }
  if (values.format === undefined) {
    throw new RangeError(
      `Cannot export ${positionals[0]} without --format: it is one of ${EXPORT_FORMATS.join(", ")}`,
    );
  }
  return {
    result: positionals[0],
    format: parseExportFormat(values.format),
    output: values.output,
    model: values.model ?? "tiny",
    force: values.force ?? false,
  };
}
