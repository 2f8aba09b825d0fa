/**
 * What Wanda and DSnoT know of a linear layer's inputs, gathered sample by sample: for each input channel its squared norm,
 * its sum and its variance. Follows the accumulators of both methods' published code:
 * - "mean" is over samples (sequences), never over tokens: the norms and sums grow with a sample's length;
 * - the variance is the mean of the samples' population variances, weighted by their tokens. The spread between the
 *   samples' means is left out.
 *
 * But: sums are taken in float64 and rounded to float32 once a sample.
 * @module
 */
import type { Matrix } from "./matrix.ts";

/** Statistics of the C input channels of a linear layer. */
export interface ColumnStatistics {
  /** Samples seen, N. */
  readonly samples: number;
  /** Tokens seen, in all samples. */
  readonly tokens: number;
  /** Mean over samples of ‖X_s[:, j]‖² [C] (the references' `scaler_row`; its root times a constant is Wanda's ‖X_j‖₂). */
  readonly squaredNorms: Float32Array;
  /** Mean over samples of the sum of X_s[:, j] over tokens [C] (the references' `sum_metric_row`). */
  readonly sums: Float32Array;
  /** Token-weighted mean of the samples' population variances of channel j [C]. */
  readonly variances: Float32Array;
}

/**
 * Statistics of no samples.
 *
 * @param columns number of input channels C.
 */
export function emptyColumnStatistics(columns: number): ColumnStatistics {
  return {
    samples: 0,
    tokens: 0,
    squaredNorms: new Float32Array(columns),
    sums: new Float32Array(columns),
    variances: new Float32Array(columns),
  };
}

/**
 * Takes one more batch of inputs into the statistics.
 *
 * @param statistics of the samples so far; stays as it is.
 * @param inputs X [tokens, C], the tokens of all the batch's samples.
 * @param batch how many samples these tokens are. The references take one variance of a whole batch, so that batches
 * of one and of several give other variances.
 * @returns the statistics of the samples so far and these.
 * @throws {RangeError} if there are no tokens, the channels are not those of the statistics, or `batch` is not a whole number of at least 1.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { addColumnStatistics, emptyColumnStatistics, matrix } from "mtpress";
 *
 * let statistics = emptyColumnStatistics(1);
 * statistics = addColumnStatistics(statistics, matrix(2, 1, [1, 3])); // ‖·‖² 10, sum 4, variance 1
 * statistics = addColumnStatistics(statistics, matrix(1, 1, [2])); // ‖·‖² 4, sum 2, variance 0
 * deepEqual([...statistics.squaredNorms, ...statistics.sums], [7, 3]);
 * deepEqual([...statistics.variances], [Math.fround(2 / 3)]);
 * ```
 */
export function addColumnStatistics(
  statistics: ColumnStatistics,
  inputs: Matrix,
  batch = 1,
): ColumnStatistics {
  checkColumns(statistics, inputs, batch);
  return takeIn(statistics, columnMoments(inputs), inputs.rows, batch);
}

/** What one batch's columns are like, in float64 [C]. */
export interface ColumnMoments {
  /** Sums of squares. */
  readonly squaredNorms: Float64Array;
  /** Sums. */
  readonly sums: Float64Array;
  /** Population variances. */
  readonly variances: Float64Array;
}

/** Takes a batch's moments into statistics: means over all samples and over all tokens, rounded to float32. */
export function takeIn(
  statistics: ColumnStatistics,
  { squaredNorms, sums, variances }: ColumnMoments,
  tokens: number,
  batch: number,
): ColumnStatistics {
  const { samples: n, tokens: t } = statistics;
  const N = n + batch;
  const T = t + tokens;
  return {
    samples: N,
    tokens: T,
    squaredNorms: statistics.squaredNorms.map((s, j) => (s * n + squaredNorms[j]) / N),
    sums: statistics.sums.map((s, j) => (s * n + sums[j]) / N),
    variances: statistics.variances.map((v, j) => (v * t + variances[j] * tokens) / T),
  };
}

/** Squared norm, sum and population variance of each column, in float64. */
function columnMoments({ rows: T, columns: C, data: x }: Matrix): ColumnMoments {
  const squaredNorms = new Float64Array(C);
  const sums = new Float64Array(C);
  for (let t = 0, i = 0; t < T; t++) {
    for (let j = 0; j < C; j++, i++) {
      squaredNorms[j] += x[i] * x[i];
      sums[j] += x[i];
    }
  }
  const means = sums.map((sum) => sum / T);
  const squares = new Float64Array(C);
  for (let t = 0, i = 0; t < T; t++) {
    for (let j = 0; j < C; j++, i++) {
      const d = x[i] - means[j];
      squares[j] += d * d;
    }
  }
  return { squaredNorms, sums, variances: squares.map((sum) => sum / T) };
}

/**
 * Throws unless a batch's inputs can be added to statistics.
 *
 * @throws {RangeError} as {@link addColumnStatistics} does.
 */
export function checkColumns(
  { squaredNorms }: ColumnStatistics,
  inputs: Matrix,
  batch: number,
): void {
  const { rows, columns } = inputs;
  const refuse = (rule: string): never => {
    throw new RangeError(`Cannot add inputs [${rows}, ${columns}] to column statistics: ${rule}`);
  };
  if (columns !== squaredNorms.length) refuse(`they are of ${squaredNorms.length} channels`);
  if (rows < 1) refuse("there must be at least one token");
  if (!(Number.isSafeInteger(batch) && batch >= 1)) {
    refuse(`${batch} samples are not a whole number of at least 1`);
  }
}
