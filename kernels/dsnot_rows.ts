/**
 * The part of DSnoT that unstructured and n:m masks share: each row has an error, a list of columns to bring back, and cycles
 * in which it is offered one swap at a time.
 * @module
 */
import type { ColumnStatistics } from "./column_statistics.ts";
import type { DsnotResult, DsnotSettings } from "./dsnot_options.ts";
import { checkMask } from "./mask.ts";
import { type Matrix, matrix } from "./matrix.ts";
import { argsort } from "./sorting.ts";

/** A list of columns, taken from both ends. The ends move on their own and may pass each other. */
export class TwoEndedList {
  #front = 0;
  #back: number;

  /** A list of these columns; `what` names it in errors. */
  constructor(readonly columns: Uint32Array, readonly what: string) {
    this.#back = columns.length - 1;
  }

  /** The next column from one end. */
  take(end: "front" | "back"): number {
    const position = end === "front" ? this.#front++ : this.#back--;
    if (position < 0 || position >= this.columns.length) {
      throw usedUp(this.columns.length, this.what);
    }
    return this.columns[position];
  }
}

/** A row of the weight while its mask is changed. */
export interface DsnotRow {
  /** Which row. */
  readonly index: number;
  /** What each weight adds to the row's error when it is pruned [C]. */
  readonly M: Float32Array;
  /** The row of the new mask [C], 1 = kept. */
  readonly kept: Uint8Array;
  /** Columns to bring back. */
  readonly regrow: TwoEndedList;
  /** The sign of the error at the start: -1, 0 or 1. */
  readonly firstSign: number;
  /** The sum of M over the pruned weights. */
  error: number;
  /** Whether no swap has been refused yet. */
  alive: boolean;
  /** Accepted swaps. */
  swaps: number;
}

/** The rows and the mask that they change together. */
export interface DsnotStart {
  /** The rows, from the first to the last. */
  readonly rows: readonly DsnotRow[];
  /** The new mask [R, C]; each row's `kept` is a part of it. */
  readonly mask: Uint8Array<ArrayBuffer>;
}

/** Chooses the column to prune in exchange for one that comes back. */
export type ChoosePruned = (row: DsnotRow, regrown: number) => number;

/**
 * What pruning each weight takes from its output, summed over the tokens of a mean sample: M_ij = W_ij · S_j.
 *
 * @param weight W [R, C].
 * @param sums S [C], as {@link ColumnStatistics} has them.
 * @returns M [R, C].
 */
export function dsnotMetric({ rows: R, columns: C, data: W }: Matrix, sums: Float32Array): Matrix {
  const M = new Float32Array(R * C);
  for (let i = 0, ij = 0; i < R; i++) {
    for (let j = 0; j < C; j++, ij++) M[ij] = W[ij] * sums[j];
  }
  return matrix(R, C, M);
}

/**
 * Throws unless a mask and statistics are those of a weight.
 *
 * @throws {RangeError} if they do not fit.
 */
export function checkStart(weight: Matrix, mask: Uint8Array, { sums }: ColumnStatistics): void {
  const { rows: R, columns: C } = weight;
  checkMask(mask, R, C, "run DSnoT on a weight");
  if (sums.length === C) return;
  throw new RangeError(
    `Cannot run DSnoT on a weight [${R}, ${C}]: the statistics are of ${sums.length} columns`,
  );
}

/** By what M is divided to regrow: var^p [C], where p = 0 leaves variance out. */
export function spreadOf({ variances }: ColumnStatistics, powerOfVariance: number): Float32Array {
  if (powerOfVariance === 0) return new Float32Array(variances.length).fill(1);
  return variances.map((v) => v ** powerOfVariance);
}

/** The error of a list that is used up. */
export function usedUp(columns: number, what: string): RangeError {
  return new RangeError(
    `Cannot go on with DSnoT: a row's list of ${columns} columns to ${what} ` +
      `is used up; maxCycles of at most ${columns} avoids this`,
  );
}

