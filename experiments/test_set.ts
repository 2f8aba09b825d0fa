/**
 * Test sets by name, with the hashes that tie a score to its text.
 * @module
 */
import type { Direction } from "../data/directions.ts";
import { type ParallelText, parseParallelText } from "../data/parallel_text.ts";
import { tinySplitFile } from "../data/tiny.ts";
import { canonicalJson, sha256 } from "./canonical_json.ts";
import type { RowData } from "./row.ts";

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
  /** The first `limit` sentences of one direction. */
  unit(direction: Direction, limit: number): TestUnit;
}

const FILES: Readonly<Record<string, () => string>> = {
  "tiny/test": () => tinySplitFile("test"),
};

/**
 * Opens a test set by its name.
 *
 * @throws {RangeError} If no test set has this name; the message lists the names.
 */
export async function openTestSet(id: string): Promise<TestSet> {
  const file = FILES[id]?.();
  if (file === undefined) {
    throw new RangeError(
      `Cannot open test set ${JSON.stringify(id)}: it must be one of ${Object.keys(FILES)}`,
    );
  }
  return await readTestSet(id, file);
}

/**
 * Reads a test set from a file of tab-separated parallel text.
 *
 * @param id The name that rows record.
 * @param file Path of the file.
 * @throws {SyntaxError} If the file is not parallel text.
 */
export async function readTestSet(id: string, file: string): Promise<TestSet> {
  const bytes = await Deno.readFile(file);
  const text = parseParallelText(new TextDecoder().decode(bytes), file);
  const fileSha256 = sha256(bytes);
  return { id, unit: (direction, limit) => testUnit(id, text, fileSha256, direction, limit) };
}

function testUnit(
  id: string,
  text: ParallelText,
  fileSha256: string,
  direction: Direction,
  limit: number,
): TestUnit {
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
