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
const B_BYTES: i32 = 4096; // of a packed row of B: 1,024 float32 columns
export const TILE: i32 = 6;

/** All of C. */
export const FULL: i32 = 0;
/** Only tiles that touch the lower triangle of C. */
export const LOWER_C: i32 = 1;
/** B is lower triangular: what stands above its diagonal is not read. */
export const LOWER_B: i32 = 2;

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
  for (let k = 0; k < depth; k++) {
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
    b += PANEL_BYTES;
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
    for (let k = 0; k < depth; k++) {
      let p = a + <usize> i * rowBytes + <usize> k * columnBytes;
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

/**
 * C [m, n] += alpha · A [m, depth] · B [depth, n]. A and B have any row and column step, C rows `cStep` apart; all in elements.
 * `shape` is FULL, LOWER_C or LOWER_B.
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
  work: usize,
): void {
  const width = panelRows<T>();
  const size = sizeof<T>();
  const chunk = B_BYTES / <i32> size;
  const packedB = work + <usize> (DEPTH * A_ROWS * 8);
  for (let jc = 0; jc < n; jc += chunk) {
    const nc = min(chunk, n - jc);
    for (let kc = shape === LOWER_B ? jc / DEPTH * DEPTH : 0; kc < depth; kc += DEPTH) {
      const dc = min(DEPTH, depth - kc);
      const from = b + (<usize> kc * bRow + <usize> jc * bColumn) * size;
      packB<T>(dc, nc, from, bRow, bColumn, packedB);
      for (let ic = 0; ic < m; ic += A_ROWS) {
        const mc = min(A_ROWS, m - ic);
        if (shape === LOWER_C && ic + mc <= jc) continue;
        const rows = a + (<usize> ic * aRow + <usize> kc * aColumn) * size;
        packA<T>(mc, dc, rows, aRow, aColumn, alpha, work);
        for (let j = 0; j < nc; j += width) {
          const skip = shape === LOWER_B ? max(0, jc + j - kc) : 0;
          if (skip >= dc) break;
          const panel = packedB + <usize> (j * dc) * size + <usize> skip * PANEL_BYTES;
          for (let i = 0; i < mc; i += TILE) {
            if (shape === LOWER_C && ic + i + TILE <= jc + j) continue;
            const at = c + (<usize> (ic + i) * cStep + <usize> (jc + j)) * size;
            const strip = work + <usize> (i * dc + skip * TILE) * size;
            tile<T>(dc - skip, strip, panel, at, cStep * size);
          }
        }
      }
    }
  }
}
