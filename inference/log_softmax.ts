/**
 * The log-softmax of one row of logits, in the float32 steps that PyTorch takes on a CPU.
 *
 * log p_v = fl(fl(x_v - m) - fl(log sum_u exp(x_u - m))) with m = max x, where fl rounds to float32.
 * But: the sum itself is made in float64, so that log p may differ from PyTorch's by a few float32 roundings.
 * @module
 */

/** What turns a logit x into its log-probability: `logProbability(x, row)`. */
export interface Normaliser {
  /** m, the largest logit. */
  max: number;
  /** log sum exp(x - m), rounded to float32. */
  logSum: number;
}

// exp(-40) of the largest term: even 2^31 such terms stay under one float32 rounding of the sum.
const NEGLIGIBLE = -40;

/**
 * exp(x) for x in [-40, 0], as exp(x / 1024)^1024 with four terms of the series: a third of the time of `Math.exp`, which
 * would take most of a search's. The absolute error is below 1e-12: a large relative error needs a tiny exp(x).
 */
export function expNonPositive(x: number): number {
  const z = x / 1024;
  let y = 1 + z * (1 + z * (1 / 2 + z * (1 / 6 + z / 24)));
  for (let squarings = 0; squarings < 10; squarings++) y *= y;
  return y;
}

/**
 * Finds the normaliser of `logits[start .. start + size)` and writes it to `out` (nothing is allocated).
 * @throws {RangeError} When a logit is NaN or +Infinity, or all are -Infinity.
 */
export function normalise(
  logits: Float32Array,
  start: number,
  size: number,
  out: Normaliser,
): Normaliser {
  let max = -Infinity;
  let nan = false;
  for (let i = start; i < start + size; i++) {
    const x = logits[i];
    if (x > max) max = x;
    else if (x !== x) nan = true;
  }
  if (nan || !Number.isFinite(max)) {
    throw new RangeError(
      `Cannot search over logits whose largest is ${nan ? NaN : max}: they must be finite`,
    );
  }
  let sum = 0;
  for (let i = start; i < start + size; i++) {
    const below = logits[i] - max;
    if (below > NEGLIGIBLE) sum += expNonPositive(below);
  }
  out.max = max;
  out.logSum = Math.fround(Math.log(sum));
  return out;
}

/** The float32 log-probability of the logit `x` under `row`. */
export function logProbability(x: number, row: Normaliser): number {
  return Math.fround(Math.fround(x - row.max) - row.logSum);
}
