/**
 * COMET for the rows of a run, where its model has been fetched.
 * @module
 */
import { loadComet } from "../inference/comet/comet.ts";
import { fetchedCometFolder } from "../inference/comet/folders.ts";
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
 * The COMET scores of rows, those that are missing computed first when the model has been fetched; where it has not, those that are
 * stored.
 *
 * @throws {Error} If the model was fetched and cannot be loaded, or translations are not in the store as they were.
 */
export async function rowsWithComet(
  rows: readonly ResultRow[],
  store: ResultStore,
  { onRow }: CometRowsOptions = {},
): Promise<CometLookup> {
  const stored = await cometLookup(rows, store.folder);
  const missing = rows.filter((row) => stored(row) === undefined);
  if (missing.length === 0 || !await isFetched()) return stored;
  const comet = await loadComet(await fetchedCometFolder());
  try {
    await cometScores(missing, store, comet, { onRow });
  } finally {
    await comet.close();
  }
  return await cometLookup(rows, store.folder);
}

async function isFetched(): Promise<boolean> {
  return await fetchedCometFolder().then(() => true, () => false);
}
