/**
 * Stored weights back to dense matrices.
 * @module
 */
import { type Matrix, matrix } from "./matrix.ts";
import { dequantizeNf4 } from "./nf4.ts";
import { dequantizeSparse } from "./sparse.ts";
import type { IntegerWeight, StoredWeight } from "./stored_weight.ts";

/**
 * The dense matrix of whole-number codes: element (r, c) is `scale · (code - zero)`, rounded to float32 once, with the grid of row r
 * and group `groupIndex[c]`.
 *
 * @throws {RangeError} if the arrays' lengths do not fit the sizes.
 */
export function dequantizeInteger(weight: IntegerWeight): Matrix {
  const { rows, columns, codes, scales, zeros, groupIndex } = weight;
  const groups = rows === 0 ? 0 : scales.length / rows;
  const inGroups = groupIndex.every((group) => group >= 0 && (group < groups || rows === 0));
  if (
    codes.length !== rows * columns || groupIndex.length !== columns ||
    scales.length !== zeros.length || !Number.isInteger(groups) || !inGroups
  ) {
    throw new RangeError(
      `Cannot dequantise a weight [${rows}, ${columns}] of ${codes.length} codes, ${scales.length} scales, ` +
        `${zeros.length} zeros and ${groupIndex.length} group indices: they must fit the sizes and each other`,
    );
  }
  const data = new Float32Array(rows * columns);
  for (let r = 0, i = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++, i++) {
      const g = r * groups + groupIndex[c];
      data[i] = scales[g] * (codes[i] - zeros[g]);
    }
  }
  return matrix(rows, columns, data);
}

/**
 * The dense matrix of a stored weight, in float32.
 *
 * @param stored a weight in any of its stored forms; it is not changed. A dense one gives its own data, not a copy.
 * @returns the weight [rows, columns].
 * @throws {RangeError} if the arrays of the stored form do not fit its sizes.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { dequantize, matrix, roundToNearest } from "mtpress";
 *
 * const stored = roundToNearest(matrix(1, 3, [-3, 0.9, 4.5]), { bits: 4, symmetric: false });
 * deepEqual([...dequantize(stored).data], [-3, 1, 4.5]);
 * ```
 */
export function dequantize(stored: StoredWeight): Matrix {
  switch (stored.kind) {
    case "integer":
      return dequantizeInteger(stored);
    case "nf4":
      return dequantizeNf4(stored);
    case "sparse":
      return dequantizeSparse(stored);
    case "dense":
      return matrix(stored.rows, stored.columns, stored.data);
  }
}
