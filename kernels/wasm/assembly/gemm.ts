// @ts-nocheck AssemblyScript: compiled by build.ts, not run by Deno.
// deno-lint-ignore-file
/**
 * C += alpha · A · B in tiles of 6 rows by one panel row of columns (8 float32, 4 float64), after Goto and van de Geijn 2008,
 * "Anatomy of high-performance matrix multiplication": B is packed for the second-level cache, A for the first.
 *
 * Packed edges are zero and tiles are always whole, so the five rows below C and the seven values behind each of its rows must be
 * in memory; 0 is added to them.
 * @module
 */
import { madd, PANEL_BYTES, panelRows } from "./simd.ts";

const DEPTH: i32 = 256;
const A_ROWS: i32 = 96;
const B_BYTES: i32 = 2048; // of a packed row of B: 512 float32 columns
export const TILE: i32 = 6;

/** All of C. */
export const FULL: i32 = 0;
/** Only tiles that touch the lower triangle of C, whose diagonal begins in the column `diagonal` of its first row. */
export const LOWER_C: i32 = 1;
/** Only tiles that touch the upper triangle of C; `diagonal` as above. */
export const UPPER_C: i32 = 2;
/** A is lower triangular: what stands above its diagonal must be 0 and is not all read. */
export const LOWER_A: i32 = 3;
/** B is lower triangular: likewise. */
export const LOWER_B: i32 = 4;

/** C tile [6, panel row] += the product of packed A [depth, 6] and packed B [depth, panel row]; rows of C are `stride` bytes apart. */
export function tile<T>(depth: i32, a: usize, b: usize, c: usize, stride: usize): void {
  let c00 = v128.load(c, 0), c01 = v128.load(c, 16);
  let p = c + stride;
  let c10 = v128.load(p, 0), c11 = v128.load(p, 16);
  p += stride;
  let c20 = v128.load(p, 0), c21 = v128.load(p, 16);
  p += stride;
  let c30 = v128.load(p, 0), c31 = v128.load(p, 16);
  p += stride;
  let c40 = v128.load(p, 0), c41 = v128.load(p, 16);
  p += stride;
  let c50 = v128.load(p, 0), c51 = v128.load(p, 16);
  for (const end = b + <usize> depth * PANEL_BYTES; b < end; b += PANEL_BYTES) {
    const b0 = v128.load(b, 0), b1 = v128.load(b, 16);
    let x = v128.load_splat<T>(a, 0);
    c00 = madd<T>(x, b0, c00);
    c01 = madd<T>(x, b1, c01);
    x = v128.load_splat<T>(a, sizeof<T>());
    c10 = madd<T>(x, b0, c10);
    c11 = madd<T>(x, b1, c11);
    x = v128.load_splat<T>(a, 2 * sizeof<T>());
    c20 = madd<T>(x, b0, c20);
    c21 = madd<T>(x, b1, c21);
    x = v128.load_splat<T>(a, 3 * sizeof<T>());
    c30 = madd<T>(x, b0, c30);
    c31 = madd<T>(x, b1, c31);
    x = v128.load_splat<T>(a, 4 * sizeof<T>());
    c40 = madd<T>(x, b0, c40);
    c41 = madd<T>(x, b1, c41);
    x = v128.load_splat<T>(a, 5 * sizeof<T>());
    c50 = madd<T>(x, b0, c50);
    c51 = madd<T>(x, b1, c51);
    a += TILE * sizeof<T>();
  }
  v128.store(c, c00, 0);
  v128.store(c, c01, 16);
  c += stride;
  v128.store(c, c10, 0);
  v128.store(c, c11, 16);
  c += stride;
  v128.store(c, c20, 0);
  v128.store(c, c21, 16);
  c += stride;
  v128.store(c, c30, 0);
  v128.store(c, c31, 16);
  c += stride;
  v128.store(c, c40, 0);
  v128.store(c, c41, 16);
  c += stride;
  v128.store(c, c50, 0);
  v128.store(c, c51, 16);
}

/** alpha · six neighbouring values. */
function packSix<T>(from: usize, alpha: v128, to: usize): void {
  v128.store(to, v128.mul<T>(alpha, v128.load(from, 0)), 0);
  if (sizeof<T>() === 4) {
    v128.store64_lane(to, f32x4.mul(alpha, v128.load64_zero(from, 16)), 0, 16);
  } else {
    v128.store(to, v128.mul<T>(alpha, v128.load(from, 16)), 16);
    v128.store(to, v128.mul<T>(alpha, v128.load(from, 32)), 32);
  }
}

/** alpha · A [rows, depth] to tiles [ceil(rows / 6)][depth][6]; steps are in elements. */
export function packA<T>(
  rows: i32,
  depth: i32,
  a: usize,
  rowStep: usize,
  columnStep: usize,
  alpha: T,
  to: usize,
): void {
  const rowBytes = rowStep * sizeof<T>(), columnBytes = columnStep * sizeof<T>();
  for (let i = 0; i < rows; i += TILE) {
    const live = min(TILE, rows - i);
    let from = a + <usize> i * rowBytes;
    if (live === TILE && rowStep === 1) {
      for (let k = 0; k < depth; k++, from += columnBytes, to += TILE * sizeof<T>()) {
        packSix<T>(from, v128.splat<T>(alpha), to);
      }
      continue;
    }
    for (let k = 0; k < depth; k++, from += columnBytes) {
      let p = from;
      let r = 0;
      for (; r < live; r++, to += sizeof<T>(), p += rowBytes) store<T>(to, alpha * load<T>(p));
      for (; r < TILE; r++, to += sizeof<T>()) store<T>(to, 0);
    }
  }
}

