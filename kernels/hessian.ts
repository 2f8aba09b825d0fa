/**
 * The second moments of a linear layer's inputs: H = (2/N) Σ over samples of XₛᵀXₛ, the Hessian of the layer's squared output
 * error ‖WX - ŴX‖² in any row of the weight (Frantar et al. 2023, section 3, equation 1 and "H = 2XXᵀ"; there X is transposed).
 *
 * follows `GPTQ.add_batch` of the authors' code. But:
 * - sums are float64 and scaled once at the end, where the reference rescales a float32 sum for every batch;
 * - only the upper triangle is summed, so that 11,008 columns take 0.5 GB and not 1 GB;
 * - XᵀX may come from elsewhere (`addProduct`, `addRows`), such as a matrix product of ONNX Runtime.
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
   * Adds some rows of a product XᵀX that was computed elsewhere, from its diagonal on.
   * @param rows rows `first` and following of XᵀX without their first `first` columns [R, C - first].
   * @param first the first of the rows.
   * @param samples how many samples went into the product; 0 with all of its rows but one part.
   * @throws {RangeError} if the sizes do not fit, or `samples` is not a whole number.
   */
  addRows(rows: Matrix, first: number, samples: number): void;
  /**
   * The Hessian of what was added.
   * @returns H [C, C], symmetric.
   * @throws {RangeError} if there was no sample.
   */
  hessian(): Matrix;
  /** Frees the sums' memory at once, without waiting for the collector; nothing can be asked or added afterwards. */
  release(): void;
}

/** Where row i of an upper triangle of C columns begins, its rows packed one behind the other; less i. */
const rowStart = (C: number, i: number) => i * C - i * (i + 1) / 2;

/** Adds XᵀX to the packed upper triangle of `sums`, four tokens at a time. */
function addGram(sums: Float64Array, { rows, columns, data }: Matrix): void {
  const zeros = new Float32Array(columns);
  const row = (t: number) => t < rows ? data.subarray(t * columns, (t + 1) * columns) : zeros;
  for (let t = 0; t < rows; t += 4) {
    const x0 = row(t), x1 = row(t + 1), x2 = row(t + 2), x3 = row(t + 3);
    for (let i = 0; i < columns; i++) {
      const a0 = x0[i], a1 = x1[i], a2 = x2[i], a3 = x3[i];
      const at = rowStart(columns, i);
      for (let j = i; j < columns; j++) {
        sums[at + j] += a0 * x0[j] + a1 * x1[j] + a2 * x2[j] + a3 * x3[j];
      }
    }
  }
}

/** Adds rows from the diagonal on to the packed upper triangle of `sums` of C columns; `data` has `step` values a row. */
function addUpperRows(
  sums: Float64Array,
  C: number,
  { rows, columns: step, data }: Matrix,
  first: number,
): void {
  const skipped = C - step;
  for (let r = 0; r < rows; r++) {
    const i = first + r;
    const at = rowStart(C, i);
    const from = r * step - skipped;
    for (let j = i; j < C; j++) sums[at + j] += data[from + j];
  }
}

/** Both triangles of the sums times a factor. */
function symmetric(sums: Float64Array, C: number, factor: number): Matrix {
  const data = new Float32Array(C * C);
  const TILE = 64; // the mirrored values are written column by column, tile by tile
  for (let i0 = 0; i0 < C; i0 += TILE) {
    for (let j0 = i0; j0 < C; j0 += TILE) {
      for (let i = i0; i < Math.min(i0 + TILE, C); i++) {
        const at = rowStart(C, i);
        for (let j = Math.max(i, j0); j < Math.min(j0 + TILE, C); j++) {
          data[i * C + j] = data[j * C + i] = factor * sums[at + j];
        }
      }
    }
  }
  return matrix(C, C, data);
}

function check(what: Matrix, [rows, columns]: readonly [number, number], of: number): void {
  if (what.columns !== columns || what.rows !== rows) {
    throw new RangeError(
      `Cannot add [${what.rows}, ${what.columns}] to a Hessian of ${of} columns: ` +
        `the inputs of every sample must have ${of} columns`,
    );
  }
}

function checkSamples(samples: number, least: 0 | 1): void {
  if (!(Number.isInteger(samples) && samples >= least)) {
    throw new RangeError(
      `Cannot add ${samples} samples to a Hessian: samples must be a whole number of at least ${least}`,
    );
  }
}

/**
 * Throws unless there can be a Hessian of so many columns.
 *
 * @throws {RangeError} if `columns` is not a whole number of at least 1.
 */
export function checkHessianColumns(columns: number): void {
  if (Number.isSafeInteger(columns) && columns >= 1) return;
  throw new RangeError(
    `Cannot begin a Hessian of ${columns} columns: columns must be a whole number of at least 1`,
  );
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
  checkHessianColumns(columns);
  const sums = new Float64Array(columns * (columns + 1) / 2); // the upper triangle of Σ XₛᵀXₛ
  let seen = 0;
  return {
    columns,
    get samples() {
      return seen;
    },
    add(inputs, samples = 1) {
      check(inputs, [inputs.rows, columns], columns);
      checkSamples(samples, 1);
      addGram(sums, inputs);
      seen += samples;
    },
    addProduct(product, samples) {
      check(product, [columns, columns], columns);
      checkSamples(samples, 1);
      addUpperRows(sums, columns, product, 0);
      seen += samples;
    },
    addRows(rows, first, samples) {
      check(rows, [Math.min(rows.rows, columns - first), columns - first], columns);
      checkSamples(samples, 0);
      addUpperRows(sums, columns, rows, first);
      seen += samples;
    },
    hessian() {
      if (seen === 0) {
        throw new RangeError("Cannot give a Hessian of 0 samples: add at least one sample");
      }
      return symmetric(sums, columns, 2 / seen);
    },
    release() {
      sums.buffer.transfer(0);
    },
  };
}
