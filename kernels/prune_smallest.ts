/**
 * Which weights of a matrix to prune, given a metric of how much each matters: a share of every row, or n of every m columns.
 * @module
 */
import type { Matrix } from "./matrix.ts";
import { argsort, sortsBefore } from "./sorting.ts";

/** Prunes a share of the weights, wherever they lie. */
export interface SparsityRatio {
  /** The share to prune, 0 to 1. */
  readonly ratio: number;
}

/** Prunes `n` of every run of `m` columns: 2:4 and 4:8 both prune a half. */
export interface SparsityRuns {
  /** Weights to prune in each run of each row. */
  readonly n: number;
  /** Columns of a run; must divide the matrix's columns. */
  readonly m: number;
}

/** How many weights to prune and where they may lie. */
export type SparsityPattern = SparsityRatio | SparsityRuns;

/**
 * The mask that prunes the smallest of a metric: of each row's, or of each run's. Equal values are pruned from the left; NaN
 * counts as the largest value.
 *
 * @param metric [R, C], how much each weight matters.
 * @returns the mask [R, C], 1 = kept.
 * @throws {RangeError} if the pattern is impossible for the metric's columns.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { matrix, pruneSmallest } from "mtpress";
 *
 * const metric = matrix(1, 4, [1, 2, 4, 3]);
 * deepEqual([...pruneSmallest(metric, { ratio: 0.5 })], [0, 0, 1, 1]);
 * deepEqual([...pruneSmallest(metric, { n: 1, m: 2 })], [0, 1, 1, 0]);
 * ```
 */
export function pruneSmallest(metric: Matrix, pattern: SparsityPattern): Uint8Array<ArrayBuffer> {
  return "ratio" in pattern
    ? pruneInRows(metric, pattern.ratio)
    : pruneInRuns(metric, pattern.n, pattern.m);
}

/**
 * How many of so many weights a ratio prunes: the product cut to a whole number, so that 0.4 of 64 are 25 and 0.4 of 4096 are 1638.
 *
 * @throws {RangeError} if the ratio is not within 0 and 1.
 */
export function prunedCount(weights: number, ratio: number): number {
  if (!(ratio >= 0 && ratio <= 1)) {
    throw new RangeError(
      `Cannot prune ${ratio} of ${weights} weights: the ratio must be within 0 and 1`,
    );
  }
  return Math.trunc(weights * ratio);
}

/** Prunes the ⌊C · ratio⌋ smallest of each row. */
function pruneInRows({ rows: R, columns: C, data }: Matrix, ratio: number) {
  const k = prunedCount(C, ratio);
  const mask = new Uint8Array(R * C).fill(1);
  for (let row = 0; row < R * C; row += C) {
    const order = argsort(data.subarray(row, row + C));
    for (let rank = 0; rank < k; rank++) mask[row + order[rank]] = 0;
  }
  return mask;
}

/** Prunes the n smallest of each m columns of each row. */
function pruneInRuns({ rows: R, columns: C, data }: Matrix, n: number, m: number) {
  checkRuns(C, n, m);
  const mask = new Uint8Array(R * C).fill(1);
  for (let run = 0; run < R * C; run += m) {
    for (let k = 0; k < n; k++) mask[smallestKept(data, mask, run, run + m)] = 0;
  }
  return mask;
}

/** Index of the smallest value from `start` to before `end` that the mask still keeps; the lowest of equals. */
function smallestKept(values: Float32Array, mask: Uint8Array, start: number, end: number): number {
  let best = -1;
  for (let i = start; i < end; i++) {
    if (mask[i] && (best < 0 || sortsBefore(values[i], values[best]))) best = i;
  }
  return best;
}

/**
 * Throws unless n of every m columns can be pruned.
 *
 * @throws {RangeError} if m does not divide the columns, or n is not a whole number from 0 to m.
 */
export function checkRuns(columns: number, n: number, m: number): void {
  checkRunLength(columns, m);
  if (!(Number.isSafeInteger(n) && n >= 0 && n <= m)) {
    throw new RangeError(
      `Cannot prune ${n} of every ${m} columns: ${n} must be a whole number from 0 to ${m}`,
    );
  }
}

/**
 * Throws unless columns can be split into runs of m.
 *
 * @throws {RangeError} if m is not a whole number of at least 1 that divides the columns.
 */
export function checkRunLength(columns: number, m: number): void {
  if (!(Number.isSafeInteger(m) && m >= 1 && columns % m === 0)) {
    throw new RangeError(
      `Cannot split ${columns} columns into runs of ${m}: ` +
        `${m} must be a whole number that divides ${columns}`,
    );
  }
}
