/**
 * Pruned weights as they are kept: the values that stay, in order, and one bit an element that says which these are.
 * @module
 */
import { keptCount, packMask, unpackMask } from "./mask.ts";
import { type Matrix, matrix } from "./matrix.ts";
import type { SparseWeight } from "./stored_weight.ts";

/**
 * Keeps the masked part of a weight: 4 bytes for each kept value and R·⌈C/8⌉ bytes of mask.
 *
 * @param weight W [R, C].
 * @param mask [R, C], 1 = kept. A kept value may be 0.
 * @throws {RangeError} if the mask does not fit the weight.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { dequantizeSparse, matrix, sparseMask, sparseWeight } from "mtpress";
 *
 * const sparse = sparseWeight(matrix(2, 2, [1, 2, 3, 4]), Uint8Array.of(1, 0, 0, 1));
 * deepEqual([...sparse.values], [1, 4]);
 * deepEqual([...sparseMask(sparse)], [1, 0, 0, 1]);
 * deepEqual([...dequantizeSparse(sparse).data], [1, 0, 0, 4]);
 * ```
 */
export function sparseWeight(weight: Matrix, mask: Uint8Array): SparseWeight {
  const { rows, columns, data } = weight;
  return {
    kind: "sparse",
    rows,
    columns,
    mask: packMask(mask, rows, columns),
    values: data.filter((_, i) => mask[i] === 1),
  };
}

/** Which elements a stored sparse weight keeps: the mask [R, C], 1 = kept. */
export function sparseMask({ mask, rows, columns }: SparseWeight): Uint8Array<ArrayBuffer> {
  return unpackMask(mask, rows, columns);
}

/**
 * The dense matrix of a stored sparse weight; what was pruned is 0.
 *
 * @throws {RangeError} if the mask does not have R·⌈C/8⌉ bytes or does not keep as many elements as there are values.
 */
export function dequantizeSparse(sparse: SparseWeight): Matrix {
  const { rows, columns, values } = sparse;
  const mask = sparseMask(sparse);
  if (keptCount(mask) !== values.length) {
    throw new RangeError(
      `Cannot expand a sparse weight [${rows}, ${columns}] of ${values.length} values: ` +
        `its mask keeps ${keptCount(mask)}`,
    );
  }
  const data = new Float32Array(rows * columns);
  for (let i = 0, k = 0; i < data.length; i++) if (mask[i]) data[i] = values[k++];
  return matrix(rows, columns, data);
}
