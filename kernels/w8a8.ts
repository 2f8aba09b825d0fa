/**
 * W8A8 fake quantisation: values rounded to a grid of 255 steps and kept as float32, to see what 8-bit weights and activations
 * would do. It is a control: nothing is stored in fewer bytes and nothing runs on whole numbers.
 * Xiao et al. 2023, "SmoothQuant: Accurate and Efficient Post-Training Quantization for Large Language Models", arXiv 2211.10438,
 * equation 1, after its authors' code (fake_quant). But:
 * - the inputs stay as they are; the authors' code overwrites the activations;
 * - outputs of linear layers are not quantised, which is the authors' default for LLaMA.
 * @module
 */
import { type Matrix, matrix } from "./matrix.ts";
import { roundHalfEven } from "./rounding.ts";

/** Least magnitude for which a scale is made. */
const LEAST = Math.fround(1e-5);

/**
 * What shares one scale: a row (of a weight, an output channel; of activations, a token) or the whole matrix.
 */
export type ScalePer = "row" | "matrix";

/** Options of `fakeQuantize`. */
export interface FakeQuantizeOptions {
  /** What shares one scale. */
  readonly per: ScalePer;
  /**
   * Bits of a whole number, 2 to 16.
   * @default {8}
   */
  readonly bits?: number;
}

/** Options of `w8a8Linear`. */
export interface W8A8Options {
  /**
   * What shares a scale of the weight: "row" is the authors' per_channel, "matrix" their per_tensor.
   * @default {"row"}
   */
  readonly weights?: ScalePer;
  /**
   * What shares a scale of the inputs: "row" is the authors' per_token, "matrix" their per_tensor.
   * @default {"row"}
   */
  readonly inputs?: ScalePer;
}

/** Rounds values to multiples of their common scale. */
function roundToScale(values: Float32Array, steps: number): Float32Array {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  const scale = Math.fround(Math.max(largest, LEAST) / steps);
  return values.map((value) => roundHalfEven(Math.fround(value / scale)) * scale);
}

/**
 * Rounds values to the symmetric grid of their largest magnitude: round(x / Δ) · Δ with Δ = max(max|x|, 1e-5) / (2^(bits - 1) - 1),
 * ties to even (equation 1).
 *
 * @param values a weight [R, C] or activations [T, C].
 * @param options what shares a scale, and the bits.
 * @returns the rounded values, in the shape given.
 * @throws {RangeError} If the bits are not a whole number from 2 to 16, or a value is not finite.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { fakeQuantize, matrix } from "mtpress";
 *
 * const values = matrix(2, 2, [127, 2.5, 0.75, 6.35]);
 * deepEqual([...fakeQuantize(values, { per: "matrix" }).data], [127, 2, 1, 6]);
 * ```
 */
export function fakeQuantize(values: Matrix, options: FakeQuantizeOptions): Matrix {
  const { per, bits = 8 } = options;
  if (!(Number.isInteger(bits) && bits >= 2 && bits <= 16)) {
    throw new RangeError(`Cannot quantise to ${bits} bits: they must be a whole number, 2 to 16`);
  }
  const { rows, columns, data } = values;
  const wrong = data.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    throw new RangeError(
      `Cannot quantise ${data[wrong]} at (${Math.floor(wrong / columns)}, ${wrong % columns}): ` +
        "values must be finite",
    );
  }
  const steps = 2 ** (bits - 1) - 1;
  if (per === "matrix") return matrix(rows, columns, roundToScale(data, steps));
  const rounded = new Float32Array(data.length);
  for (let r = 0; r < rows; r++) {
    const row = data.subarray(r * columns, (r + 1) * columns);
    rounded.set(roundToScale(row, steps), r * columns);
  }
  return matrix(rows, columns, rounded);
}

/**
 * Applies a linear layer whose weight and inputs are fake-quantised to 8 bits: Y = X̂ Ŵᵀ, summed in float64.
 *
 * @param weight the weight [R, C].
 * @param inputs its inputs [T, C].
 * @param options what shares a scale, of either.
 * @returns the outputs [T, R].
 * @throws {RangeError} If the columns differ, or a value is not finite.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { matrix, w8a8Linear } from "mtpress";
 *
 * const outputs = w8a8Linear(matrix(1, 2, [127, 2.4]), matrix(1, 2, [0.4, 127]));
 * deepEqual([...outputs.data], [254]);
 * ```
 */
export function w8a8Linear(weight: Matrix, inputs: Matrix, options: W8A8Options = {}): Matrix {
  const { rows: R, columns: C } = weight;
  const { rows: T } = inputs;
  if (inputs.columns !== C) {
    throw new RangeError(
      `Cannot multiply inputs of ${inputs.columns} channels by a weight [${R}, ${C}]: ` +
        "its columns must be as many",
    );
  }
  const W = fakeQuantize(weight, { per: options.weights ?? "row" }).data;
  const X = fakeQuantize(inputs, { per: options.inputs ?? "row" }).data;
  const outputs = new Float32Array(T * R);
  for (let t = 0; t < T; t++) {
    for (let r = 0; r < R; r++) {
      let sum = 0;
      for (let c = 0; c < C; c++) sum += X[t * C + c] * W[r * C + c];
      outputs[t * R + r] = sum;
    }
  }
  return matrix(T, R, outputs);
}
