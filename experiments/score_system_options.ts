/**
 * The command line of `deno task score`.
 * @module
 */
import type { Direction } from "../data/directions.ts";
import { readArguments } from "./command.ts";
import { parseProtocol, PROTOCOL_HELP, type ProtocolOptions } from "./protocol/options.ts";
import { isDirection } from "./recipe.ts";

/** What `deno task score` was asked for. */
export interface ScoreCommand extends ProtocolOptions {
  /** Path of the translations, one a line. */
  hypotheses: string;
  /** Name of a test set, or two files with a comma between them. */
  data: string;
  /** Source and target language. */
  direction: Direction;
  /** The system's name. */
  name: string;
}

/** The text of `--help`. */
export const SCORE_HELP =
  `Usage: deno task score --hypotheses FILE --data TEXT --pair DIRECTION --name NAME

Scores translations that were made elsewhere, and keeps them in results/ as a row
that deno task verify checks.

  --hypotheses FILE     the translations, one a line, in the order of the test set
  --data TEXT           what was translated: a test set, such as wmt22 or tiny/test; or two
                        files of one sentence a line, SOURCE,REFERENCE
  --pair DIRECTION      the direction, such as de-en
  --name NAME           what the system is called
  ${PROTOCOL_HELP}
  --help                this text`;

const OPTIONS = {
  hypotheses: { type: "string" },
  data: { type: "string" },
  pair: { type: "string" },
  name: { type: "string" },
  protocol: { type: "string" },
  quirks: { type: "string", multiple: true },
  help: { type: "boolean" },
} as const;

/**
 * Reads the command line.
 *
 * @returns what was asked for, or `"help"`.
 * @throws {RangeError} If something is missing, unknown or not allowed; the message says what is.
 */
export function parseScoreOptions(args: readonly string[]): ScoreCommand | "help" {
  const { values } = readArguments(args, OPTIONS);
  if (values.help) return "help";
  const [hypotheses, data, pair, name] = (["hypotheses", "data", "pair", "name"] as const).map(
    (option) => {
      const value = values[option];
      if (value) return value;
      throw new RangeError(`Cannot score without --${option}: --help says what it is`);
    },
  );
  if (!isDirection(pair)) {
    throw new RangeError(`Cannot use --pair ${pair}: it must be a direction such as de-en`);
  }
  return {
    hypotheses,
    data,
    direction: pair,
    name,
    ...parseProtocol(values.protocol, values.quirks),
  };
}
