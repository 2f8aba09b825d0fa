/**
 * The 16 values of the 4-bit NormalFloat, and which of them is nearest to a number.
 * Dettmers et al. 2023, "QLoRA: Efficient Finetuning of Quantized LLMs", arXiv 2305.14314, section 3, equation 4 and appendix E. But:
 * - the levels are those of bitsandbytes, which puts 9 probabilities evenly between 0.9677083 and 1/2 for the positive half and
 *   8 for the negative, instead of taking means of neighbouring quantiles (equation 4);
 * - the thresholds are the float32 midpoints that bitsandbytes' PyTorch code compares with; its compiled CUDA code rounds
 *   4 of the 15 (numbers 0, 8, 12 and 14) one unit in the last place another way.
 * @module
 */

/**
 * The NF4 levels [16], ascending: seven negative, 0, eight positive, -1 and 1 among them. They are quantiles of the normal
 * distribution at evenly spaced probabilities, divided by the largest; these are bitsandbytes' float32 values.
 */
export const NF4_LEVELS: readonly number[] = Object.freeze(
  [
    -1,
    -0.6961928,
    -0.52507305,
    -0.3949175,
    -0.28444138,
    -0.18477343,
    -0.091050036,
    0,
    0.0795803,
    0.1609302,
    0.2461123,
    0.33791524,
    0.44070983,
    0.562617,
    0.72295684,
    1,
  ].map(Math.fround),
);

/** The float32 midpoints [15] between neighbouring levels. A number on a midpoint takes the lower level. */
export const NF4_THRESHOLDS: readonly number[] = Object.freeze(
  NF4_LEVELS.slice(1).map((level, i) => Math.fround((NF4_LEVELS[i] + level) / 2)),
);

/** The thresholds as a typed array, which is searched twice as fast. */
const searched = Float64Array.from(NF4_THRESHOLDS);

/**
 * Gives the code, 0 to 15, of the NF4 level nearest to a number: how many thresholds lie strictly below it.
 *
 * @param x a number; all below -1 take code 0 and all above 1 code 15.
 * @returns the index into `NF4_LEVELS`.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { NF4_THRESHOLDS, nearestNf4Code } from "mtpress";
 *
 * deepEqual([-1, 0, 0.5, 1, NF4_THRESHOLDS[3]].map(nearestNf4Code), [0, 7, 12, 15, 3]);
 * ```
 */
export function nearestNf4Code(x: number): number {
  const t = searched;
  let code = x > t[7] ? 8 : 0;
  if (x > t[code + 3]) code += 4;
  if (x > t[code + 1]) code += 2;
  if (x > t[code]) code += 1;
  return code;
}
