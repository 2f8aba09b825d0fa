/**
 * Reading a results folder without changing it.
 * @module
 */
import type { ResultRow } from "./row.ts";
import { parseRows } from "./row_file.ts";
import { parseHypotheses, ROWS } from "./store.ts";

/** Rows of a results folder, with their translations. */
export interface StoredRows {
  /** All rows, oldest first. */
  readonly rows: readonly ResultRow[];
  /** The translations of a row, one a line. */
  hypotheses(row: ResultRow): Promise<string[]>;
}

/**
 * Reads the rows of a results folder; a torn last line is passed over, as its unit is computed again.
 *
 * @returns no rows when there is no such folder.
 * @throws {SyntaxError} If a whole line is not a row that carries its own SHA-256.
 */
export async function readStoredRows(folder: string): Promise<StoredRows> {
  const path = `${folder}/${ROWS}`;
  const hypotheses = async (row: ResultRow) =>
    parseHypotheses(
      await Deno.readFile(`${folder}/${row.hypotheses.file}`),
      row.hypotheses.file,
    );
  try {
    return { rows: parseRows(await Deno.readFile(path), path).rows, hypotheses };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { rows: [], hypotheses };
    throw error;
  }
}
