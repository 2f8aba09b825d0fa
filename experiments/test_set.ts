/**
 * Test sets by name, with the hashes that tie a score to its text.
 * @module
 */
import { type Direction, sourceLanguage } from "../data/directions.ts";
import { type ParallelText, parseParallelText } from "../data/parallel_text.ts";
import { defaultTokenizer } from "../metrics/tokenizers/tokenize.ts";
import { canonicalJson, sha256 } from "./canonical_json.ts";
import type { RowData } from "./row.ts";
import { readText, textFile } from "./texts.ts";

/** The sentences of one direction and what ties a row to them. */
export interface TestUnit {
  /** Sentences to translate. */
  sources: string[];
  /** Their reference translations. */
  references: string[];
  /** What a result row records of them. */
  data: RowData;
}

/** A test set, read and hashed once. */
export interface TestSet {
  /** Its name in recipes. */
  id: string;
  /** Sentences of each direction. */
  length: number;
  /**
   * The first `limit` sentences of one direction.
   * @throws {RangeError} If it has fewer, lacks a language, or the direction cannot be asked for or scored.
   */
  unit(direction: Direction, limit: number): TestUnit;
}

/**
 * Opens a test set by its name, by the path of a `.tsv` file, or by the paths of two text files with a comma between them: sentences
 * and their reference translations, one a line.
 *
 * @throws {RangeError} If no test set has this name, where the message lists the names, or two files do not have as many lines.
 * @throws {SyntaxError} If a line is empty or a file is not parallel text.
 * @throws {Deno.errors.NotFound} If there is no such file.
 */
export async function openTestSet(id: string): Promise<TestSet> {
  const [source, reference, ...more] = id.split(",");
  if (reference !== undefined && more.length === 0) {
    return await readTestFiles(id, source, reference);
  }
  return await readTestSet(id, textFile(id));
}

/** Opens test sets by their names, each once. */
export function openingOnce(
  open: (id: string) => Promise<TestSet> = openTestSet,
): (id: string) => Promise<TestSet> {
  const opened = new Map<string, Promise<TestSet>>();
  return (id) => {
    if (!opened.has(id)) opened.set(id, open(id));
    return opened.get(id)!;
  };
}

/**
 * Reads a test set of one direction, whichever it is, from two files of one sentence a line.
 *
 * @param id The name that rows record.
 * @param source Path of the sentences to translate.
 * @param reference Path of their reference translations.
 * @throws {RangeError} If the files do not have as many lines.
 * @throws {SyntaxError} If a line is empty.
 */
async function readTestFiles(id: string, source: string, reference: string): Promise<TestSet> {
  const files = await Promise.all([source, reference].map(readText));
  const [sources, references] = files.map((bytes) =>
    new TextDecoder().decode(bytes).replace(/\r?\n$/, "").split(/\r?\n/)
  );
  if (sources.length !== references.length) {
    throw new RangeError(
      `Cannot score ${source} against ${reference}: they have ${sources.length} and ` +
        `${references.length} lines, and must have as many`,
    );
  }
  for (const [file, lines] of [[source, sources], [reference, references]] as const) {
    const empty = lines.findIndex((line) => line.trim() === "");
    if (empty >= 0) {
      throw new SyntaxError(`Cannot read ${file}, line ${empty + 1}: it must not be empty`);
    }
  }
  const pairs = (_: Direction, limit?: number) => ({
    sources: sources.slice(0, limit),
    references: references.slice(0, limit),
  });
  const text = { languages: [], length: sources.length, pairs };
  const fileSha256 = sha256(canonicalJson(files.map((bytes) => sha256(bytes))));
  return {
    id,
    length: text.length,
    unit: (direction, limit) => testUnit(id, text, fileSha256, direction, limit),
  };
}

/**
 * Reads a test set from a file of tab-separated parallel text.
 *
 * @param id The name that rows record.
 * @param file Path of the file.
 * @throws {SyntaxError} If the file is not parallel text.
 */
export async function readTestSet(id: string, file: string): Promise<TestSet> {
  const bytes = await readText(file);
  const text = parseParallelText(new TextDecoder().decode(bytes), file);
  const fileSha256 = sha256(bytes);
  return {
    id,
    length: text.length,
    unit: (direction, limit) => testUnit(id, text, fileSha256, direction, limit),
  };
}

function testUnit(
  id: string,
  text: ParallelText,
  fileSha256: string,
  direction: Direction,
  limit: number,
): TestUnit {
  sourceLanguage(direction);
  defaultTokenizer(direction);
  if (limit > text.length) {
    throw new RangeError(
      `Cannot take ${limit} sentences of test set ${id}: it has ${text.length}`,
    );
  }
  const pairs = text.pairs(direction, limit);
  return {
    ...pairs,
    data: { id, fileSha256, sha256: sha256(canonicalJson(pairs)), segments: limit },
  };
}
