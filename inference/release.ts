/**
 * Giving memory back at once. The collector takes its time with large arrays: it may let several gigabytes of them pile up.
 * @module
 */

/** Frees the memory of arrays that share none with those that are still used. */
export function releaseUnless(
  used: readonly (ArrayBufferView | undefined)[],
  ...arrays: readonly (ArrayBufferView | undefined)[]
): void {
  const buffers = new Set(used.map((array) => array?.buffer));
  release(...arrays.filter((array) => !buffers.has(array?.buffer)));
}

/** Frees the memory of arrays, which are empty afterwards, as are all others on the same buffers. Again, it does nothing. */
export function release(...arrays: readonly (ArrayBufferView | undefined)[]): void {
  for (const array of arrays) {
    const buffer = array?.buffer;
    if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0);
  }
}
