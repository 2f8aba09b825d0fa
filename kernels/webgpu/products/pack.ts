/**
 * Stored weights for products on a graphics adapter.
 * @module
 */
import type { SparsityRuns } from "../../prune_smallest.ts";
import type { DenseWeight, StoredWeight } from "../../stored_weight.ts";
import { packInteger } from "./pack_integer.ts";
import { packNf4 } from "./pack_nf4.ts";
import { packSparse } from "./pack_sparse.ts";
import { type PackedPanel, type PackedProduct, rowPanels, STEP } from "./packed_product.ts";

function packDense({ rows, columns, data }: DenseWeight, panelBytes: number): PackedProduct {
  const steps = Math.ceil(columns / STEP);
  const width = steps * STEP;
  const panels = rowPanels(rows, panelBytes, () => [4 * width]).map((range): PackedPanel => {
    const own = data.subarray(range.first * columns, (range.first + range.rows) * columns);
    if (width === columns) return { ...range, data: [own] };
    const padded = new Float32Array(range.rows * width);
    for (let r = 0; r < range.rows; r++) {
      padded.set(own.subarray(r * columns, (r + 1) * columns), r * width);
    }
    return { ...range, data: [padded] };
  });
  return { format: "dense", rows, columns, steps, groups: 0, constants: {}, panels };
}

/**
 * Packs a weight as the kernels of this folder read it.
 *
 * @param weight a weight [R, C] in any of its stored forms; it is not changed.
 * @param panelBytes bytes of the largest array; a larger one is cut into panels of rows.
 * @param pattern for a sparse weight, the runs that its mask must have.
 * @throws {RangeError} if the weight is empty, breaks a rule of its format, or a row is larger than a panel.
 * @throws {TypeError} if a pattern is given for a weight that is not sparse.
 */
export function packProduct(
  weight: StoredWeight,
  panelBytes: number,
  pattern?: SparsityRuns,
): PackedProduct {
  const { rows, columns } = weight;
  if (rows === 0 || columns === 0) {
    throw new RangeError(
      `Cannot multiply with a weight [${rows}, ${columns}]: both sizes must be at least 1`,
    );
  }
  if (pattern && weight.kind !== "sparse") {
    throw new TypeError(
      `Cannot take a weight of the kind ${weight.kind} as pruned ${pattern.n}:${pattern.m}: it must be sparse`,
    );
  }
  switch (weight.kind) {
    case "dense":
      return packDense(weight, panelBytes);
    case "integer":
      return packInteger(weight, panelBytes);
    case "nf4":
      return packNf4(weight, panelBytes);
    case "sparse":
      return packSparse(weight, panelBytes, pattern);
  }
}
