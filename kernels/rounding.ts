/**
 * Rounding as the reference implementations round: to the nearest whole number, ties to the even one (IEEE 754's default
 * direction, PyTorch's `torch.round`). `Math.round` takes ties upwards, which is another code for every weight on the edge
 * of a symmetric range: -7.5 is -8 here and -7 there.
 * @module
 */

/** From 2^52 on every float64 is a whole number; adding and taking away this much rounds the others, ties to even. */
const INTEGERS_FROM = 2 ** 52;

/**
 * Rounds to the nearest whole number, ties to the even one. The sign of zero is kept, as are infinities and NaN.
 *
 * @param x any number.
 * @returns the nearest whole number.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { roundHalfEven } from "mtpress";
 *
 * deepEqual([-7.5, -1.5, 0.5, 1.5, 2.5].map(roundHalfEven), [-8, -2, 0, 2, 2]);
 * ```
 */
export function roundHalfEven(x: number): number {
  if (x > 0) return x < INTEGERS_FROM ? x + INTEGERS_FROM - INTEGERS_FROM : x;
  if (x < 0) {
    if (x <= -INTEGERS_FROM) return x;
    const rounded = x - INTEGERS_FROM + INTEGERS_FROM;
    return rounded === 0 ? -0 : rounded;
  }
  return x; // 0, -0, NaN
}
