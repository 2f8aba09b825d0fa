// @ts-nocheck AssemblyScript: compiled by build.ts, not run by Deno.
// deno-lint-ignore-file
/**
 * A weight in work lies in panels of as many rows as a panel row has values: [panels][columns][rows of a panel], columns in the
 * order of quantisation. So a column's rows are quantised side by side, and errors are a packed operand of the matrix product.
 * @module
 */
import { PANEL_BYTES, panelRows } from "./simd.ts";

/** Four values from the place `half` of a panel row, as float32. */
export function loadFour<T>(row: usize, half: i32): v128 {
  if (sizeof<T>() === 4) return v128.load(row + <usize> half * 16);
  const low = f32x4.demote_f64x2_zero(v128.load(row, 0));
  const high = f32x4.demote_f64x2_zero(v128.load(row, 16));
  return v128.shuffle<f32>(low, high, 0, 1, 4, 5);
}

/** Four float32 values to the place `half` of a panel row. */
export function storeFour<T>(row: usize, half: i32, values: v128): void {
  if (sizeof<T>() === 4) {
    v128.store(row + <usize> half * 16, values);
  } else {
    v128.store(row, f64x2.promote_low_f32x4(values), 0);
    v128.store(row, f64x2.promote_low_f32x4(v128.shuffle<f32>(values, values, 2, 3, 2, 3)), 16);
  }
}

/** Fours of rows in a panel row. */
export function fours<T>(): i32 {
  return sizeof<T>() === 4 ? 2 : 1;
}

/** Lays out W [rows, columns], float32; columns named dead become 0, as do the rows that fill the last panel. */
export function loadPanels<T>(
  rows: i32,
  columns: i32,
  weight: usize,
  order: usize,
  dead: usize,
  to: usize,
  panelBytes: usize,
): void {
  const width = panelRows<T>();
  for (let first = 0; first < rows; first += width, to += panelBytes) {
    const live = min(width, rows - first);
    memory.fill(to, 0, panelBytes);
    for (let c = 0; c < columns; c++) {
      const column = load<i32>(order + (<usize> c << 2));
      if (load<u8>(dead + <usize> column)) continue;
      let from = weight + (<usize> first * <usize> columns + <usize> column) * 4;
      let at = to + <usize> c * PANEL_BYTES;
      for (let r = 0; r < live; r++, from += <usize> columns * 4, at += sizeof<T>()) {
        store<T>(at, <T> load<f32>(from));
      }
    }
  }
}

/** Lays out a mask [rows, columns], bytes, in panels of bytes. */
export function loadMask<T>(rows: i32, columns: i32, mask: usize, order: usize, to: usize): void {
  const width = panelRows<T>();
  for (let first = 0; first < rows; first += width) {
    const live = min(width, rows - first);
    for (let c = 0; c < columns; c++, to += <usize> width) {
      let from = mask + <usize> first * <usize> columns +
        <usize> load<i32>(order + (<usize> c << 2));
      for (let r = 0; r < live; r++, from += <usize> columns) {
        store<u8>(to + <usize> r, load<u8>(from));
      }
    }
  }
}

/**
 * Reads codes [rows, columns], bytes, columns in the weight's own order, out of panels that hold nothing else. A row of codes has
 * the place of a row of float32 values.
 */
export function storeCodes<T>(
  rows: i32,
  columns: i32,
  from: usize,
  panelBytes: usize,
  order: usize,
  codes: usize,
): void {
  const width = panelRows<T>();
  for (let first = 0; first < rows; first += width, from += panelBytes) {
    const live = min(width, rows - first);
    for (let c = 0; c < columns; c++) {
      const column = <usize> load<i32>(order + (<usize> c << 2));
      let to = codes + <usize> first * <usize> columns * 4 + column;
      let at = from + <usize> c * PANEL_BYTES;
      for (let r = 0; r < live; r++, to += <usize> columns * 4, at += sizeof<T>()) {
        store<u8>(to, <u8> <i32> load<T>(at));
      }
    }
  }
}
