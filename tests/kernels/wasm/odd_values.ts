/**
 * Matrices of the values with which comparisons, products and sums go wrong.
 * @module
 */
import { type Matrix, matrix } from "../../../kernels/matrix.ts";
import { randomNumbers } from "../random.ts";

const ODD = [0, -0, 1, -1, 1, 0.5, 1e-45, -1e-45, 1e-39, 1e-20, -1e20, 3e38, -3e38, NaN, Infinity];

/** A matrix of few different values, the most of them odd; a tenth of the rows are all 0. */
export function oddMatrix(rows: number, columns: number, seed: number, finite = false): Matrix {
  const next = randomNumbers(seed);
  const values = finite ? ODD.filter(Number.isFinite) : ODD;
  const data = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const isZero = next() < 0.1;
    for (let j = 0; j < columns; j++) {
      const value = next() < 0.6
        ? Math.round(8 * next() - 4)
        : values[Math.floor(next() * values.length)];
      data[row * columns + j] = isZero ? 0 : value;
    }
  }
  return matrix(rows, columns, data);
}
