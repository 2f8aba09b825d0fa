/**
 * U of a reversed Hessian in the kernels' memory, as batches of calls: L by blocks of columns, then L⁻¹ by merging inverses of
 * neighbouring blocks, twice as many columns each time.
 *
 * Where matrices are cut does not change a bit of the result: every element's sum runs in the same order.
 * @module
 */
import { type Call, parts, type Work } from "./calls.ts";
import type { FactorPlace } from "./factor.ts";

const BLOCK = 240; // a multiple of the kernels' 48
const SMALL = 2048; // columns; below, parts are smaller, so that threads have some to share

/** A factorisation in memory. */
export interface FactorTask extends FactorPlace {
  /** Byte offset of the blocks' inverses. */
  readonly inverses: number;
  /** Byte offset of the threads' places. */
  readonly work: number;
  /** Bytes of a thread's place. */
  readonly workBytes: number;
}

/** Where a matrix is not positive definite. */
export interface Stopped {
  readonly row: number;
  readonly pivot: number;
}

/** Rows of the parts that threads share; a multiple of the kernels' 48. */
export function partRows(columns: number): number {
  return columns < SMALL ? 96 : 192;
}

/** Byte offset of an element. */
function place({ at, step, wide }: FactorTask, row: number, column: number): number {
  return at + (row * step + column) * (wide ? 8 : 4);
}

/** Byte offset of the inverse of the block of 48 that begins at a row. */
function inverseAt({ inverses, wide }: FactorTask, row: number): number {
  return inverses + row * 48 * (wide ? 8 : 4);
}

/** Bytes of the inverses of all blocks. */
export function inverseBytes(columns: number, wide: boolean): number {
  return Math.ceil(columns / 48) * 48 * 48 * (wide ? 8 : 4);
}

/** L in place of the lower triangle; gives where it stops, if it does. */
export function* choleskySteps(task: FactorTask): Work<Stopped | undefined> {
  const { columns: n, step, work, workBytes } = task;
  const wide = Number(task.wide);
  const own = [work, workBytes] as const;
  for (const [first, last] of parts(n, BLOCK)) {
    const corner = place(task, first, first);
    const inverses = inverseAt(task, first);
    const block = [last - first, corner, step, inverses, ...own] as const;
    const [stopped] = yield [{ name: "cholesky", args: [wide, ...block] }];
    if (stopped >= 0) {
      const [pivot] = yield [{ name: "pivotValue", args: [] }];
      return { row: first + stopped, pivot };
    }
    const below = [...parts(n - last, partRows(n))].map(([a, b]) => [last + a, last + b] as const);
    yield below.map(([a, b]): Call => ({
      name: "solveRight",
      args: [wide, b - a, last - first, corner, place(task, a, first), step, inverses, ...own],
    }));
    yield below.toReversed().map(([a, b]): Call => {
      const left = [place(task, a, first), place(task, last, first)] as const;
      const sizes = [b - a, b - last, last - first] as const;
      const args = [...sizes, ...left, place(task, a, last), step, a - last, ...own] as const;
      return { name: "subtractProduct", args: [wide, ...args] };
    });
  }
}

/** Inverses of neighbours that are merged: rows [middle, last) below the columns [first, middle). */
type Merge = readonly [first: number, middle: number, last: number];

/** The pairs of inverses of `size` columns that have a neighbour. */
function mergesOf(columns: number, size: number): Merge[] {
  return [...parts(columns, 2 * size)]
    .map(([first, last]) => [first, first + size, last] as const)
    .filter(([, middle, last]) => middle < last);
}

/** L⁻¹ in place of L: below two inverses X₁ and X₂ on the diagonal comes -X₂ L₂₁ X₁. */
export function* inverseSteps(task: FactorTask): Work<void> {
  const { columns: n, step, work, workBytes } = task;
  const wide = Number(task.wide);
  const own = [work, workBytes] as const;
  const rows = partRows(n);
  yield [...parts(n, BLOCK)].map(([first, last]): Call => {
    const sizes = [last - first, n - first, place(task, first, first), step] as const;
    return { name: "invertLower", args: [wide, ...sizes, inverseAt(task, first), ...own] };
  });
  for (let size = BLOCK; size < n; size *= 2) {
    const merges = mergesOf(n, size);
    yield merges.flatMap(([first, middle, last]) =>
      [...parts(middle - first, 2 * rows)].map(([a, b]): Call => {
        const places = [place(task, middle, middle), place(task, middle, first + a)] as const;
        return {
          name: "multiplyLeft",
          args: [wide, last - middle, b - a, ...places, step, ...own],
        };
      })
    );
    yield merges.flatMap(([first, middle, last]) =>
      [...parts(last - middle, rows)].map(([a, b]): Call => {
        const places = [place(task, first, first), place(task, middle + a, first)] as const;
        return {
          name: "multiplyRight",
          args: [wide, b - a, middle - first, ...places, step, ...own],
        };
      })
    );
  }
}

/** U in place of L⁻¹. */
export function* turnSteps(task: FactorTask): Work<void> {
  const { columns: n, at, step } = task;
  yield [...parts(n, 2 * partRows(n))].map(([first, last]): Call => ({
    name: "turn",
    args: [Number(task.wide), n, first, last, at, step],
  }));
}
