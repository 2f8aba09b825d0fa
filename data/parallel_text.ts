/**
 * Parallel text in memory: the same sentences in several languages, one meaning a line.
 * @module
 */
import type { Direction } from "./directions.ts";

/** Sentences of one direction, line by line: `references[i]` translates `sources[i]`. */
export interface SentencePairs {
  /** Sentences to translate. */
  sources: string[];
  /** One reference translation for each source. */
  references: string[];
}

/** A text in several languages, aligned by line. */
export interface ParallelText {
  /** Language codes, in the order of the file's columns. */
  languages: string[];
  /** Number of meanings (lines after the header). */
  length: number;
  /** The two columns of a direction; the first `limit` lines when a limit is given. */
  pairs(direction: Direction, limit?: number): SentencePairs;
}

/**
 * Parses tab-separated parallel text: a header of language codes, then one meaning a line.
 *
 * @param text The file's content.
 * @param file The file's name, for error messages.
 * @throws {SyntaxError} If the header is not a list of different codes, a line does not end in a bare line feed, or a
 * line has another number of cells than the header or an empty cell.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { parseParallelText } from "mtpress";
 * const text = parseParallelText("en\tde\nGood day.\tGuten Tag.\n", "greetings.tsv");
 * deepEqual(text.pairs("de-en"), { sources: ["Guten Tag."], references: ["Good day."] });
 * ```
 */
export function parseParallelText(text: string, file: string): ParallelText {
  const lines = text.replace(/\n$/, "").split("\n");
  const refuse = (index: number, rule: string): never => {
    throw new SyntaxError(`Cannot read ${file}, line ${index + 1}: it must ${rule}`);
  };
  const carriage = lines.findIndex((line) => line.includes("\r"));
  if (carriage >= 0) refuse(carriage, "end in a line feed alone, without a carriage return");
  const languages = lines[0]!.split("\t");
  if (languages.some((code, i) => !/^[a-z]+$/.test(code) || languages.indexOf(code) !== i)) {
    refuse(0, "list different language codes, with tabs between them");
  }
  const rows = lines.slice(1).map((line, index) => {
    const cells = line.split("\t");
    if (cells.length !== languages.length || cells.some((cell) => cell.trim() === "")) {
      refuse(index + 1, `have ${languages.length} non-empty cells`);
    }
    return cells;
  });
  const column = (language: string, limit?: number): string[] => {
    const index = languages.indexOf(language);
    if (index < 0) {
      throw new RangeError(
        `Cannot take language ${JSON.stringify(language)} from ${file}: it has ${
          languages.join(", ")
        }`,
      );
    }
    return rows.slice(0, limit).map((cells) => cells[index]!);
  };
  return {
    languages,
    length: rows.length,
    pairs(direction, limit) {
      const [source, target] = direction.split("-") as [string, string];
      return { sources: column(source, limit), references: column(target, limit) };
    },
  };
}