/**
 * Copies the mask and makes the rows.
 *
 * @throws {RangeError} if the mask or the statistics do not fit the weight.
 */
export function startRows(
  weight: Matrix,
  mask: Uint8Array,
  statistics: ColumnStatistics,
  { powerOfVariance }: DsnotSettings,
): DsnotStart {
  const { rows: R, columns: C } = weight;
  checkStart(weight, mask, statistics);
  const metric = dsnotMetric(weight, statistics.sums);
  const spread = spreadOf(statistics, powerOfVariance);
  const result = Uint8Array.from(mask);
  const rows = Array.from({ length: R }, (_, i) => {
    const M = metric.data.subarray(i * C, (i + 1) * C);
    return startRow(i, M, result.subarray(i * C, (i + 1) * C), spread);
  });
  return { rows, mask: result };
}

/**
 * A row's error, and its list to regrow: all columns by M / var^p, where kept ones count as 0 and so lie in the middle.
 * An input channel that is always 0 has 0 / 0 = NaN, which sorts last.
 */
function startRow(
  index: number,
  M: Float32Array,
  kept: Uint8Array,
  spread: Float32Array,
): DsnotRow {
  const prunedM = M.map((m, j) => kept[j] ? 0 : m);
  const error = Math.fround(prunedM.reduce((sum, m) => sum + m, 0));
  const order = argsort(prunedM.map((m, j) => m / spread[j]));
  const regrow = new TwoEndedList(order, "regrow");
  return { index, M, kept, regrow, firstSign: Math.sign(error), error, alive: true, swaps: 0 };
}

/**
 * Offers every row one swap a cycle until all have stopped or the cycles are used up.
 *
 * @param start the rows and their mask, which are changed.
 * @throws {RangeError} if a row's list of columns is used up.
 */
export function runCycles(
  { rows, mask }: DsnotStart,
  choose: ChoosePruned,
  settings: DsnotSettings,
): DsnotResult {
  const errorsBefore = Float32Array.from(rows, ({ error }) => error);
  let cycles = 0;
  while (cycles < settings.maxCycles && rows.some(({ alive }) => alive)) {
    cycles++;
    for (const row of rows) {
      if (row.alive || !settings.stoppedRowsRest) offerSwap(row, choose, settings, cycles);
    }
  }
  return {
    mask,
    errorsBefore,
    errorsAfter: Float32Array.from(rows, ({ error }) => error),
    swaps: Uint32Array.from(rows, ({ swaps }) => swaps),
    cycles,
  };
}

/** Takes a column from the end of the list that lowers |error|, and a partner for it; swaps them unless the row stops here. */
function offerSwap(
  row: DsnotRow,
  choose: ChoosePruned,
  settings: DsnotSettings,
  cycle: number,
): void {
  const { M, kept, error } = row;
  const r = row.regrow.take(error > 0 ? "back" : "front");
  const p = choose(row, r);
  const after = Math.fround(Math.fround(error + M[p]) - M[r]);
  row.alive &&= accepts(row, after, settings);
  if (!row.alive && settings.stoppedRowsRest) return;
  kept[p] = row.alive ? 0 : 1; // in this order: p and r can be the same column
  kept[r] = row.alive ? 1 : 0;
  if (!row.alive) return;
  row.error = after;
  row.swaps++;
  settings.onSwap?.({
    cycle,
    row: row.index,
    pruned: p,
    regrown: r,
    errorBefore: error,
    errorAfter: after,
  });
}

/** The rule by which a swap is accepted. The threshold is for the error before it, the sign for the error after it. */
function accepts(row: DsnotRow, after: number, settings: DsnotSettings): boolean {
  const { updateThreshold, sameSign } = settings;
  return Math.abs(row.error) > Math.fround(updateThreshold) &&
    (!sameSign || Math.sign(after) === row.firstSign);
}
