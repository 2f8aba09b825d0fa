/**
 * Round-to-nearest: every weight goes to the nearest value of its grid. GPTQ's baseline, and GPTQ itself when the Hessian is
 * the identity (Frantar et al. 2023, arXiv:2210.17323, "RTN" in the tables).
 * @module
 */
import { checkFinite } from "./finite.ts";
import { checkBits, fitGrid, gridCode, type GridOptions, groupCount } from "./grid.ts";
import type { Matrix } from "./matrix.ts";
import type { IntegerWeight } from "./stored_weight.ts";

/** How a weight is rounded. */
export interface RoundToNearestOptions extends GridOptions {
  /**
   * Neighbouring columns that share a grid, or -1 for one grid a row. The last group may be short.
   * @default {-1}
   */
  readonly groupSize?: number;
}

/**
 * Rounds a weight to grids fitted to its rows, or to groups of columns of its rows.
 *
 * @param weight W [R, C], finite; it is not changed.
 * @param options bits, symmetry and groups.
 * @returns the quantised weight.
 * @throws {RangeError} if an option is out of its range or a weight is not finite.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { matrix, roundToNearest } from "mtpress";
 *
 * const { codes, scales, zeros } = roundToNearest(matrix(1, 3, [-3, 0.9, 4.5]), { bits: 4, symmetric: false });
 * deepEqual([scales[0], zeros[0], ...codes], [0.5, 6, 0, 8, 15]);
 * ```
 */
export function roundToNearest(
  weight: Matrix,
  options: RoundToNearestOptions,
): IntegerWeight {
  const { rows, columns, data } = weight;
  const { bits, symmetric, groupSize = -1 } = options;
  checkBits(bits);
  const groups = groupCount(columns, groupSize);
  checkFinite(weight, "quantise a weight");
  const width = groupSize === -1 ? columns : groupSize;
  const codes = new Uint8Array(rows * columns);
  const scales = new Float32Array(rows * groups);
  const zeros = new Float32Array(rows * groups);
  for (let r = 0; r < rows; r++) {
    for (let g = 0; g < groups; g++) {
      const begin = r * columns + g * width;
      const end = Math.min(begin + width, (r + 1) * columns);
      const { scale, zero } = fitGrid(data, options, begin, end);
      scales[r * groups + g] = scale;
      zeros[r * groups + g] = zero;
      for (let i = begin; i < end; i++) codes[i] = gridCode(data[i], scale, zero, 2 ** bits - 1);
    }
  }
  const groupIndex = Int32Array.from({ length: columns }, (_, c) => Math.floor(c / width));
  return {
    kind: "integer",
    rows,
    columns,
    bits,
    groupSize,
    symmetric,
    codes,
    scales,
    zeros,
    groupIndex,
  };
}
