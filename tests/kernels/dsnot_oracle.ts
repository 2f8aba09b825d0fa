/**
 * A slow DSnoT of one row, told in sets instead of lists and pointers: each cycle looks for the best pair among the weights that were
 * not offered before. It ends where those of the right sign run out, since there the lists begin to mean something else.
 * @module
 */

/** A row and what is known of it. */
export interface OracleRow {
  /** What each weight adds to the error when pruned. */
  M: number[];
  /** How much each weight matters: Wanda's metric, or |weight|. */
  metric: number[];
  /** M / var^p. */
  key: number[];
  /** Columns that the first mask prunes. */
  pruned: number[];
  /** Columns of a run, where the partner must be of the same run; else 0. */
  m: number;
  threshold: number;
  sameSign: boolean;
  maxCycles: number;
}

/** What the row's accepted swaps are, and whether the row ended by its own rules. */
export interface OracleResult {
  swaps: { pruned: number; regrown: number }[];
  ended: boolean;
}

const bestBy = (columns: number[], value: (j: number) => number) =>
  columns.reduce((best, j) => value(j) < value(best) ? j : best, columns[0]);

/** Runs the row by search. */
export function slowDsnotRow(row: OracleRow): OracleResult {
  const { M, metric, key, m } = row;
  const back = new Set(row.pruned);
  const away = new Set(M.map((_, j) => j).filter((j) => !back.has(j)));
  let error = Math.fround(row.pruned.reduce((sum, j) => sum + M[j], 0));
  const sign = Math.sign(error);
  const swaps: OracleResult["swaps"] = [];
  for (let cycle = 0; cycle < row.maxCycles; cycle++) {
    if (Math.abs(error) <= Math.fround(row.threshold)) return { swaps, ended: true };
    const lowers = Math.sign(error);
    const r = bestBy([...back].filter((j) => M[j] * lowers > 0), (j) => -lowers * key[j]);
    const partners = [...away].filter((j) =>
      m > 0 ? Math.floor(j / m) === Math.floor(r / m) : M[j] * lowers < 0
    );
    const p = bestBy(partners, (j) => metric[j]);
    if (r === undefined || p === undefined) return { swaps, ended: false };
    back.delete(r);
    away.delete(p);
    const after = Math.fround(Math.fround(error + M[p]) - M[r]);
    if (row.sameSign && Math.sign(after) !== sign) return { swaps, ended: true };
    swaps.push({ pruned: p, regrown: r });
    error = after;
  }
  return { swaps, ended: true };
}
