// @ts-nocheck AssemblyScript: compiled by build.ts, not run by Deno.
// deno-lint-ignore-file
/**
 * The steps of U, upper, with UᵀU = H⁻¹, as ../factor_steps.ts puts them together. With rows and columns of H in reverse order,
 * H = L Lᵀ; then U is L⁻¹ in reverse order again.
 *
 * All but blocks of 48 is matrix products. Sums within those blocks are float64. Their inverses lie one behind the other at
 * `inverses`, [n / 48][48][48], from where L was factorised on.
 * @module
 */
import { FULL, gemm, gemmBytes, LOWER_A, LOWER_B, LOWER_C } from "./gemm.ts";

const BLOCK: i32 = 48;

let failedPivot: f64 = 0;

/** What stood under the square root where {@link cholesky} stopped. */
export function pivotValue(): f64 {
  return failedPivot;
}

/** L of a block, in place; the row at which it stops, or -1. */
function factorBlock<T>(n: i32, a: usize, step: usize): i32 {
  const size = sizeof<T>();
  for (let j = 0; j < n; j++) {
    const aj = a + <usize> j * step * size;
    let pivot = <f64> load<T>(aj + <usize> j * size);
    for (let k = 0; k < j; k++) {
      const v = <f64> load<T>(aj + <usize> k * size);
      pivot -= v * v;
    }
    if (!(pivot > 0 && pivot < Infinity)) {
      failedPivot = pivot;
      return j;
    }
    const root = Math.sqrt(pivot);
    store<T>(aj + <usize> j * size, <T> root);
    for (let i = j + 1; i < n; i++) {
      const ai = a + <usize> i * step * size;
      let sum = <f64> load<T>(ai + <usize> j * size);
      for (let k = 0; k < j; k++) {
        sum -= <f64> load<T>(ai + <usize> k * size) * <f64> load<T>(aj + <usize> k * size);
      }
      store<T>(ai + <usize> j * size, <T> (sum / root));
    }
  }
  return -1;
}

/** X = L⁻¹ of a block [n, n], below the diagonal and on it. */
function invertBlock<T>(n: i32, l: usize, lStep: usize, x: usize, xStep: usize): void {
  const size = sizeof<T>();
  for (let i = 0; i < n; i++) {
    const li = l + <usize> i * lStep * size, xi = x + <usize> i * xStep * size;
    const inverse = 1 / <f64> load<T>(li + <usize> i * size);
    for (let j = 0; j < i; j++) {
      let sum: f64 = 0;
      for (let k = j; k < i; k++) {
        sum += <f64> load<T>(li + <usize> k * size) *
          <f64> load<T>(x + (<usize> k * xStep + <usize> j) * size);
      }
      store<T>(xi + <usize> j * size, <T> (-sum * inverse));
    }
    store<T>(xi + <usize> i * size, <T> inverse);
  }
}

/** Copies [rows, columns] to rows without gaps and leaves zeros. */
function moveOut<T>(rows: i32, columns: i32, from: usize, step: usize, to: usize): void {
  const bytes = <usize> columns * sizeof<T>();
  for (let i = 0; i < rows; i++, to += bytes, from += step * sizeof<T>()) {
    memory.copy(to, from, bytes);
    memory.fill(from, 0, bytes);
  }
}

/** The blocks' multiple that is nearest above n / 2. */
function halfOf(n: i32): i32 {
  return (n / 2 + BLOCK - 1) / BLOCK * BLOCK;
}

/** Where the inverse of the block that begins at a row lies. */
function inverseOf<T>(inverses: usize, row: i32): usize {
  return inverses + <usize> (row * BLOCK) * sizeof<T>();
}

/** B [m, n] = B L⁻ᵀ, in place; `inverses` of the blocks of L, `work` of {@link factorBytes}. */
export function solveRight<T>(
  m: i32,
  n: i32,
  l: usize,
  b: usize,
  step: usize,
  inverses: usize,
  work: usize,
): void {
  const size = sizeof<T>();
  if (n <= BLOCK) {
    const copy = work + gemmBytes();
    moveOut<T>(m, n, b, step, copy);
    gemm<T>(m, n, n, 1, copy, n, 1, inverses, 1, BLOCK, b, step, FULL, 0, work);
    return;
  }
  const half = halfOf(n);
  const right = b + <usize> half * size;
  const below = l + <usize> half * step * size;
  solveRight<T>(m, half, l, b, step, inverses, work);
  gemm<T>(m, n - half, half, -1, b, step, 1, below, 1, step, right, step, FULL, 0, work);
  const next = inverseOf<T>(inverses, half);
  solveRight<T>(m, n - half, below + <usize> half * size, right, step, next, work);
}

/**
 * L of A [n, n], in place of its lower triangle, and its blocks' inverses. What is above the diagonal is overwritten. By halving
 * (Gustavson 1997, "Recursion leads to automatic variable blocking").
 *
 * @returns the row at which it stops because A is not positive definite, or -1.
 */
