/**
 * Where a solve's matrices lie in the kernels' memory.
 * @module
 */
import type { GptqSolveOptions } from "../gptq_options.ts";
import { groupCount } from "../grid.ts";
import type { Matrix } from "../matrix.ts";
import type { FactorPlace } from "./factor.ts";
import { layOut } from "./module.ts";

const WORK_BYTES = 2 ** 20; // packed strips of U

/** Sizes and places of one solve. A panel holds 8 rows of float32 or 4 of float64: 32 bytes a column. */
export interface SolvePlan {
  readonly rows: number;
  readonly columns: number;
  readonly panels: number;
  readonly panelRows: number;
  readonly panelBytes: number;
  readonly groups: number;
  readonly blockSize: number;
  /** Byte offsets: `matrix` takes W, then the codes; the others are as the kernels name them. */
  readonly at: Record<
    "matrix" | "w" | "errors" | "scales" | "zeros" | "mask" | "order" | "groupOf" | "dead" | "work",
    number
  >;
  /** One past the last byte. */
  readonly end: number;
}

/** Plans a solve behind the factor's place. */
export function planSolve(
  { rows, columns }: Matrix,
  factor: FactorPlace,
  options: GptqSolveOptions,
): SolvePlan {
  const panelRows = factor.wide ? 4 : 8;
  const panels = Math.ceil(rows / panelRows);
  const panelBytes = (columns + 6) * 32;
  const groups = groupCount(columns, options.groupSize ?? -1);
  const blockSize = Math.min(options.blockSize ?? 128, columns);
  const gridBytes = panels * groups * panelRows * 4;
  const { end, ...at } = layOut(factor.at + factor.bytes, {
    matrix: rows * columns * 4,
    w: panels * panelBytes,
    errors: panels * blockSize * 32,
    scales: gridBytes,
    zeros: gridBytes,
    mask: options.mask ? panels * panelRows * columns : 0,
    order: columns * 4,
    groupOf: columns * 4,
    dead: columns,
    work: WORK_BYTES,
  });
  return { rows, columns, panels, panelRows, panelBytes, groups, blockSize, at, end };
}
