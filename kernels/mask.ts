/**
 * Masks of pruned weights: one byte an element, 1 = kept, 0 = pruned, row-major like the weight. Stored, a mask is one bit an element.
 * @module
 */
import { type Matrix, matrix } from "./matrix.ts";

/**
 * Throws unless a mask has one 0 or 1 for each element of a matrix.
 *
 * @param action what cannot be done otherwise, to be read after "Cannot".
 * @throws {RangeError} if the length or a value is another.
 */
export function checkMask(mask: Uint8Array, rows: number, columns: number, action: string): void {
  if (mask.length !== rows * columns) {
    throw new RangeError(
      `Cannot ${action} [${rows}, ${columns}]: its mask must have ${rows * columns} elements, ` +
        `not ${mask.length}`,
    );
  }
  let wrong = 0;
  while (wrong < mask.length && mask[wrong] <= 1) wrong++; // a callback for each takes ten times as long
  if (wrong === mask.length) return;
  throw new RangeError(
    `Cannot ${action} [${rows}, ${columns}]: element ${wrong} of its mask is ${mask[wrong]}, ` +
      `not 0 or 1`,
  );
}

/** Number of weights that a mask keeps. */
export function keptCount(mask: Uint8Array): number {
  let kept = 0;
  for (let i = 0; i < mask.length; i++) kept += mask[i];
  return kept;
}

/**
 * Number of weights that a mask keeps in each row.
 *
 * @param mask a mask [R, C].
 * @param columns C.
 * @returns R counts.
 */
export function keptPerRow(mask: Uint8Array, columns: number): Uint32Array<ArrayBuffer> {
  const counts = new Uint32Array(mask.length / columns);
  for (let i = 0; i < mask.length; i++) counts[Math.floor(i / columns)] += mask[i];
  return counts;
}

/**
 * Share of the weights that a mask prunes, 0 to 1.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { maskSparsity } from "mtpress";
 *
 * equal(maskSparsity(Uint8Array.of(1, 1, 0, 1)), 0.25);
 * ```
 */
export function maskSparsity(mask: Uint8Array): number {
  return (mask.length - keptCount(mask)) / mask.length;
}

/**
 * The weight with pruned elements set to 0.
 *
 * @param weight W [R, C]; stays as it is.
 * @param mask [R, C], 1 = kept.
 * @throws {RangeError} if the mask does not fit.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { applyMask, matrix } from "mtpress";
 *
 * deepEqual([...applyMask(matrix(1, 3, [4, 5, 6]), Uint8Array.of(1, 0, 1)).data], [4, 0, 6]);
 * ```
 */
export function applyMask(weight: Matrix, mask: Uint8Array): Matrix {
  const { rows, columns, data } = weight;
  checkMask(mask, rows, columns, "prune a matrix");
  return matrix(rows, columns, data.map((w, i) => mask[i] ? w : 0));
}

/**
 * Packs a mask to one bit an element. Each row starts a new byte; column c is bit c % 8, counted from the lowest, of byte ⌊c / 8⌋.
 *
 * @param mask [R, C], 1 = kept.
 * @returns R·⌈C/8⌉ bytes; bits past the last column are 0.
 * @throws {RangeError} if the mask does not fit the sizes.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { packMask, unpackMask } from "mtpress";
 *
 * const packed = packMask(Uint8Array.of(1, 0, 1, 0, 1, 1), 2, 3);
 * deepEqual([...packed], [0b101, 0b110]);
 * deepEqual([...unpackMask(packed, 2, 3)], [1, 0, 1, 0, 1, 1]);
 * ```
 */
export function packMask(mask: Uint8Array, rows: number, columns: number): Uint8Array<ArrayBuffer> {
  checkMask(mask, rows, columns, "pack the mask of a matrix");
  const rowBytes = Math.ceil(columns / 8);
  const packed = new Uint8Array(rows * rowBytes);
  for (let r = 0, i = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++, i++) packed[r * rowBytes + (c >> 3)] |= mask[i] << (c & 7);
  }
  return packed;
}

/**
 * The mask that {@link packMask} packed.
 *
 * @param packed R·⌈C/8⌉ bytes.
 * @returns the mask [R, C], 1 = kept.
 * @throws {RangeError} if the bytes are not as many as the sizes ask for.
 */
export function unpackMask(
  packed: Uint8Array,
  rows: number,
  columns: number,
): Uint8Array<ArrayBuffer> {
  const rowBytes = Math.ceil(columns / 8);
  if (packed.length !== rows * rowBytes) {
    throw new RangeError(
      `Cannot unpack a mask [${rows}, ${columns}] from ${packed.length} bytes: ` +
        `it must have ${rows * rowBytes}`,
    );
  }
  const mask = new Uint8Array(rows * columns);
  for (let r = 0, i = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++, i++) {
      mask[i] = (packed[r * rowBytes + (c >> 3)] >> (c & 7)) & 1;
    }
  }
  return mask;
}
