// @ts-nocheck AssemblyScript: compiled by build.ts, not run by Deno.
// deno-lint-ignore-file
/**
 * GPTQ of some panels of rows, which do not depend on others: block by block of columns, quantise it panel by panel, then move all
 * its errors onto the columns behind it.
 * @module
 */
import { moveError, moveFour, quantiseColumn, sumOfSquares } from "./block.ts";
import { packA, TILE, tile } from "./gemm.ts";
import { fitGroups } from "./grid.ts";
import { loadPanels, storeCodes } from "./panels.ts";
import { PANEL_BYTES, panelRows } from "./simd.ts";

const STRIP_BYTES: i32 = 524288; // of packed U, for the second-level cache
const DEPTH: i32 = 256;

/** One solve, as ../solve_plan.ts writes it: 32-bit words, addresses in bytes. */
@unmanaged
export class Solve {
  rows: i32;
  columns: i32;
  blockSize: i32;
  /** Columns of a group whose grids are fitted as the blocks begin, or 0. */
  groupSize: i32;
  groups: i32;
  maxCode: f32;
  symmetric: i32;
  /** Values from a row of U to the next. */
  uStep: i32;
  u: usize;
  /** W [rows, columns]; each row's codes take the place of its first bytes. */
  matrix: usize;
  w: usize;
  panelBytes: usize;
  /** [panels][block][rows of a panel]. */
  errors: usize;
  scales: usize;
  zeros: usize;
  /** In panels of bytes, or 0. */
  mask: usize;
  /** The column that is quantised at each position. */
  order: usize;
  /** The group of the column at each position. */
  groupOf: usize;
  dead: usize;
  /** Each panel's sum of squared errors, float64. */
  losses: usize;
}

/** Quantises the columns [first, last) of a panel: codes take the place of the weights, the errors go to `errors`. */
function quantiseBlock<T>(s: Solve, panel: i32, errors: usize, first: i32, last: i32): void {
  const rows = <usize> panelRows<T>();
  const rowBytes = <usize> s.uStep * sizeof<T>();
  const width = last - first;
  const corner = s.u + <usize> first * (rowBytes + sizeof<T>());
  const w = s.w + <usize> panel * s.panelBytes + <usize> first * PANEL_BYTES;
  const grids = <usize> (panel * s.groups) * rows * 4;
  const mask = s.mask ? s.mask + (<usize> panel * <usize> s.columns + <usize> first) * rows : 0;
  for (let i = 0; i < width; i += 4) {
    const next = min(i + 4, width);
    for (let j = i; j < next; j++) {
      const grid = grids + <usize> load<i32>(s.groupOf + (<usize> (first + j) << 2)) * rows * 4;
      const row = corner + <usize> j * rowBytes;
      const error = errors + <usize> j * PANEL_BYTES;
      quantiseColumn<T>(
        w + <usize> j * PANEL_BYTES,
        load<T>(row + <usize> j * sizeof<T>()),
        s.scales + grid,
        s.zeros + grid,
        s.maxCode,
        mask ? mask + <usize> j * rows : 0,
        error,
      );
      for (let k = j + 1; k < next; k++) {
        const right = w + <usize> k * PANEL_BYTES;
        moveError<T>(error, load<T>(row + <usize> k * sizeof<T>()), right);
      }
    }
    if (next < width) {
      const right = corner + <usize> i * rowBytes + <usize> next * sizeof<T>();
      const error = errors + <usize> i * PANEL_BYTES;
      moveFour<T>(error, right, rowBytes, w + <usize> next * PANEL_BYTES, width - next);
    }
  }
  const loss = s.losses + (<usize> panel << 3);
  store<f64>(loss, load<f64>(loss) + sumOfSquares<T>(errors, width));
}

/** Moves the errors of the columns [first, last) of some panels onto all columns behind them. */
function moveErrors<T>(
  s: Solve,
  firstPanel: i32,
  lastPanel: i32,
  errors: usize,
  first: i32,
  last: i32,
  work: usize,
): void {
  const width = last - first;
  const depth = min(DEPTH, width);
  const chunk = STRIP_BYTES / (depth * <i32> sizeof<T>()) / TILE * TILE;
  for (let kc = 0; kc < width; kc += depth) {
    const dc = min(depth, width - kc);
    for (let jc = last; jc < s.columns; jc += chunk) {
      const nc = min(chunk, s.columns - jc);
      const from = s.u + (<usize> (first + kc) * <usize> s.uStep + <usize> jc) * sizeof<T>();
      packA<T>(nc, dc, from, 1, s.uStep, -1, work);
      for (let p = firstPanel; p < lastPanel; p++) {
        const error = errors + (<usize> ((p - firstPanel) * width) + <usize> kc) * PANEL_BYTES;
        const to = s.w + <usize> p * s.panelBytes + <usize> jc * PANEL_BYTES;
        for (let j = 0; j < nc; j += TILE) {
          const strip = work + <usize> (j * dc) * sizeof<T>();
          tile<T>(dc, strip, error, to + <usize> j * PANEL_BYTES, PANEL_BYTES);
        }
      }
    }
  }
}

/**
 * Quantises the columns [begin, end) of the panels [first, last), whole blocks of them. With the first column W is laid out in
 * panels, with the last the codes are put in the place of W.
 */
export function solvePanels<T>(
  s: Solve,
  first: i32,
  last: i32,
  begin: i32,
  end: i32,
  work: usize,
): void {
  const width = panelRows<T>();
  const count = last - first;
  const rows = min(count * width, s.rows - first * width);
  const matrix = s.matrix + <usize> (first * width) * <usize> s.columns * 4;
  const w = s.w + <usize> first * s.panelBytes;
  const grids = <usize> (first * s.groups * width) * 4;
  const scales = s.scales + grids, zeros = s.zeros + grids;
  const errors = s.errors + <usize> (first * s.blockSize) * PANEL_BYTES;
  if (begin === 0) {
    loadPanels<T>(rows, s.columns, matrix, s.order, s.dead, w, s.panelBytes);
    memory.fill(s.losses + (<usize> first << 3), 0, <usize> count << 3);
  }
  for (let from = begin; from < end; from += s.blockSize) {
    const to = min(from + s.blockSize, s.columns);
    if (s.groupSize > 0) {
      fitGroups<T>(
        count,
        s.columns,
        w,
        s.panelBytes,
        s.groupSize,
        s.groups,
        from,
        to,
        s.maxCode,
        s.symmetric !== 0,
        scales,
        zeros,
      );
    }
    for (let p = 0; p < count; p++) {
      const error = errors + <usize> (p * (to - from)) * PANEL_BYTES;
      quantiseBlock<T>(s, first + p, error, from, to);
    }
    moveErrors<T>(s, first, last, errors, from, to, work);
  }
  if (end === s.columns) {
    storeCodes<T>(rows, s.columns, w, s.panelBytes, s.order, matrix);
  }
}
