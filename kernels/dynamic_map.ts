/**
 * The 256 values of the signed 8-bit dynamic data type, with which double quantisation stores block maxima.
 * Dettmers et al. 2022, "8-bit Optimizers via Block-wise Quantization", arXiv 2110.02861, sections 1.3 and 2.2. But:
 * - no bits are laid out: the values are a sorted table, as in bitsandbytes, whose float32 table this is. It cannot be recomputed
 *   bit for bit: float32 formulas of the same values differ from each other by a unit in the last place.
 * @module
 */

/**
 * The 127 positive values below 1. Decade d = 0 to 6 has the midpoints of 2^d equal intervals that divide 0.1 to 1,
 * times 10^(d - 6).
 */
// deno-fmt-ignore
const MAGNITUDES = [
  5.5000004e-7, 3.2500002e-6, 7.75e-6, 2.1249998e-5, 4.375e-5, 6.625e-5, 8.875e-5, 0.00015625001,
  0.00026875004, 0.00038125002, 0.00049375003, 0.0006062501, 0.00071875006, 0.00083125,
  0.0009437501, 0.0012812499, 0.00184375, 0.00240625, 0.00296875, 0.0035312497, 0.00409375,
  0.0046562497, 0.0052187503, 0.00578125, 0.00634375, 0.00690625, 0.00746875, 0.00803125,
  0.00859375, 0.009156249, 0.00971875, 0.01140625, 0.01421875, 0.01703125, 0.01984375, 0.02265625,
  0.02546875, 0.028281247, 0.03109375, 0.033906247, 0.036718752, 0.03953125, 0.042343747,
  0.04515625, 0.04796875, 0.05078125, 0.05359375, 0.05640625, 0.059218753, 0.062031247, 0.06484375,
  0.067656256, 0.070468746, 0.07328125, 0.07609375, 0.07890625, 0.08171874, 0.08453125, 0.08734375,
  0.09015625, 0.092968754, 0.095781244, 0.09859375, 0.107031256, 0.12109375, 0.13515624, 0.14921875,
  0.16328125, 0.17734374, 0.19140625, 0.20546874, 0.21953125, 0.23359376, 0.24765626, 0.26171875,
  0.27578127, 0.28984374, 0.30390626, 0.31796873, 0.33203125, 0.3460937, 0.36015624, 0.37421876,
  0.38828123, 0.40234375, 0.4164062, 0.43046874, 0.44453126, 0.45859373, 0.47265625, 0.48671877,
  0.50078124, 0.51484376, 0.5289062, 0.54296875, 0.5570313, 0.5710938, 0.58515626, 0.5992187,
  0.61328125, 0.6273438, 0.64140624, 0.65546876, 0.6695313, 0.68359375, 0.6976563, 0.7117188,
  0.72578126, 0.7398438, 0.75390625, 0.7679688, 0.78203124, 0.7960937, 0.8101562, 0.82421875,
  0.8382812, 0.85234374, 0.8664062, 0.8804687, 0.89453125, 0.9085938, 0.92265624, 0.9367187,
  0.9507812, 0.96484375, 0.9789062, 0.99296874,
].map(Math.fround);

/** The dynamic map [256], ascending: 127 negative values, 0, the same 127 positive, and 1. There is no -1. */
export const DYNAMIC_MAP: readonly number[] = Object.freeze([
  ...MAGNITUDES.map((magnitude) => -magnitude).reverse(),
  0,
  ...MAGNITUDES,
  1,
]);

/** Half-way from the entry before to each, as a typed array, which is searched ten times as fast. */
const halfWays = Float64Array.from(DYNAMIC_MAP, (value, i) => (DYNAMIC_MAP[i - 1] + value) / 2);

/**
 * Gives the code, 0 to 255, of the entry of `DYNAMIC_MAP` nearest to a number. A number half-way takes the lower entry.
 *
 * @param x a number; all below the first entry take code 0 and all above 1 code 255.
 * @returns the index into `DYNAMIC_MAP`.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { DYNAMIC_MAP, nearestDynamicCode } from "mtpress";
 *
 * deepEqual([-1, 0, 1].map(nearestDynamicCode), [0, 127, 255]);
 * deepEqual(DYNAMIC_MAP.map(nearestDynamicCode), DYNAMIC_MAP.map((_, i) => i));
 * ```
 */
export function nearestDynamicCode(x: number): number {
  let code = 0;
  for (let half = 128; half >= 1; half /= 2) {
    if (x > halfWays[code + half]) code += half;
  }
  return code;
}
