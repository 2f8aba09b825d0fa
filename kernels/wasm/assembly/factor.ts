// @ts-nocheck AssemblyScript: compiled by build.ts, not run by Deno.
// deno-lint-ignore-file
/**
 * U, upper, with UᵀU = H⁻¹. With rows and columns of H in reverse order, H = L Lᵀ; then U is L⁻¹ in reverse order again.
 *
 * L by halving (Gustavson 1997, "Recursion leads to automatic variable blocking"), L⁻¹ by rows of blocks; all but blocks of 48 is
 * matrix products. Sums within those blocks are float64.
 * @module
 */
import { FULL, gemm, gemmBytes, LOWER_B, LOWER_C } from "./gemm.ts";

const BLOCK: i32 = 48;

let failedRow: i32 = 0;
let failedPivot: f64 = 0;

export function pivotRow(): i32 {
  return failedRow;
}

export function pivotValue(): f64 {
  return failedPivot;
}

/** L of a block, in place. */
function factorBlock<T>(n: i32, a: usize, step: usize, row: i32): bool {
  const size = sizeof<T>();
  for (let j = 0; j < n; j++) {
    const aj = a + <usize> j * step * size;
    let pivot = <f64> load<T>(aj + <usize> j * size);
    for (let k = 0; k < j; k++) {
      const v = <f64> load<T>(aj + <usize> k * size);
      pivot -= v * v;
    }
    if (!(pivot > 0 && pivot < Infinity)) {
      failedRow = row + j;
      failedPivot = pivot;
      return false;
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
  return true;
}

/** X = L⁻¹ of a block [n, n], below the diagonal and on it. X may be L. */
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
      store<T>(xi + <usize> j * size, <T> (-sum * inverse)); // L at k = j is not read again
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

/** B [m, n] = B L⁻ᵀ, in place. */
function solveRight<T>(m: i32, n: i32, l: usize, b: usize, step: usize, work: usize): void {
  const size = sizeof<T>();
  if (n <= BLOCK) {
    const inverse = work + gemmBytes(), copy = inverse + <usize> (BLOCK * BLOCK * 8);
    memory.fill(inverse, 0, <usize> (n * n) * size);
    invertBlock<T>(n, l, step, inverse, n);
    moveOut<T>(m, n, b, step, copy);
    gemm<T>(m, n, n, 1, copy, n, 1, inverse, 1, n, b, step, FULL, work);
    return;
  }
  const half = halfOf(n);
  const right = b + <usize> half * size;
  const below = l + <usize> half * step * size;
  solveRight<T>(m, half, l, b, step, work);
  gemm<T>(m, n - half, half, -1, b, step, 1, below, 1, step, right, step, FULL, work);
  solveRight<T>(m, n - half, below + <usize> half * size, right, step, work);
}

/** The blocks' multiple that is nearest above n / 2. */
function halfOf(n: i32): i32 {
  return (n / 2 + BLOCK - 1) / BLOCK * BLOCK;
}

/** L of A [n, n], in place of its lower triangle; false if A is not positive definite. What is above the diagonal is overwritten. */
export function cholesky<T>(n: i32, a: usize, step: usize, row: i32, work: usize): bool {
  if (n <= BLOCK) return factorBlock<T>(n, a, step, row);
  const half = halfOf(n);
  const below = a + <usize> half * step * sizeof<T>();
  const rest = below + <usize> half * sizeof<T>();
  if (!cholesky<T>(half, a, step, row, work)) return false;
  solveRight<T>(n - half, half, a, below, step, work);
  const m = n - half;
  gemm<T>(m, m, half, -1, below, step, 1, below, 1, step, rest, step, LOWER_C, work);
  return cholesky<T>(m, rest, step, row + half, work);
}

/** Bytes that {@link cholesky} and {@link invertLower} need at `work`. */
export function factorBytes(n: i32): usize {
  return gemmBytes() + <usize> (BLOCK * BLOCK * 8) + <usize> (BLOCK + 6) * <usize> n * 8;
}

/** X = L⁻¹ [n, n] in place of L, zeros above the diagonal. */
export function invertLower<T>(n: i32, l: usize, step: usize, work: usize): void {
  const size = sizeof<T>();
  for (let i = 0; i < n; i++) {
    memory.fill(l + (<usize> i * step + <usize> (i + 1)) * size, 0, <usize> (n - i - 1) * size);
  }
  const inverse = work + gemmBytes(), product = inverse + <usize> (BLOCK * BLOCK * 8);
  for (let i = 0; i < n; i += BLOCK) {
    const rows = min(BLOCK, n - i);
    const left = l + <usize> i * step * size;
    const diagonal = left + <usize> i * size;
    invertBlock<T>(rows, diagonal, step, diagonal, step);
    if (i === 0) continue;
    memory.fill(product, 0, <usize> (BLOCK + 6) * <usize> i * size);
    gemm<T>(rows, i, i, -1, left, step, 1, l, step, 1, product, i, LOWER_B, work);
    for (let r = 0; r < rows; r++) memory.fill(left + <usize> r * step * size, 0, <usize> i * size);
    gemm<T>(rows, i, rows, 1, diagonal, step, 1, product, i, 1, left, step, FULL, work);
  }
}

/** U [n, n], upper, from X = L⁻¹ [n, n], lower, in place: both orders are reversed. */
export function turn<T>(n: i32, x: usize, step: usize): void {
  const size = sizeof<T>();
  for (let i = 0; i < n; i++) {
    let from = x + <usize> i * step * size;
    const end = from + <usize> i * size;
    let to = x + (<usize> (n - 1 - i) * step + <usize> (n - 1)) * size;
    for (; from < end; from += size, to -= size) {
      store<T>(to, load<T>(from));
      store<T>(from, 0);
    }
  }
  for (let i = 0, j = n - 1; i < j; i++, j--) {
    const a = x + <usize> i * (step + 1) * size, b = x + <usize> j * (step + 1) * size;
    const value = load<T>(a);
    store<T>(a, load<T>(b));
    store<T>(b, value);
  }
}
