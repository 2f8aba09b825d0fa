// @ts-nocheck AssemblyScript: compiled by build.ts, not run by Deno.
// deno-lint-ignore-file
/**
 * What the module exports. `wide` chooses float64 over float32; sizes and steps are in elements, addresses and `panelBytes` in bytes.
 * @module
 */
import * as factor from "./factor.ts";
import * as grid from "./grid.ts";
import * as panels from "./panels.ts";
import * as solve from "./solve.ts";

/** Bytes at `work` of `cholesky` and `invert`. */
export function factorBytes(n: i32): usize {
  return factor.factorBytes(n);
}

/** The row at which `cholesky` stopped. */
export function pivotRow(): i32 {
  return factor.pivotRow();
}

/** What stood under the square root there. */
export function pivotValue(): f64 {
  return factor.pivotValue();
}

export function cholesky(wide: bool, n: i32, a: usize, step: usize, work: usize): bool {
  return wide
    ? factor.cholesky<f64>(n, a, step, 0, work)
    : factor.cholesky<f32>(n, a, step, 0, work);
}

/** U in place of L. */
export function invert(wide: bool, n: i32, l: usize, step: usize, work: usize): void {
  if (wide) {
    factor.invertLower<f64>(n, l, step, work);
    factor.turn<f64>(n, l, step);
  } else {
    factor.invertLower<f32>(n, l, step, work);
    factor.turn<f32>(n, l, step);
  }
}

export function loadPanels(
  wide: bool,
  rows: i32,
  columns: i32,
  weight: usize,
  order: usize,
  dead: usize,
  to: usize,
  panelBytes: usize,
): void {
  if (wide) panels.loadPanels<f64>(rows, columns, weight, order, dead, to, panelBytes);
  else panels.loadPanels<f32>(rows, columns, weight, order, dead, to, panelBytes);
}

export function loadMask(
  wide: bool,
  rows: i32,
  columns: i32,
  mask: usize,
  order: usize,
  to: usize,
): void {
  if (wide) panels.loadMask<f64>(rows, columns, mask, order, to);
  else panels.loadMask<f32>(rows, columns, mask, order, to);
}

export function storeCodes(
  wide: bool,
  rows: i32,
  columns: i32,
  from: usize,
  panelBytes: usize,
  order: usize,
  codes: usize,
): void {
  if (wide) panels.storeCodes<f64>(rows, columns, from, panelBytes, order, codes);
  else panels.storeCodes<f32>(rows, columns, from, panelBytes, order, codes);
}

export function fitGroups(
  wide: bool,
  count: i32,
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
  if (wide) {
    grid.fitGroups<f64>(
      count,
      columns,
      w,
      panelBytes,
      groupSize,
      groups,
      first,
      last,
      maxCode,
      symmetric,
      scales,
      zeros,
    );
  } else {
    grid.fitGroups<f32>(
      count,
      columns,
      w,
      panelBytes,
      groupSize,
      groups,
      first,
      last,
      maxCode,
      symmetric,
      scales,
      zeros,
    );
  }
}

export function quantiseBlock(
  wide: bool,
  count: i32,
  columns: i32,
  w: usize,
  panelBytes: usize,
  u: usize,
  uStep: usize,
  groups: i32,
  groupOf: usize,
  scales: usize,
  zeros: usize,
  maxCode: f32,
  mask: usize,
  errors: usize,
  first: i32,
  last: i32,
): f64 {
  return wide
    ? solve.quantiseBlock<f64>(
      count,
      columns,
      w,
      panelBytes,
      u,
      uStep,
      groups,
      groupOf,
      scales,
      zeros,
      maxCode,
      mask,
      errors,
      first,
      last,
    )
    : solve.quantiseBlock<f32>(
      count,
      columns,
      w,
      panelBytes,
      u,
      uStep,
      groups,
      groupOf,
      scales,
      zeros,
      maxCode,
      mask,
      errors,
      first,
      last,
    );
}

export function moveErrors(
  wide: bool,
  count: i32,
  columns: i32,
  w: usize,
  panelBytes: usize,
  u: usize,
  uStep: usize,
  errors: usize,
  first: i32,
  last: i32,
  work: usize,
): void {
  if (wide) {
    solve.moveErrors<f64>(
      count,
      columns,
      w,
      panelBytes,
      u,
      uStep,
      errors,
      first,
      last,
      work,
    );
  } else {
    solve.moveErrors<f32>(
      count,
      columns,
      w,
      panelBytes,
      u,
      uStep,
      errors,
      first,
      last,
      work,
    );
  }
}
