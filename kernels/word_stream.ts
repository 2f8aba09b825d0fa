/**
 * Dense bit streams in 32-bit words: value i takes the `bits` bits from bit i · bits on, lowest first, and may straddle two words.
 * Consecutive words of a stream lie `stride` apart, so that streams can run down the columns of a matrix of words.
 * @module
 */

/** Where a stream lies. */
export interface WordStream {
  /** Index of its first word. */
  readonly first: number;
  /** Distance between its words. */
  readonly stride: number;
  /** Bits of a value, 1 to 8. */
  readonly bits: number;
  /** Number of values. */
  readonly count: number;
}

/** Writes the values `read(0)` to `read(count - 1)` into words that are still 0. */
export function packStream(
  words: Uint32Array,
  { first, stride, bits, count }: WordStream,
  read: (index: number) => number,
): void {
  for (let i = 0; i < count; i++) {
    const shift = (i * bits) & 31;
    const at = first + stride * ((i * bits) >>> 5);
    const value = read(i);
    words[at] |= value << shift;
    if (shift + bits > 32) words[at + stride] |= value >>> (32 - shift);
  }
}

/** Reads a stream of {@link packStream}. */
export function unpackStream(
  words: Uint32Array,
  { first, stride, bits, count }: WordStream,
  write: (index: number, value: number) => void,
): void {
  for (let i = 0; i < count; i++) {
    const shift = (i * bits) & 31;
    const at = first + stride * ((i * bits) >>> 5);
    let value = words[at] >>> shift;
    if (shift + bits > 32) value |= words[at + stride] << (32 - shift);
    write(i, value & (2 ** bits - 1));
  }
}