export function cholesky<T>(n: i32, a: usize, step: usize, inverses: usize, work: usize): i32 {
  if (n <= BLOCK) {
    const stopped = factorBlock<T>(n, a, step);
    memory.fill(inverses, 0, <usize> (BLOCK * BLOCK) * sizeof<T>());
    if (stopped < 0) invertBlock<T>(n, a, step, inverses, BLOCK);
    return stopped;
  }
  const half = halfOf(n), m = n - half;
  const below = a + <usize> half * step * sizeof<T>();
  const rest = below + <usize> half * sizeof<T>();
  const first = cholesky<T>(half, a, step, inverses, work);
  if (first >= 0) return first;
  solveRight<T>(m, half, a, below, step, inverses, work);
  subtractProduct<T>(m, m, half, below, below, rest, step, 0, work);
  const second = cholesky<T>(m, rest, step, inverseOf<T>(inverses, half), work);
  return second >= 0 ? half + second : -1;
}

/** The lower triangle of C [m, n] -= A [m, depth] · B [n, depth]ᵀ; the diagonal begins in column `diagonal`. */
export function subtractProduct<T>(
  m: i32,
  n: i32,
  depth: i32,
  a: usize,
  b: usize,
  c: usize,
  step: usize,
  diagonal: i32,
  work: usize,
): void {
  gemm<T>(m, n, depth, -1, a, step, 1, b, 1, step, c, step, LOWER_C, diagonal, work);
}

/**
 * Bytes that these functions need at `work`.
 *
 * @param columns of L.
 * @param rows the most that are worked on at a time.
 */
export function factorBytes<T>(columns: i32, rows: i32): usize {
  return gemmBytes() + <usize> (rows + 6) * <usize> columns * sizeof<T>();
}

/** X = L⁻¹ [n, n] in place of L, zeros above the diagonal up to the column `columns`. By rows of blocks. */
export function invertLower<T>(
  n: i32,
  columns: i32,
  l: usize,
  step: usize,
  inverses: usize,
  work: usize,
): void {
  const size = sizeof<T>();
  const product = work + gemmBytes();
  for (let i = 0; i < n; i += BLOCK) {
    const rows = min(BLOCK, n - i);
    const left = l + <usize> i * step * size;
    const inverse = inverseOf<T>(inverses, i);
    if (i > 0) {
      memory.fill(product, 0, <usize> (BLOCK + 6) * <usize> i * size);
      gemm<T>(rows, i, i, -1, left, step, 1, l, step, 1, product, i, LOWER_B, 0, work);
    }
    for (let r = 0; r < rows; r++) {
      const row = left + <usize> r * step * size;
      memory.fill(row, 0, <usize> columns * size);
      const bytes = <usize> (r + 1) * size;
      memory.copy(row + <usize> i * size, inverse + <usize> (r * BLOCK) * size, bytes);
    }
    if (i > 0) {
      gemm<T>(rows, i, rows, 1, inverse, BLOCK, 1, product, i, 1, left, step, FULL, 0, work);
    }
  }
}

/** C [m, n] = X C, in place, with X [m, m] lower. */
export function multiplyLeft<T>(
  m: i32,
  n: i32,
  x: usize,
  c: usize,
  step: usize,
  work: usize,
): void {
  const copy = work + gemmBytes();
  moveOut<T>(m, n, c, step, copy);
  gemm<T>(m, n, m, 1, x, step, 1, copy, n, 1, c, step, LOWER_A, 0, work);
}

/** C [m, n] = -C X, in place, with X [n, n] lower. */
export function multiplyRight<T>(
  m: i32,
  n: i32,
  x: usize,
  c: usize,
  step: usize,
  work: usize,
): void {
  const copy = work + gemmBytes();
  moveOut<T>(m, n, c, step, copy);
  gemm<T>(m, n, n, -1, copy, n, 1, x, step, 1, c, step, LOWER_B, 0, work);
}

/** Rows [first, last) of X = L⁻¹ [n, n], lower, to U, upper: both orders are reversed. With the first row the diagonal moves. */
export function turn<T>(n: i32, first: i32, last: i32, x: usize, step: usize): void {
  const size = sizeof<T>();
  for (let i = first; i < last; i++) {
    let from = x + <usize> i * step * size;
    const end = from + <usize> i * size;
    let to = x + (<usize> (n - 1 - i) * step + <usize> (n - 1)) * size;
    for (; from < end; from += size, to -= size) {
      store<T>(to, load<T>(from));
      store<T>(from, 0);
    }
  }
  for (let i = 0, j = n - 1; i < j && first === 0; i++, j--) {
    const a = x + <usize> i * (step + 1) * size, b = x + <usize> j * (step + 1) * size;
    const value = load<T>(a);
    store<T>(a, load<T>(b));
    store<T>(b, value);
  }
}
