/**
 * COMET scores of rows for tables: looked up, never computed.
 * @module
 */
import type { CometRecord } from "./comet_record.ts";
import { storedCometScores } from "./comet_scores.ts";
import type { ResultRow } from "./row.ts";

/** Gives a row's COMET scores, or `undefined` where none are known. */
export type CometLookup = (row: ResultRow) => CometRecord | undefined;

/**
 * The COMET scores that a results folder has of rows.
 *
 * @param rows The rows that will be asked for.
 * @param folder The results folder.
 * @throws {RangeError} If the rows have scores of several COMET models.
 * @throws {SyntaxError} If a stored record does not carry its own SHA-256.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { cometLookup, loadReference } from "mtpress";
 *
 * const [row] = (await loadReference()).rows;
 * const comet = await cometLookup([row], "results/no-such-folder");
 * equal(comet(row), undefined);
 * ```
 */
export async function cometLookup(
  rows: readonly ResultRow[],
  folder: string,
): Promise<CometLookup> {
  const records = await storedCometScores(rows, folder);
  const bySeal = new Map(rows.map((row, i) => [row.sha256, records[i]]));
  return ({ sha256 }) => bySeal.get(sha256);
}
