/**
 * The second moments of a linear layer's inputs: H = (2/N) Σ over samples of XₛᵀXₛ, the Hessian of the layer's squared output
 * error ‖WX - ŴX‖² in any row of the weight (Frantar et al. 2023, section 3, equation 1 and "H = 2XXᵀ"; there X is transposed).
 *
 * follows `GPTQ.add_batch` of the authors' code. But:
 * - sums are float64 and scaled once at the end, where the reference rescales a float32 sum for every batch;
 * - XᵀX may come from elsewhere (`addProduct`), such as a matrix product of ONNX Runtime.
 *
 * N counts samples (sequences), never tokens.
 * @module
 */
import { type Matrix, matrix } from "./matrix.ts";

/** Sums inputs into a Hessian. */
export interface HessianAccumulator {
  /** Number of input columns C. */
  readonly columns: number;
  /** Samples seen so far. */
  readonly samples: number;
  /**
   * Adds the inputs of some samples.
   * @param inputs X [tokens, C], the tokens of all these samples one below the other.
   * @param samples how many samples they are; 1 unless given.
   * @throws {RangeError} if the columns do not fit, or `samples` is not a whole number of at least 1.
   */
  add(inputs: Matrix, samples?: number): void;
  /**
   * Adds a product XᵀX that was computed elsewhere.
   * @param product XᵀX [C, C]; the upper triangle is read.
   * @param samples how many samples went into it.
   * @throws {RangeError} as `add`.
   */
  addProduct(product: Matrix, samples: number): void;
  /**
   * The Hessian of what was added.
   * @returns H [C, C], symmetric.
   * @throws {RangeError} if there was no sample.
   */
  hessian(): Matrix;
}

/** Adds XᵀX to the upper triangle of `sums` [C, C], four tokens at a time. */
function addGram(sums: Float64Array, { rows, columns, data }: Matrix): void {
  const zeros = new Float32Array(columns);
  const row = (t: number) => t < rows ? data.subarray(t * columns, (t + 1) * columns) : zeros;
  for (let t = 0; t < rows; t += 4) {
    const x0 = row(t), x1 = row(t + 1), x2 = row(t + 2), x3 = row(t + 3);
    for (let i = 0; i < columns; i++) {
      const a0 = x0[i], a1 = x1[i], a2 = x2[i], a3 = x3[i];
      const at = i * columns;
      for (let j = i; j < columns; j++) {
        sums[at + j] += a0 * x0[j] + a1 * x1[j] + a2 * x2[j] + a3 * x3[j];
      }
    }
  }
}

function check(what: Matrix, rows: number, columns: number, samples: number): void {
  if (what.columns !== columns || what.rows !== rows) {
    throw new RangeError(
      `Cannot add [${what.rows}, ${what.columns}] to a Hessian of ${columns} columns: ` +
        `the inputs of every sample must have ${columns} columns`,
    );
  }
  if (!(Number.isInteger(samples) && samples >= 1)) {
    throw new RangeError(
      `Cannot add ${samples} samples to a Hessian: samples must be a whole number of at least 1`,
    );
  }
}

/**
 * Begins a Hessian of `columns` input columns.
 *
 * @param columns number of input columns C.
 * @returns an accumulator without a sample.
 * @throws {RangeError} if `columns` is not a whole number of at least 1.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { hessianAccumulator, matrix } from "mtpress";
 *
 * const sum = hessianAccumulator(2);
 * sum.add(matrix(2, 2, [1, 2, 3, 4])); // a sample of two tokens
 * sum.add(matrix(1, 2, [0, 2])); // a sample of one
 * deepEqual([...sum.hessian().data], [10, 14, 14, 24]); // 2/2 · ([[10, 14], [14, 20]] + [[0, 0], [0, 4]])
 * ```
 */
export function hessianAccumulator(columns: number): HessianAccumulator {
  if (!(Number.isSafeInteger(columns) && columns >= 1)) {
    throw new RangeError(
      `Cannot begin a Hessian of ${columns} columns: columns must be a whole number of at least 1`,
    );
  }
  const sums = new Float64Array(columns * columns); // the upper triangle of Σ XₛᵀXₛ
  let seen = 0;
  return {
    columns,
    get samples() {
      return seen;
    },
    add(inputs, samples = 1) {
      check(inputs, inputs.rows, columns, samples);
      addGram(sums, inputs);
      seen += samples;
    },
    addProduct(product, samples) {
      check(product, columns, columns, samples);
      for (let i = 0; i < columns; i++) {
        for (let at = i * columns + i; at < (i + 1) * columns; at++) sums[at] += product.data[at];
      }
      seen += samples;
    },
    hessian() {
      if (seen === 0) {
        throw new RangeError("Cannot give a Hessian of 0 samples: add at least one sample");
      }
      const data = new Float32Array(columns * columns);
      for (let i = 0; i < columns; i++) {
        for (let j = i; j < columns; j++) {
          data[i * columns + j] = data[j * columns + i] = 2 / seen * sums[i * columns + j];
        }
      }
      return matrix(columns, columns, data);
    },
  };
}
