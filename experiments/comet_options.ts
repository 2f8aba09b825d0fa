/**
 * The command line of `deno task comet`.
 * @module
 */
import { type Device, parseDevice } from "../inference/devices.ts";
import { readArguments } from "./command.ts";

/** What `deno task comet` was asked for. */
export interface CometCommand {
  /** The three files, or `undefined` to score the rows of the results folder. */
  files: { source: string; translation: string; reference: string } | undefined;
  /** Folder of the model, or `undefined` for the fetched one. */
  model: string | undefined;
  /** Folder of the tokenizer, or `undefined` for the one that belongs to the model. */
  tokenizer: string | undefined;
  /** The file that takes the segments' scores, or `undefined`. */
  output: string | undefined;
  /** Where the model runs. */
  device: Device;
  /** Threads, or `undefined` for the default. */
  threads: number | undefined;
  /** The most texts that are encoded at once. */
  batchSize: number;
  /** Whether stored scores are computed again and compared. */
  verify: boolean;
  /** Whether the result is printed as JSON. */
  json: boolean;
}

/** The text of `--help`. */
export const COMET_HELP =
  `Usage: deno task comet --source FILE --translation FILE --reference FILE [options]
       deno task comet --rows [--verify] [options]

Scores translations with COMET-22. The files have one sentence a line, the same number of lines each.
--rows scores every row of the results folder that has no COMET score yet and stores it there.

  --model FOLDER      hparams.yaml and checkpoints/ (default: wmt22-comet-da, fetched by deno task fetch)
  --tokenizer FOLDER  sentencepiece.bpe.model or tokenizer.json (default: xlm-roberta-large, fetched)
  --output FILE       write one score a line, in the order of the lines
  --batch N           texts that are encoded at once (default: 16)
  --device NAME       cpu (default) or webgpu
  --threads N         threads (default: one for each processor, at most 8)
  --verify            with --rows: compute stored scores again instead, and compare
  --json              print one JSON object
  --help              this text`;

const OPTIONS = {
  source: { type: "string" },
  translation: { type: "string" },
  reference: { type: "string" },
  rows: { type: "boolean" },
  model: { type: "string" },
  tokenizer: { type: "string" },
  output: { type: "string" },
  batch: { type: "string", default: "16" },
  device: { type: "string", default: "cpu" },
  threads: { type: "string" },
  verify: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean" },
} as const;

/**
 * Reads the command line.
 *
 * @returns what was asked for, or `"help"`.
 * @throws {RangeError} If something is missing, unknown or not allowed; the message says what is.
 */
export function parseCometOptions(args: readonly string[]): CometCommand | "help" {
  const { values } = readArguments(args, OPTIONS);
  if (values.help) return "help";
  const { source, translation, reference, rows = false, model, tokenizer, output } = values;
  const named = [source, translation, reference].filter((file) => file !== undefined);
  if (rows ? named.length > 0 || output !== undefined : named.length < 3) {
    throw new RangeError(
      "Cannot score without knowing what: give --source, --translation and --reference, or --rows alone",
    );
  }
  if (values.verify && !rows) {
    throw new RangeError("Cannot verify files: --verify needs --rows, whose scores are stored");
  }
  return {
    files: rows ? undefined : { source: source!, translation: translation!, reference: reference! },
    model,
    tokenizer,
    output,
    device: parseDevice(values.device),
    threads: values.threads === undefined ? undefined : count("--threads", values.threads),
    batchSize: count("--batch", values.batch),
    verify: values.verify,
    json: values.json,
  };
}

/** Reads an option that is a whole number from 1. */
export function count(option: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new RangeError(`Cannot use ${option} ${text}: it must be a whole number from 1`);
}
