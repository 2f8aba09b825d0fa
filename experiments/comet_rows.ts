/**
 * COMET for the rows of a run.
 * @module
 */
import { loadComet } from "../inference/comet/comet.ts";
import { cometTokenizerFolder, fetchedCometFolder } from "../inference/comet/folders.ts";
import { type CometLookup, cometLookup } from "./comet_lookup.ts";
import { cometScores } from "./comet_scores.ts";
import type { ResultRow } from "./row.ts";
import type { ResultStore } from "./store.ts";

/** What scoring a run's rows works with. */
export interface CometRowsOptions {
  /** Told after every row how many are done. */
  onRow?(done: number, total: number): void;
}

/**
 * Throws unless COMET and its tokenizer are fetched, so that a long run does not end without them.
 *
 * @throws {Error} The message says which command fetches what is missing.
 */
export async function requireComet(): Promise<void> {
  const folder = await fetchedCometFolder();
  await cometTokenizerFolder(folder, "xlm-roberta-large");
}

/**
 * The COMET scores of rows; those that are not stored yet are computed first, by the fetched model.
 *
 * @throws {Error} If the model is not fetched or cannot be loaded, or translations are not in the store as they were.
 */
export async function rowsWithComet(
  rows: readonly ResultRow[],
  store: ResultStore,
  { onRow }: CometRowsOptions = {},
): Promise<CometLookup> {
  const stored = await cometLookup(rows, store.folder);
  const missing = rows.filter((row) => stored(row) === undefined);
  if (missing.length === 0) return stored;
  const comet = await loadComet(await fetchedCometFolder());
  try {
    await cometScores(missing, store, comet, { onRow });
  } finally {
    await comet.close();
  }
  return await cometLookup(rows, store.folder);
}
