/**
 * Stable sorting of float32 values by index, in PyTorch's order: ascending, NaN last, -0 equal to 0, ties to the lower index.
 * @module
 */

/** Values of one digit of a key: a byte. */
const DIGIT_VALUES = 256;

/**
 * Whether `a` sorts before `b`: smaller first, NaN after everything else, -0 and 0 equal.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { sortsBefore } from "mtpress";
 *
 * equal(sortsBefore(1, NaN), true);
 * equal(sortsBefore(-0, 0), false);
 * ```
 */
export function sortsBefore(a: number, b: number): boolean {
  return a < b || (Number.isNaN(b) && !Number.isNaN(a));
}

/**
 * Indices of the values in ascending order: NaN last, -0 equal to 0, equal values by index.
 *
 * @param values n float32 values.
 * @returns the n indices, the index of the smallest value first.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { argsort } from "mtpress";
 *
 * deepEqual([...argsort(Float32Array.of(NaN, 2, 0, -1, -0))], [3, 2, 4, 1, 0]);
 * ```
 */
export function argsort(values: Float32Array): Uint32Array<ArrayBuffer> {
  const keys = new Uint32Array(values.length);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < keys.length; i++) keys[i] = orderKey(bits[i]);
  let order = Uint32Array.from(keys, (_, i) => i);
  let spare = new Uint32Array(keys.length);
  for (let shift = 0; shift < 32; shift += 8) { // least significant digit first; each pass is stable
    sortByDigit(order, spare, keys, shift);
    [order, spare] = [spare, order];
  }
  return order;
}

/** A whole number that orders as the float32 with these bits does. */
function orderKey(bits: number): number {
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return 0xffffffff; // every NaN
  if (magnitude === 0) return 0x80000000; // 0 and -0
  return (bits >>> 31 ? ~bits : bits | 0x80000000) >>> 0;
}

/** Writes `order` to `sorted`, sorted by the byte of its keys at bit `shift`; equal bytes stay in order. */
function sortByDigit(
  order: Uint32Array,
  sorted: Uint32Array,
  keys: Uint32Array,
  shift: number,
): void {
  const next = new Uint32Array(DIGIT_VALUES + 1);
  for (let i = 0; i < keys.length; i++) next[((keys[i] >>> shift) & 255) + 1]++;
  for (let d = 0; d < DIGIT_VALUES; d++) next[d + 1] += next[d];
  for (let i = 0; i < order.length; i++) {
    const digit = (keys[order[i]] >>> shift) & 255;
    sorted[next[digit]++] = order[i];
  }
}
