/**
 * The bytes of one weight [rows, columns] in the form in which compressed models are stored.
 * @module
 */
import { groupCount } from "../../kernels/grid.ts";
import { checkRunLength, prunedCount } from "../../kernels/prune_smallest.ts";
import { storedParts, type WeightDescription } from "../compressed/description.ts";
import { executedTensorBytes } from "../compressed/executed_bytes.ts";
import { byteSize, DTYPE_BITS } from "../safetensors_dtype.ts";
import type { SparseForm, WeightForm } from "./memory_form.ts";

/** Bytes of an element of the source checkpoint: float16 and bfloat16, or float32. */
export type ValueBytes = 2 | 4;

/**
 * Describes a weight as compressed models are stored, from its sizes and its form. Zero points of asymmetric grids and the groups of
 * reordered columns are taken to be needed.
 *
 * @param kept the number of weights that pruning kept, instead of what the form says.
 * @throws {RangeError} if the form does not fit the sizes.
 */
export function describeWeight(
  rows: number,
  columns: number,
  form: WeightForm,
  valueBytes: ValueBytes,
  kept?: number,
): WeightDescription {
  const shape = [rows, columns] as const;
  const dtype = valueBytes === 2 ? "F16" : "F32";
  switch (form.kind) {
    case "integer": {
      const { kind, bits, groupSize, symmetric, reordered } = form;
      const groupIndex = reordered && groupCount(columns, groupSize) > 1;
      return { kind, shape, bits, groupSize, symmetric, zeros: !symmetric, groupIndex };
    }
    case "nf4":
      return { kind: "nf4", shape, blockSize: form.blockSize, nested: form.doubleQuantization };
    case "sparse":
      return { kind: "sparse", shape, kept: kept ?? keptWeights(rows, columns, form), dtype };
    case "dense":
      return { kind: "dense", shape, dtype };
  }
}

/** Bytes of a weight's tensors as stored; `compressed/description.ts` says which they are. */
export function storedWeightBytes(weight: WeightDescription): number {
  let bytes = 0;
  for (const { dtype, shape } of storedParts(weight).values()) {
    bytes += byteSize(shape, DTYPE_BITS.get(dtype)!)!;
  }
  return bytes;
}

/** Bytes of a weight in the graph that runs it. */
export function executedWeightBytes(weight: WeightDescription, valueBytes: ValueBytes): number {
  const [rows, columns] = weight.shape;
  return executedTensorBytes(weight, {
    name: "",
    file: "",
    dtype: valueBytes === 2 ? "F16" : "F32",
    shape: [rows, columns],
    byteLength: rows * columns * valueBytes,
  });
}

/**
 * How many weights of a matrix [rows, columns] pruning keeps: of each row all but the ratio, cut to a whole number; by one threshold
 * for the matrix one weight less than the ratio says, if no two magnitudes at the threshold are equal; of n:m exactly m - n in m.
 */
function keptWeights(rows: number, columns: number, { pattern, per }: SparseForm): number {
  if ("ratio" in pattern) {
    return per === "row"
      ? rows * (columns - prunedCount(columns, pattern.ratio))
      : rows * columns - prunedCount(rows * columns, pattern.ratio) - 1;
  }
  const { n, m } = pattern;
  checkRunLength(columns, m);
  return rows * columns / m * (m - n);
}
