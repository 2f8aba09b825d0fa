/**
 * XᵀX in WebAssembly: float32 products of some tokens, summed into a Hessian in float64.
 * @module
 */
import type { HessianAccumulator } from "../hessian.ts";
import { type Matrix, matrix } from "../matrix.ts";
import { type Call, parts, type Work } from "./calls.ts";
import { layOut, reserve } from "./module.ts";
import { floats, type Space } from "./space.ts";

/** Tokens whose products are summed in float32. */
export const GRAM_TOKENS = 2048;

const PANEL_ROWS = 768; // of XᵀX that are in memory at a time
const CALL_ROWS = 192; // multiples of the kernels' tiles of 6 by 8
const CALL_COLUMNS = 1024;

/** The calls for the rows [first, last) of XᵀX from the column `first` on. */
function panelCalls(
  [first, last]: readonly [number, number],
  { rows: T, columns: C }: Matrix,
  at: { readonly x: number; readonly product: number; readonly work: number },
  step: number,
  workBytes: number,
): Call[] {
  const rows = [...parts(last - first, CALL_ROWS)];
  const columns = [...parts(C - first, CALL_COLUMNS)];
  return rows.flatMap(([i, iEnd]) =>
    columns.filter(([, end]) => end > i).map(([j, jEnd]): Call => {
      const x = at.x + first * 4, product = at.product + (i * step + j) * 4;
      const sizes = [iEnd - i, jEnd - j, T, x + i * 4, x + j * 4, C] as const;
      return { name: "gram", args: [...sizes, product, step, i - j, at.work, workBytes] };
    })
  );
}

/**
 * Adds XᵀX of inputs X [T, C] to a Hessian.
 *
 * @param inputs X of at most {@link GRAM_TOKENS} tokens, so that products are summed as finely however many there are.
 * @param samples how many samples begin in them.
 */
export function* gramWork(
  { kernels, begin, threads }: Space,
  inputs: Matrix,
  samples: number,
  sum: HessianAccumulator,
): Work<void> {
  const { rows: T, columns: C, data } = inputs;
  const step = Math.ceil(C / 8) * 8; // tiles go to the end of a row
  const workBytes = Math.ceil(kernels.gramBytes() / 64) * 64;
  const at = layOut(begin, {
    x: (T + 1) * C * 4,
    product: (Math.min(PANEL_ROWS, C) + 6) * step * 4,
    work: workBytes * threads,
  });
  reserve(kernels, at.end, `take the Hessian of inputs [${T}, ${C}]`);
  const space = { kernels, begin, threads };
  floats(space, at.x, T * C).set(data);
  for (const [first, last] of parts(C, PANEL_ROWS)) {
    yield panelCalls([first, last], inputs, at, step, workBytes);
    for (let i = first; i < last; i++) {
      const from = at.product + ((i - first) * step + i - first) * 4;
      const row = matrix(1, C - i, floats(space, from, C - i));
      sum.addRows(row, i, i === 0 ? samples : 0);
    }
  }
}
