/**
 * Test sets by name, with the hashes that tie a score to its text.
 * @module
 */
import { type Direction, DIRECTIONS, sourceLanguage } from "../data/directions.ts";
import { requireFetched } from "../data/fetched.ts";
import { parseParallelText, type SentencePairs } from "../data/parallel_text.ts";
import { readWmt22 } from "../data/wmt22.ts";
import { defaultTokenizer } from "../metrics/tokenizers/tokenize.ts";
import { canonicalJson, sha256 } from "./canonical_json.ts";
import type { RowData } from "./row.ts";
import { readText, textFile, WMT22 } from "./texts.ts";

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
  /**
   * Number of sentences of a direction; directions may have different ones.
   * @throws {RangeError} If it lacks the direction.
   */
  length(direction: Direction): number;
  /**
   * The first `limit` sentences of one direction, or `"all"` of them.
   * @throws {RangeError} If it has fewer, lacks a language, or the direction cannot be asked for or scored.
   */
  unit(direction: Direction, limit: number | "all"): TestUnit;
}

/**
 * Opens a test set by its name, such as `tiny/test` or `wmt22` (once it has been fetched), by the path of a `.tsv` file, or by the paths of two text files with a comma between them: sentences
 * and their reference translations, one a line.
 *
 * @throws {RangeError} If no test set has this name, where the message lists the names, or two files do not have as many lines.
 * @throws {SyntaxError} If a line is empty or a file is not parallel text.
 * @throws {Deno.errors.NotFound} If there is no such file.
 * @throws {Error} If it has to be fetched and was not; the message says how.
 */
export async function openTestSet(id: string): Promise<TestSet> {
  if (id === WMT22) return await readWmt22TestSet(id, await requireFetched("wmt22-test"));
  const [source, reference, ...more] = id.split(",");
  if (reference !== undefined && more.length === 0) {
    return await readTestFiles(id, source, reference);
  }
  return await readTestSet(id, textFile(id, WMT22));
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
  const fileSha256 = sha256(canonicalJson(files.map((bytes) => sha256(bytes))));
  return testSet(id, () => ({ sources, references, fileSha256 }));
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
  return testSet(id, (direction) => ({ ...text.pairs(direction), fileSha256 }));
}

/**
 * Reads WMT22: ten directions, each from a file of its own.
 *
 * @param id The name that rows record.
 * @param folder A copy of haoranxu/WMT22-Test.
 * @throws {Deno.errors.NotFound} If a file is missing.
 * @throws {SyntaxError} If a file holds something else.
 */
export async function readWmt22TestSet(id: string, folder: string): Promise<TestSet> {
  const texts = new Map<Direction, TestText>();
  for (const direction of DIRECTIONS) texts.set(direction, await readWmt22(folder, direction));
  return testSet(id, (direction) => {
    const text = texts.get(direction);
    if (text !== undefined) return text;
    throw new RangeError(
      `Cannot take direction ${direction} from test set ${id}: it has ${DIRECTIONS.join(", ")}`,
    );
  });
}

/** All sentences of a direction, and the hash of what they are from. */
type TestText = SentencePairs & { fileSha256: string };

function testSet(id: string, text: (direction: Direction) => TestText): TestSet {
  return {
    id,
    length: (direction) => text(direction).sources.length,
    unit(direction, limit) {
      sourceLanguage(direction);
      defaultTokenizer(direction);
      const { sources, references, fileSha256 } = text(direction);
      const segments = limit === "all" ? sources.length : limit;
      if (segments > sources.length || segments === 0) {
        throw new RangeError(
          `Cannot take ${segments} sentences of test set ${id}: it has ${sources.length} of ${direction}`,
        );
      }
      const pairs = {
        sources: sources.slice(0, segments),
        references: references.slice(0, segments),
      };
      return {
        ...pairs,
        data: { id, fileSha256, sha256: sha256(canonicalJson(pairs)), segments },
      };
    },
  };
}
