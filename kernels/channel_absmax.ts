/**
 * The activation statistics of SmoothQuant.
 * Xiao et al. 2023, "SmoothQuant: Accurate and Efficient Post-Training Quantization for Large Language Models", arXiv 2211.10438,
 * section 4. But:
 * - it is a plain maximum over every token, as in its authors' code (get_act_scales), which knows no percentiles.
 * @module
 */
import type { Matrix } from "./matrix.ts";

/**
 * Throws unless inputs have as many channels as before.
 *
 * @throws {RangeError} if they have not.
 */
export function checkChannels(columns: number, before?: Float32Array): void {
  if (!before || before.length === columns) return;
  throw new RangeError(
    `Cannot add inputs of ${columns} channels to statistics of ${before.length}: ` +
      "all inputs of a linear layer must have the same channels",
  );
}

/**
 * Gathers the activation statistics of SmoothQuant, the largest magnitude of each channel over all tokens seen.
 *
 * @param inputs inputs of a linear layer [T, C], T tokens; or another matrix with C channels, such as a weight.
 * @param before what this function gave for the tokens before, if any [C].
 * @returns the largest magnitudes [C].
 * @throws {RangeError} If the channels are not as many as before, or a value is not finite.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { channelAbsmax, matrix } from "mtpress";
 *
 * const first = channelAbsmax(matrix(2, 2, [1, -4, -3, 2]));
 * deepEqual([...channelAbsmax(matrix(1, 2, [5, 0]), first)], [5, 4]);
 * ```
 */
export function channelAbsmax(inputs: Matrix, before?: Float32Array): Float32Array {
  const { rows, columns, data } = inputs;
  checkChannels(columns, before);
  const largest = before?.slice() ?? new Float32Array(columns);
  for (let t = 0, i = 0; t < rows; t++) {
    for (let j = 0; j < columns; j++, i++) {
      const magnitude = Math.abs(data[i]);
      if (!(magnitude < Infinity)) {
        throw new RangeError(
          `Cannot take statistics of ${data[i]} (row ${t}, channel ${j}): ` +
            "values must be finite",
        );
      }
      if (magnitude > largest[j]) largest[j] = magnitude;
    }
  }
  return largest;
}
