// @ts-nocheck AssemblyScript: compiled by build.ts, not run by Deno.
// deno-lint-ignore-file
/**
 * What the module exports. `wide` chooses float64 over float32; sizes and steps are in elements, addresses in bytes. `work` is a
 * place of which every thread has so many `bytes`.
 * @module
 */
import * as dsnot from "./dsnot.ts";
import * as dsnotRow from "./dsnot_row.ts";
import * as factor from "./factor.ts";
import * as gemm from "./gemm.ts";
import * as nf4 from "./nf4.ts";
import * as panels from "./panels.ts";
import * as solve from "./solve.ts";
import * as statistics from "./statistics.ts";
import * as thread from "./thread.ts";
import * as wanda from "./wanda.ts";

/** Tells an instance which thread runs it; 0 unless told. */
export function setThread(number: i32): void {
  thread.setThread(number);
}

/** What stood under the square root where `cholesky` stopped. */
export function pivotValue(): f64 {
  return factor.pivotValue();
}

/** Bytes of a thread's part of `work` for the functions from here to `turn`. */
export function factorBytes(wide: bool, columns: i32, rows: i32): usize {
  return wide ? factor.factorBytes<f64>(columns, rows) : factor.factorBytes<f32>(columns, rows);
}

export function cholesky(
  wide: bool,
  n: i32,
  a: usize,
  step: usize,
  inverses: usize,
  work: usize,
  bytes: usize,
): i32 {
  const own = thread.ownPart(work, bytes);
  return wide
    ? factor.cholesky<f64>(n, a, step, inverses, own)
    : factor.cholesky<f32>(n, a, step, inverses, own);
}

export function solveRight(
  wide: bool,
  m: i32,
  n: i32,
  l: usize,
  b: usize,
  step: usize,
  inverses: usize,
  work: usize,
  bytes: usize,
): void {
  const own = thread.ownPart(work, bytes);
  if (wide) factor.solveRight<f64>(m, n, l, b, step, inverses, own);
  else factor.solveRight<f32>(m, n, l, b, step, inverses, own);
}

export function subtractProduct(
  wide: bool,
  m: i32,
  n: i32,
  depth: i32,
  a: usize,
  b: usize,
  c: usize,
  step: usize,
  diagonal: i32,
  work: usize,
  bytes: usize,
): void {
  const own = thread.ownPart(work, bytes);
  if (wide) factor.subtractProduct<f64>(m, n, depth, a, b, c, step, diagonal, own);
  else factor.subtractProduct<f32>(m, n, depth, a, b, c, step, diagonal, own);
}

export function invertLower(
  wide: bool,
  n: i32,
  columns: i32,
  l: usize,
  step: usize,
  inverses: usize,
  work: usize,
  bytes: usize,
): void {
  const own = thread.ownPart(work, bytes);
  if (wide) factor.invertLower<f64>(n, columns, l, step, inverses, own);
  else factor.invertLower<f32>(n, columns, l, step, inverses, own);
}

export function multiplyLeft(
  wide: bool,
  m: i32,
  n: i32,
  x: usize,
  c: usize,
  step: usize,
  work: usize,
  bytes: usize,
): void {
  const own = thread.ownPart(work, bytes);
  if (wide) factor.multiplyLeft<f64>(m, n, x, c, step, own);
  else factor.multiplyLeft<f32>(m, n, x, c, step, own);
}

export function multiplyRight(
  wide: bool,
  m: i32,
  n: i32,
  x: usize,
  c: usize,
  step: usize,
  work: usize,
  bytes: usize,
): void {
  const own = thread.ownPart(work, bytes);
  if (wide) factor.multiplyRight<f64>(m, n, x, c, step, own);
  else factor.multiplyRight<f32>(m, n, x, c, step, own);
}

export function turn(wide: bool, n: i32, first: i32, last: i32, x: usize, step: usize): void {
  if (wide) factor.turn<f64>(n, first, last, x, step);
  else factor.turn<f32>(n, first, last, x, step);
}

/** Bytes of a thread's part of `work` for `gram`. */
export function gramBytes(): usize {
  return gemm.gemmBytes();
}

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
  bytes: usize,
): void {
  gemm.gram(m, n, tokens, a, b, step, c, cStep, diagonal, thread.ownPart(work, bytes));
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

export function solvePanels(
  wide: bool,
  plan: usize,
  first: i32,
  last: i32,
  begin: i32,
  end: i32,
  work: usize,
  bytes: usize,
): void {
  const own = thread.ownPart(work, bytes);
  const s = changetype<solve.Solve>(plan);
  if (wide) solve.solvePanels<f64>(s, first, last, begin, end, own);
  else solve.solvePanels<f32>(s, first, last, begin, end, own);
}

/** Block maxima and packed codes of NF4; see nf4.ts. */
export function quantiseNf4(
  count: i32,
  blockSize: i32,
  data: usize,
  thresholds: usize,
  absmax: usize,
  codes: usize,
): void {
  nf4.quantise(count, blockSize, data, thresholds, absmax, codes);
}

/** Bytes of a thread's part of `work` for `pruneByWanda`. */
export function wandaBytes(columns: i32): usize {
  return wanda.pruneBytes(columns);
}

/** Wanda's mask; see wanda.ts. */
export function pruneByWanda(
  rows: i32,
  columns: i32,
  n: i32,
  m: i32,
  weight: usize,
  norms: usize,
  mask: usize,
  work: usize,
  bytes: usize,
): void {
  wanda.prune(rows, columns, n, m, weight, norms, mask, thread.ownPart(work, bytes));
}

/** Bytes of a thread's part of `work` for `runDsnot`. */
export function dsnotBytes(columns: i32): usize {
  return dsnotRow.rowBytes(columns);
}

/** DSnoT's cycles; see dsnot.ts. */
export function runDsnot(
  rows: i32,
  settings: usize,
  weight: usize,
  mask: usize,
  outcomes: usize,
  work: usize,
  bytes: usize,
): void {
  dsnot.runRows(rows, settings, weight, mask, outcomes, thread.ownPart(work, bytes));
}

/** Sums and sums of squares of columns; see statistics.ts. */
export function addMoments(
  rows: i32,
  step: i32,
  first: i32,
  last: i32,
  x: usize,
  sums: usize,
  squares: usize,
): void {
  statistics.addMoments(rows, step, first, last, x, sums, squares);
}

/** Sums of squared deviations of columns; see statistics.ts. */
export function addDeviations(
  rows: i32,
  step: i32,
  first: i32,
  last: i32,
  x: usize,
  means: usize,
  squares: usize,
): void {
  statistics.addDeviations(rows, step, first, last, x, means, squares);
}

/** Largest magnitudes of columns; see statistics.ts. */
export function raiseAbsmax(
  rows: i32,
  step: i32,
  first: i32,
  last: i32,
  x: usize,
  largest: usize,
): void {
  statistics.raiseAbsmax(rows, step, first, last, x, largest);
}
