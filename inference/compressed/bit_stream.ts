/**
 * Rows of small whole numbers as little-endian bit streams: the first number in the lowest bits, each row from a new byte.
 * @module
 */

/** Bytes of one row of `columns` numbers. */
export function rowBytes(columns: number, bits: number): number {
  return Math.ceil(columns * bits / 8);
}

/**
 * Packs numbers of 1 to 8 bits.
 *
 * @param codes numbers [R, C], row-major.
 * @param rows R.
 * @param columns C.
 * @param bits bits of a number.
 * @returns R·⌈C·bits/8⌉ bytes; the bits behind a row's last number are 0.
 * @throws {RangeError} if a number does not fit into the bits.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { packBits, unpackBits } from "mtpress";
 *
 * const packed = packBits(Uint8Array.of(1, 7, 4), 1, 3, 3);
 * deepEqual([...packed], [0b00_111_001, 0b1]); // 4 = 0b100 begins in the first byte, with its two zeros
 * deepEqual([...unpackBits(packed, 1, 3, 3)], [1, 7, 4]);
 * ```
 */
export function packBits(
  codes: Uint8Array,
  rows: number,
  columns: number,
  bits: number,
): Uint8Array<ArrayBuffer> {
  const packed = new Uint8Array(rows * rowBytes(columns, bits));
  const limit = 1 << bits;
  for (let r = 0, i = 0, at = 0; r < rows; r++) {
    let held = 0;
    let count = 0;
    for (let c = 0; c < columns; c++, i++) {
      if (codes[i] >= limit) {
        throw new RangeError(
          `Cannot pack ${codes[i]} into ${bits} bits: it must be below ${limit}`,
        );
      }
      held |= codes[i] << count;
      count += bits;
      if (count >= 8) {
        packed[at++] = held & 255;
        held >>= 8;
        count -= 8;
      }
    }
    if (count > 0) packed[at++] = held;
  }
  return packed;
}

/**
 * The numbers that {@link packBits} packed.
 *
 * @param packed R·⌈C·bits/8⌉ bytes.
 * @param rows R.
 * @param columns C.
 * @param bits bits of a number.
 * @returns the numbers [R, C], one a byte.
 * @throws {RangeError} if there are not as many bytes as the sizes ask for.
 */
export function unpackBits(
  packed: Uint8Array,
  rows: number,
  columns: number,
  bits: number,
): Uint8Array<ArrayBuffer> {
  const expected = rows * rowBytes(columns, bits);
  if (packed.length !== expected) {
    throw new RangeError(
      `Cannot unpack [${rows}, ${columns}] numbers of ${bits} bits from ${packed.length} bytes: ` +
        `there must be ${expected}`,
    );
  }
  const codes = new Uint8Array(rows * columns);
  const mask = (1 << bits) - 1;
  for (let r = 0, i = 0, at = 0; r < rows; r++) {
    let held = 0;
    let count = 0;
    for (let c = 0; c < columns; c++, i++) {
      if (count < bits) {
        held |= packed[at++] << count;
        count += 8;
      }
      codes[i] = held & mask;
      held >>= bits;
      count -= bits;
    }
  }
  return codes;
}
