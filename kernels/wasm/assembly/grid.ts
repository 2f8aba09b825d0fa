// @ts-nocheck AssemblyScript: compiled by build.ts, not run by Deno.
// deno-lint-ignore-file
/**
 * Grids of groups of columns, as kernels/grid.ts fits them without a search: float32 throughout. They lie in [panels][groups][rows
 * of a panel], scales and zero points apart.
 * @module
 */
import { fours, loadFour } from "./panels.ts";
import { PANEL_BYTES, panelRows } from "./simd.ts";

/** Fits the grids of four rows to `columns` columns. */
function fitFour<T>(
  panel: usize,
  half: i32,
  columns: i32,
  maxCode: f32,
  symmetric: bool,
  scaleAt: usize,
  zeroAt: usize,
): void {
  const zeros = f32x4.splat(0), most = f32x4.splat(maxCode);
  let low = zeros, high = zeros;
  for (let c = 0; c < columns; c++, panel += PANEL_BYTES) {
    const values = loadFour<T>(panel, half);
    low = f32x4.pmin(low, values);
    high = f32x4.pmax(high, values);
  }
  if (symmetric) {
    high = f32x4.pmax(high, f32x4.neg(low));
    low = v128.bitselect(f32x4.neg(high), low, f32x4.lt(low, zeros));
  }
  let scale = f32x4.div(f32x4.sub(high, low), most);
  const flat = f32x4.eq(scale, zeros);
  scale = v128.bitselect(f32x4.div(f32x4.splat(2), most), scale, flat);
  low = v128.bitselect(f32x4.splat(-1), low, flat);
  const zero = symmetric
    ? f32x4.splat((maxCode + 1) / 2)
    : f32x4.nearest(f32x4.div(f32x4.sub(zeros, low), scale));
  v128.store(scaleAt + <usize> half * 16, scale);
  v128.store(zeroAt + <usize> half * 16, zero);
}

/** Fits the grids of the groups that begin at columns within [first, last), to the weights as they are now. */
export function fitGroups<T>(
  panels: i32,
  columns: i32,
  w: usize,
  panelBytes: usize,
  groupSize: i32,
  groups: i32,
  first: i32,
  last: i32,
  maxCode: f32,
  symmetric: bool,
  scales: usize,
  zeros: usize,
): void {
  const rowBytes = <usize> panelRows<T>() * 4;
  for (let p = 0; p < panels; p++) {
    for (let g = (first + groupSize - 1) / groupSize; g * groupSize < last; g++) {
      const begin = g * groupSize;
      const panel = w + <usize> p * panelBytes + <usize> begin * PANEL_BYTES;
      const at = (<usize> p * <usize> groups + <usize> g) * rowBytes;
      const count = min(groupSize, columns - begin);
      for (let half = 0; half < fours<T>(); half++) {
        fitFour<T>(panel, half, count, maxCode, symmetric, scales + at, zeros + at);
      }
    }
  }
}
