/**
 * The check that numbers are numbers.
 * @module
 */
import type { Matrix } from "./matrix.ts";

/**
 * Throws unless every value of a matrix is finite.
 *
 * @param action what cannot be done otherwise, to be read after "Cannot".
 * @throws {RangeError} naming the first value that is not finite and its place.
 */
export function checkFinite({ columns, data }: Matrix, action: string): void {
  let at = 0;
  while (at < data.length && data[at] - data[at] === 0) at++; // a callback for each takes ten times as long
  if (at === data.length) return;
  const place = `(${Math.floor(at / columns)}, ${at % columns})`;
  throw new RangeError(`Cannot ${action} with ${data[at]} at ${place}: every value must be finite`);
}
