/**
 * COMET scores of stored rows, in the results folder: computed once for the same translations, text, quirks and model, and
 * looked up from then on without a model.
 * @module
 */
import type { Comet } from "../inference/comet/comet.ts";
import type { CometSegment } from "../inference/comet/scorer.ts";
import {
  type CometRecord,
  cometRecordKey,
  readCometRecord,
  writeCometRecord,
} from "./comet_record.ts";
import { cometSegments } from "./protocol/comet_segments.ts";
import type { ScoredRow } from "./row.ts";
import type { ResultStore } from "./store.ts";
import { openingOnce, openTestSet, type TestSet } from "./test_set.ts";

/** How rows are scored. */
export interface CometScoresOptions {
  /** Opens a test set by its name. Default: `openTestSet()`. */
  open?: (id: string) => Promise<TestSet>;
  /** The most texts that are encoded at once; see `CometOptions`. */
  batchSize?: number;
  /** Told after every row, scored or found, how many rows are done. */
  onRow?(done: number, total: number): void;
}

/**
 * COMET scores of rows: those in the results folder, and new ones, which are stored there under `comet/`. Rows of one direction are
 * scored one after the other, because their sources and references are then encoded once.
 *
 * @param rows Rows of the store.
 * @param store Holds the rows' translations.
 * @param comet Scores what is not yet stored.
 * @returns the records, in the order of the rows.
 * @throws {Error} If a row's translations are not in the store as they were, or its test set is not the one it was scored against.
 * @throws {SyntaxError} If a stored record does not carry its own SHA-256.
 */
export async function cometScores(
  rows: readonly ScoredRow[],
  store: Pick<ResultStore, "folder" | "holds" | "hypotheses">,
  comet: Pick<Comet, "signature" | "score">,
  options: CometScoresOptions = {},
): Promise<CometRecord[]> {
  const { onRow, batchSize } = options;
  const open = openingOnce(options.open ?? openTestSet);
  const records: CometRecord[] = [];
  const places = rows.map((_, place) => place);
  const groups = rows.map(({ direction, data }) => `${direction} ${data.sha256}`);
  places.sort((a, b) => groups[a] === groups[b] ? a - b : groups[a] < groups[b] ? -1 : 1);
  for (const [done, place] of places.entries()) {
    const row = rows[place];
    const key = cometRecordKey(row, comet.signature);
    let record = await readCometRecord(store.folder, key);
    if (record === undefined) {
      const segments = await rowSegments(row, store, open);
      const { segments: scores, score, signature } = await comet.score(segments, { batchSize });
      record = await writeCometRecord(store.folder, row, { segments: scores, score, signature });
    }
    records[place] = record;
    onRow?.(done + 1, rows.length);
  }
  return records;
}

/**
 * A row's translations with what they are judged by.
 *
 * @throws {Error} If the translations are not in the store as they were, or the test set is not the one that the row was scored against.
 */
export async function rowSegments(
  row: ScoredRow,
  store: Pick<ResultStore, "holds" | "hypotheses">,
  open: (id: string) => Promise<TestSet>,
): Promise<CometSegment[]> {
  const { direction, data, quirks } = row;
  if (!await store.holds(row)) {
    throw new Error(`Cannot score ${row.hypotheses.file}: it is missing or not what its row says`);
  }
  const unit = (await open(data.id)).unit(direction, data.segments);
  if (unit.data.sha256 !== data.sha256) {
    throw new Error(
      `Cannot score ${row.hypotheses.file}: test set ${data.id} is not the one that the row was scored against`,
    );
  }
  const translations = await store.hypotheses(row);
  return cometSegments(unit.sources, translations, unit.references, direction, quirks);
}

/**
 * Looks COMET scores up; nothing is computed, and no model is needed.
 *
 * @param rows Rows of the results folder.
 * @param folder The results folder.
 * @param signature Which scores, where rows were scored with several models. Default: the one signature that there is.
 * @returns a record for each row in their order, `undefined` where none is stored.
 * @throws {RangeError} If no signature is given and the rows have scores of several; the message lists them.
 * @throws {SyntaxError} If a record does not carry its own SHA-256.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { loadReference, storedCometScores } from "mtpress";
 *
 * const [row] = (await loadReference()).rows;
 * deepEqual(await storedCometScores([row], "results/no-such-folder"), [undefined]);
 * ```
 */
export async function storedCometScores(
  rows: readonly ScoredRow[],
  folder: string,
  signature?: string,
): Promise<(CometRecord | undefined)[]> {
  const known = signature === undefined ? await storedSignatures(folder) : [signature];
  const found = new Map<string, (CometRecord | undefined)[]>();
  for (const one of known) {
    const records = await Promise.all(
      rows.map((row) => readCometRecord(folder, cometRecordKey(row, one))),
    );
    if (records.some((record) => record !== undefined)) found.set(one, records);
  }
  if (found.size > 1) {
    throw new RangeError(
      `Cannot choose COMET scores: rows have some of ${
        [...found.keys()].join(" and ")
      }, so pass a signature`,
    );
  }
  return found.values().next().value ?? rows.map(() => undefined);
}

/** Signatures of all records of a results folder, each once, sorted. */
async function storedSignatures(folder: string): Promise<string[]> {
  const signatures = new Set<string>();
  try {
    for await (const { name } of Deno.readDir(`${folder}/comet`)) {
      const key = /^([0-9a-f]{64})\.json$/.exec(name)?.[1];
      const record = key === undefined ? undefined : await readCometRecord(folder, key);
      if (record) signatures.add(record.signature);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return [...signatures].sort();
}
