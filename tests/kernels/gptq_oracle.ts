/**
 * Optimal Brain Quantisation in a fixed column order, by its definition and in float64: after every column, the Hessian of the
 * columns that are left is inverted anew (Frantar and Alistarh 2022, arXiv:2208.11580, equation 7). What GPTQ must equal.
 * @module
 */
import { type AffineGrid, fitGrid, gridCode, type GridOptions } from "../../kernels/grid.ts";
import type { Matrix } from "../../kernels/matrix.ts";

/** How the oracle quantises. */
export interface ObqOptions extends GridOptions {
  damping: number;
  groupSize: number;
  /** Order of the columns. */
  order: ArrayLike<number>;
  /** 1 = kept, 0 = held at 0. */
  mask?: Uint8Array;
}

/** A matrix's inverse by Gauss and Jordan, with row exchanges. */
export function invert(matrix: number[][]): number[][] {
  const n = matrix.length;
  const a = matrix.map((row, i) => [...row, ...row.map((_, j) => i === j ? 1 : 0)]);
  for (let c = 0; c < n; c++) {
    let pivot = c;
    for (let r = c; r < n; r++) if (Math.abs(a[r][c]) > Math.abs(a[pivot][c])) pivot = r;
    [a[c], a[pivot]] = [a[pivot], a[c]];
    const scale = a[c][c];
    a[c] = a[c].map((value) => value / scale);
    for (let r = 0; r < n; r++) {
      if (r === c) continue;
      const factor = a[r][c];
      a[r] = a[r].map((value, j) => value - factor * a[c][j]);
    }
  }
  return a.map((row) => row.slice(n));
}

/** The damped Hessian as rows. */
export function dampedRows({ columns, data }: Matrix, damping: number): number[][] {
  let mean = 0;
  for (let i = 0; i < columns; i++) mean += data[i * columns + i] / columns;
  return Array.from({ length: columns }, (_, i) =>
    Array.from(
      { length: columns },
      (_, j) => data[i * columns + j] + (i === j ? damping * mean : 0),
    ));
}

/** Codes [R, C] and Σ (w - ŵ)² / [H⁻¹]ᵢᵢ / 2. Grids are fitted when their group's first column is reached. */
export function obq(weight: Matrix, hessian: Matrix, options: ObqOptions) {
  const { rows: R, columns: C } = weight;
  const { damping, groupSize, bits, mask } = options;
  const order = Array.from(options.order);
  const H = dampedRows(hessian, damping);
  const codes = new Uint8Array(R * C);
  let loss = 0;
  const inverses = order.map((_, p) => {
    const left = order.slice(p);
    return invert(left.map((i) => left.map((j) => H[i][j])));
  });
  for (let r = 0; r < R; r++) {
    const w = Array.from(weight.data.slice(r * C, (r + 1) * C));
    let grid: AffineGrid = fitGrid(weight.data.slice(r * C, (r + 1) * C), options);
    order.forEach((column, p) => {
      if (groupSize > 0 && p % groupSize === 0) {
        const group = order.slice(p, p + groupSize).map((j) => w[j]);
        grid = fitGrid(Float32Array.from(group), options);
      }
      const kept = mask?.[r * C + column] !== 0;
      const code = kept
        ? gridCode(Math.fround(w[column]), grid.scale, grid.zero, 2 ** bits - 1)
        : grid.zero;
      const inverse = inverses[p];
      const change = (w[column] - grid.scale * (code - grid.zero)) / inverse[0][0];
      loss += change * change * inverse[0][0] / 2;
      order.slice(p).forEach((j, k) => w[j] -= change * inverse[0][k]);
      codes[r * C + column] = code;
    });
  }
  return { codes, loss };
}
