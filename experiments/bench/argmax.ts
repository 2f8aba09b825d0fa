/**
 * The largest of many numbers.
 * @module
 */

/** Index of the first of the largest numbers. */
export function argmax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}
