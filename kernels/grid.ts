/**
 * Affine grids: 2^bits equally spaced values that hold 0 exactly, fitted to the range of a row or of a group of columns.
 *
 * follows `Quantizer.find_params` and `quantize` of the GPTQ authors' code (Frantar et al. 2023, "GPTQ", arXiv:2210.17323,
 * section 4 "Setup": asymmetric min-max grids on each row), with its float32 arithmetic where the last bit decides a code. But:
 * - one range at a time, no per-tensor grids and no ternary ones;
 * - a range so small that its scale is 0 in float32 counts as all zero, where the reference divides 0 by 0.
 *
 * Two quirks of the reference are kept, because published numbers rest on them: a symmetric grid is symmetric only if there is a
 * negative value (else its lower half stays unused), and an all-zero range becomes [-1, 1].
 * @module
 */
import { roundHalfEven } from "./rounding.ts";

/** How a grid is fitted. */
export interface GridOptions {
  /** Bits of a code, 2 to 8. */
  readonly bits: number;
  /** Whether the range is made symmetric around 0, with the zero point fixed at 2^(bits-1). */
  readonly symmetric: boolean;
  /**
   * Whether the range is shrunk, in 80 steps of 1 %, to where the sum of |error|^2.4 is least (the reference's `mse`).
   * @default {false}
   */
  readonly searchRange?: boolean;
}

/** A grid: code k stands for `scale · (k - zero)`. */
export interface AffineGrid {
  /** Distance between neighbours, a positive float32. */
  readonly scale: number;
  /** Code of the value 0, a whole number from 0 to 2^bits - 1. */
  readonly zero: number;
}

const { fround } = Math;
const SEARCH_STEPS = 80; // of 1 % each: a range shrinks to no less than 21 %
const SEARCH_POWER = 2.4;

/**
 * Checks the options that every integer quantiser shares.
 *
 * @throws {RangeError} if `bits` is not a whole number from 2 to 8.
 */
export function checkBits(bits: number): void {
  if (!(Number.isInteger(bits) && bits >= 2 && bits <= 8)) {
    throw new RangeError(
      `Cannot quantise to ${bits} bits: bits must be a whole number from 2 to 8`,
    );
  }
}

/**
 * The code of the grid's value that is nearest to `x`, within 0 to `maxCode`. The quotient is rounded (ties to even) before the
 * zero point is added, as in the reference.
 *
 * @param x a float32 value.
 * @param scale the grid's scale.
 * @param zero the grid's zero point.
 * @param maxCode 2^bits - 1.
 * @returns the code, a whole number.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { gridCode } from "mtpress";
 *
 * equal(gridCode(-7.5, 1, 8, 15), 0); // a tie: -8, and not -7
 * ```
 */
export function gridCode(x: number, scale: number, zero: number, maxCode: number): number {
  const code = roundHalfEven(fround(x / scale)) + zero;
  return code < 0 ? 0 : code > maxCode ? maxCode : code;
}

/** Sum of |x̂ - x|^2.4 over `values[begin, end)` on a grid. */
function gridError(
  values: Float32Array,
  begin: number,
  end: number,
  { scale, zero }: AffineGrid,
  maxCode: number,
): number {
  let sum = 0;
  for (let i = begin; i < end; i++) {
    const x = values[i];
    const rounded = fround(scale * (gridCode(x, scale, zero, maxCode) - zero));
    sum += Math.abs(fround(rounded - x)) ** SEARCH_POWER;
  }
  return sum;
}

/** The grid over the range [low, high], which holds 0. */
function gridOver(low: number, high: number, maxCode: number, symmetric: boolean): AffineGrid {
  const scale = fround(fround(high - low) / maxCode);
  return { scale, zero: symmetric ? (maxCode + 1) / 2 : roundHalfEven(fround((0 - low) / scale)) };
}

/**
 * Fits a grid to the range of `values[begin, end)`, widened to hold 0.
 *
 * @param values float32 values; they must be finite.
 * @param options bits, symmetry and whether to search for a tighter range.
 * @param begin first value to look at.
 * @param end one past the last.
 * @returns the grid.
 * @throws {RangeError} if `bits` is not a whole number from 2 to 8.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { fitGrid } from "mtpress";
 *
 * const values = Float32Array.of(-3, 0, 4.5);
 * deepEqual(fitGrid(values, { bits: 4, symmetric: false }), { scale: 0.5, zero: 6 });
 * ```
 */
export function fitGrid(
  values: Float32Array,
  { bits, symmetric, searchRange = false }: GridOptions,
  begin: number = 0,
  end: number = values.length,
): AffineGrid {
  checkBits(bits);
  const maxCode = 2 ** bits - 1;
  let low = 0;
  let high = 0;
  for (let i = begin; i < end; i++) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  if (symmetric) {
    high = Math.max(-low, high);
    if (low < 0) low = -high; // the first quirk: a row without a negative value keeps low = 0
  }
  let grid = gridOver(low, high, maxCode, symmetric);
  if (grid.scale === 0) return gridOver(-1, 1, maxCode, symmetric); // the second quirk
  if (!searchRange) return grid;
  let least = Infinity;
  const full = [low, high];
  for (let step = 0; step < SEARCH_STEPS; step++) {
    const shrink = fround(1 - step / 100);
    const candidate = gridOver(
      fround(shrink * full[0]),
      fround(shrink * full[1]),
      maxCode,
      symmetric,
    );
    const error = gridError(values, begin, end, candidate, maxCode);
    if (error < least) [least, grid] = [error, candidate];
  }
  return grid;
}

/**
 * The number of groups that `columns` columns make; the last may be short.
 *
 * @throws {RangeError} if `groupSize` is neither -1 (one group) nor a whole number of at least 1.
 */
export function groupCount(columns: number, groupSize: number): number {
  if (groupSize === -1) return 1;
  if (!(Number.isInteger(groupSize) && groupSize >= 1)) {
    throw new RangeError(
      `Cannot make groups of ${groupSize} columns: groupSize must be -1 (all columns) or a whole number of at least 1`,
    );
  }
  return Math.ceil(columns / groupSize);
}
