/**
 * A stored weight as the tensors that are written to disk.
 * @module
 */
import type {
  IntegerWeight,
  Nf4Weight,
  SparseWeight,
  StoredWeight,
} from "../../kernels/stored_weight.ts";
import { keptCount } from "../../kernels/mask.ts";
import { sparseMask } from "../../kernels/sparse.ts";
import { encodeFloats, type FloatDtype, roundFloats } from "../float_values.ts";
import { packBits } from "./bit_stream.ts";
import { NESTED_RUN, type WeightDescription } from "./description.ts";
import { checkGroups, groupOfColumn } from "./groups.ts";

/** The tensors of a stored weight, by what follows the weight's own name. */
export type PartBytes = ReadonlyMap<string, Uint8Array>;

/** A weight ready to be written. */
export interface EncodedWeight {
  /** What is needed to read it again. */
  readonly description: WeightDescription;
  /** Its tensors' bytes, in the order and with the sizes of `storedParts`. */
  readonly parts: PartBytes;
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Rounds to the dtype; a finite value that would become infinite is refused. */
function storedFloats(
  values: Float32Array,
  dtype: FloatDtype,
  what: string,
): Float32Array<ArrayBuffer> {
  const rounded = roundFloats(values, dtype);
  const i = rounded.findIndex((value) => !Number.isFinite(value));
  if (i < 0) return rounded;
  throw new RangeError(
    `Cannot store ${what} as ${dtype}: each must be finite and within its range, ` +
      `but number ${i} is ${values[i]}`,
  );
}

function encodeInteger(weight: IntegerWeight): EncodedWeight {
  const { rows: R, columns: C, bits, groupSize, symmetric } = weight;
  const G = checkGroups(weight);
  const maxCode = 2 ** bits - 1;
  const wrong = weight.zeros.find((zero) =>
    !(Number.isInteger(zero) && zero >= 0 && zero <= maxCode)
  );
  if (wrong !== undefined) {
    throw new RangeError(
      `Cannot store a zero point of ${wrong}: with ${bits} bits it must be a whole number from 0 to ${maxCode}`,
    );
  }
  const zeros = weight.zeros.some((zero) => zero !== 2 ** (bits - 1));
  const groupIndex = weight.groupIndex.some((group, c) => group !== groupOfColumn(c, groupSize));
  const parts = new Map<string, Uint8Array>([
    [".codes", packBits(weight.codes, R, C, bits)],
    [".scales", encodeFloats(storedFloats(weight.scales, "F16", "scales"), "F16")],
  ]);
  if (zeros) parts.set(".zeros", packBits(Uint8Array.from(weight.zeros), R, G, bits));
  if (groupIndex) parts.set(".group_index", bytesOf(weight.groupIndex));
  return {
    description: { kind: "integer", shape: [R, C], bits, groupSize, symmetric, zeros, groupIndex },
    parts,
  };
}

function encodeNf4({ rows, columns, blockSize, codes, absmax }: Nf4Weight): EncodedWeight {
  const nested = !(absmax instanceof Float32Array);
  const parts = new Map<string, Uint8Array>([[".codes", codes]]);
  if (!nested) {
    parts.set(".absmax", bytesOf(absmax));
  } else {
    if (absmax.blockSize !== NESTED_RUN) {
      throw new RangeError(
        `Cannot store block maxima in runs of ${absmax.blockSize}: a run must have ${NESTED_RUN}`,
      );
    }
    parts.set(".absmax", absmax.codes);
    parts.set(".nested_absmax", bytesOf(absmax.absmax));
    parts.set(".nested_offset", bytesOf(Float32Array.of(absmax.offset)));
  }
  return { description: { kind: "nf4", shape: [rows, columns], blockSize, nested }, parts };
}

function encodeSparse(weight: SparseWeight, dtype: FloatDtype): EncodedWeight {
  const { rows, columns, mask, values } = weight;
  const kept = keptCount(sparseMask(weight));
  if (kept !== values.length) {
    throw new RangeError(
      `Cannot store a sparse weight [${rows}, ${columns}] of ${values.length} values: its mask keeps ${kept}`,
    );
  }
  const parts = new Map<string, Uint8Array>([
    [".mask", mask],
    [".values", encodeFloats(storedFloats(values, dtype, "sparse values"), dtype)],
  ]);
  return { description: { kind: "sparse", shape: [rows, columns], kept, dtype }, parts };
}

/**
 * Gives a weight's description and tensors. Scales are rounded to float16, values of sparse and dense weights to `dtype`.
 *
 * @param weight a weight in any of its forms.
 * @param dtype type of the values of a sparse or dense weight.
 * @throws {RangeError} if the weight breaks a rule of its form, or a number is not finite once it is rounded.
 */
export function encodeWeight(weight: StoredWeight, dtype: FloatDtype): EncodedWeight {
  switch (weight.kind) {
    case "integer":
      return encodeInteger(weight);
    case "nf4":
      return encodeNf4(weight);
    case "sparse":
      return encodeSparse(weight, dtype);
    case "dense":
      return {
        description: { kind: "dense", shape: [weight.rows, weight.columns], dtype },
        parts: new Map([["", encodeFloats(storedFloats(weight.data, dtype, "values"), dtype)]]),
      };
  }
}

/**
 * The weight exactly as it reads back from disk: scales rounded to float16, values of sparse and dense weights to the checkpoint's
 * dtype. A second call changes nothing.
 *
 * @param weight a weight in any of its forms; it is not changed.
 * @param dtype the dtype of the weight in the checkpoint it comes from.
 * @returns the rounded weight; what needs no rounding is shared with the argument.
 * @throws {RangeError} if a number is not finite once it is rounded.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { asStored, dequantize, matrix, roundToNearest } from "mtpress";
 *
 * const weight = roundToNearest(matrix(1, 2, [0, 1.5]), { bits: 4, symmetric: false });
 * const stored = asStored(weight, "F16");
 * deepEqual([...dequantize(weight).data], [0, 1.5]); // the scale is 0.1
 * deepEqual([...dequantize(stored).data], [0, 15 * 0.0999755859375]); // 0.1 as float16
 * deepEqual(asStored(stored, "F16"), stored);
 * ```
 */
export function asStored(weight: StoredWeight, dtype: FloatDtype): StoredWeight {
  switch (weight.kind) {
    case "integer":
      return { ...weight, scales: storedFloats(weight.scales, "F16", "scales") };
    case "nf4":
      return weight;
    case "sparse":
      return { ...weight, values: storedFloats(weight.values, dtype, "sparse values") };
    case "dense":
      return { ...weight, data: storedFloats(weight.data, dtype, "values") };
  }
}
