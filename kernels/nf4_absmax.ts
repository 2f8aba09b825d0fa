/**
 * Double quantisation: the block maxima of an NF4 weight, stored in 8 bits instead of 32.
 * Dettmers et al. 2023, "QLoRA: Efficient Finetuning of Quantized LLMs", arXiv 2305.14314, section 3. But:
 * - as in bitsandbytes, the 8-bit values are those of the dynamic map, and the mean is taken away as one float32 for the whole weight;
 * - the mean is summed in float64 and rounded once; a reference that sums in float32 may differ from it by a unit in the last place;
 * - a run of 256 maxima that are all equal to the mean takes the code of 0, where dividing by its largest magnitude is undefined.
 * @module
 */
import { DYNAMIC_MAP, nearestDynamicCode } from "./dynamic_map.ts";
import type { NestedAbsmax } from "./stored_weight.ts";

/** Block maxima that share one float32. */
const RUN = 256;

/** float32 mean. */
function mean(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return Math.fround(sum / Math.max(values.length, 1));
}

/**
 * Stores block maxima in 8 bits: takes their mean away, then scales runs of 256 to [-1, 1] and takes the nearest entry of
 * `DYNAMIC_MAP`.
 *
 * @param absmax largest magnitude of each block [B].
 * @returns B codes, ceil(B / 256) scales and the mean.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { quantizeAbsmax } from "mtpress";
 *
 * const { codes, absmax, offset } = quantizeAbsmax(Float32Array.of(1, 2, 6));
 * deepEqual([...codes, ...absmax, offset], [23, 47, 255, 3, 3]);
 * ```
 */
export function quantizeAbsmax(absmax: Float32Array): NestedAbsmax {
  const offset = mean(absmax);
  const centred = absmax.map((value) => value - offset);
  const codes = new Uint8Array(absmax.length);
  const scales = new Float32Array(Math.ceil(absmax.length / RUN));
  for (let run = 0; run < scales.length; run++) {
    const end = Math.min((run + 1) * RUN, centred.length);
    let scale = 0;
    for (let i = run * RUN; i < end; i++) scale = Math.max(scale, Math.abs(centred[i]));
    const reciprocal = scale === 0 ? 0 : Math.fround(1 / scale);
    scales[run] = scale;
    for (let i = run * RUN; i < end; i++) {
      codes[i] = nearestDynamicCode(Math.fround(centred[i] * reciprocal));
    }
  }
  return { codes, absmax: scales, offset, blockSize: RUN };
}

/**
 * Restores block maxima: `DYNAMIC_MAP[code] · scale + mean`. Maxima that were not quantised are copied.
 *
 * @param absmax block maxima [B] as an `Nf4Weight` has them.
 * @returns the maxima [B] by which the levels are to be multiplied.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { dequantizeAbsmax, quantizeAbsmax } from "mtpress";
 *
 * deepEqual([...dequantizeAbsmax(Float32Array.of(1, 2, 6))], [1, 2, 6]);
 * deepEqual([...dequantizeAbsmax(quantizeAbsmax(Float32Array.of(5, 5)))], [5, 5]);
 * ```
 */
export function dequantizeAbsmax(absmax: Float32Array | NestedAbsmax): Float32Array<ArrayBuffer> {
  if (absmax instanceof Float32Array) return absmax.slice();
  const { codes, absmax: scales, offset, blockSize } = absmax;
  return Float32Array.from(codes, (code, i) => {
    const centred = Math.fround(DYNAMIC_MAP[code] * scales[Math.floor(i / blockSize)]);
    return centred + offset;
  });
}