/** B [depth, columns] to panels [ceil(columns / panel row)][depth][panel row]; steps are in elements. */
function packB<T>(
  depth: i32,
  columns: i32,
  b: usize,
  rowStep: usize,
  columnStep: usize,
  to: usize,
): void {
  const rowBytes = rowStep * sizeof<T>(), columnBytes = columnStep * sizeof<T>();
  const width = panelRows<T>();
  for (let j = 0; j < columns; j += width) {
    const live = min(width, columns - j);
    let from = b + <usize> j * columnBytes;
    if (live === width && columnStep === 1) {
      for (let k = 0; k < depth; k++, from += rowBytes, to += PANEL_BYTES) {
        v128.store(to, v128.load(from, 0), 0);
        v128.store(to, v128.load(from, 16), 16);
      }
    } else {
      for (let k = 0; k < depth; k++, from += rowBytes) {
        let p = from;
        let c = 0;
        for (; c < live; c++, to += sizeof<T>(), p += columnBytes) store<T>(to, load<T>(p));
        for (; c < width; c++, to += sizeof<T>()) store<T>(to, 0);
      }
    }
  }
}

/** Bytes that {@link gemm} needs at `work`. */
export function gemmBytes(): usize {
  return <usize> (DEPTH * (B_BYTES + A_ROWS * 8));
}

/** Whether a tile of C whose first row and column these are stays as it is. */
function isSkipped<T>(shape: i32, diagonal: i32, row: i32, column: i32): bool {
  if (shape === LOWER_C) return diagonal + row + TILE <= column;
  return shape === UPPER_C && diagonal + row >= column + panelRows<T>();
}

/**
 * C [m, n] += alpha · A [m, depth] · B [depth, n]. A and B have any row and column step, C rows `cStep` apart; all in elements.
 * Tiles next to the edges read and write what lies there, so no other thread may change it meanwhile.
 */
export function gemm<T>(
  m: i32,
  n: i32,
  depth: i32,
  alpha: T,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  c: usize,
  cStep: usize,
  shape: i32,
  diagonal: i32,
  work: usize,
): void {
  const width = panelRows<T>();
  const size = sizeof<T>();
  const chunk = B_BYTES / <i32> size;
  const packedB = work + <usize> (DEPTH * A_ROWS * 8);
  for (let jc = 0; jc < n; jc += chunk) {
    const nc = min(chunk, n - jc);
    if (shape === LOWER_C && diagonal + m + TILE <= jc) break;
    for (let kc = shape === LOWER_B ? jc / DEPTH * DEPTH : 0; kc < depth; kc += DEPTH) {
      const dc = min(DEPTH, depth - kc);
      const from = b + (<usize> kc * bRow + <usize> jc * bColumn) * size;
      packB<T>(dc, nc, from, bRow, bColumn, packedB);
      for (let ic = shape === LOWER_A ? kc / A_ROWS * A_ROWS : 0; ic < m; ic += A_ROWS) {
        const mc = min(A_ROWS, m - ic);
        const rows = a + (<usize> ic * aRow + <usize> kc * aColumn) * size;
        packA<T>(mc, dc, rows, aRow, aColumn, alpha, work);
        for (let i = 0; i < mc; i += TILE) {
          const rest = shape === LOWER_A ? min(dc, ic + i + TILE - kc) : dc;
          const row = c + (<usize> (ic + i) * cStep + <usize> jc) * size;
          for (let j = 0; j < nc; j += width) {
            if (isSkipped<T>(shape, diagonal, ic + i, jc + j)) continue;
            const skip = shape === LOWER_B ? max(0, jc + j - kc) : 0;
            if (rest <= skip) break;
            const strip = work + <usize> (i * dc + skip * TILE) * size;
            const panel = packedB + <usize> (j * dc) * size + <usize> skip * PANEL_BYTES;
            tile<T>(rest - skip, strip, panel, row + <usize> j * size, cStep * size);
          }
        }
      }
    }
  }
}

/** C [m, n] = AᵀB of A [tokens, m] and B [tokens, n], `step` apart; the upper triangle, whose diagonal begins in column `diagonal`. */
export function gram(
  m: i32,
  n: i32,
  tokens: i32,
  a: usize,
  b: usize,
  step: usize,
  c: usize,
  cStep: usize,
  diagonal: i32,
  work: usize,
): void {
  for (let i = 0; i < m; i++) memory.fill(c + (<usize> i * cStep << 2), 0, <usize> n << 2);
  gemm<f32>(m, n, tokens, 1, a, 1, step, b, step, 1, c, cStep, UPPER_C, diagonal, work);
}
