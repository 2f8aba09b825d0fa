/**
 * The command line of `deno task cite`.
 * @module
 */
import { readArguments } from "./command.ts";

/** Forms of a list of works. */
export const CITE_FORMATS = ["bibtex", "cff", "text"] as const;

/** A form of a list of works. */
export type CiteFormat = (typeof CITE_FORMATS)[number];

/** What `deno task cite` was asked for. */
export interface CiteOptions {
  /** Ids of methods or beginnings of row keys; none for everything. */
  results: string[];
  /** The forms to print, in this order. */
  formats: readonly CiteFormat[];
  /** Whether to print the help and do nothing else. */
  help: boolean;
}

/** The text of `--help`. */
export const CITE_HELP = `Usage: deno task cite [result ...] [options]

Prints what to cite: the study, this kit, and the methods, models, texts and
metrics that the results used. Without a result: all that is in the results
folder, and what its tables compare with; the recipes when there is nothing yet.

  result           the id of a method, such as wanda-gptq-40-4, or the first 6 or more
                   digits of a row's key
  --format FORMAT  bibtex, cff (a CITATION.cff) or text, instead of the first two
  --help           this text`;

const OPTIONS = { format: { type: "string" }, help: { type: "boolean" } } as const;

/**
 * Reads the command line.
 *
 * @throws {RangeError} If an option or its value is not allowed; the message says what is.
 */
export function parseCiteOptions(args: readonly string[]): CiteOptions {
  const { values, positionals } = readArguments(args, OPTIONS, "results");
  const { format, help = false } = values;
  if (format === undefined) return { results: positionals, formats: ["bibtex", "cff"], help };
  const chosen = CITE_FORMATS.find((name) => name === format);
  if (chosen === undefined) {
    throw new RangeError(
      `Cannot use --format ${format}: it must be one of ${CITE_FORMATS.join(", ")}`,
    );
  }
  return { results: positionals, formats: [chosen], help };
}
