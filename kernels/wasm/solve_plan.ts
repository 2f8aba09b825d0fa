/**
 * Where a solve's matrices lie in the kernels' memory.
 * @module
 */
import type { GptqSolveOptions } from "../gptq_options.ts";
import { groupCount } from "../grid.ts";
import type { Matrix } from "../matrix.ts";
import type { FactorPlace } from "./factor.ts";
import type { Kernels } from "./kernels.ts";
import { layOut } from "./module.ts";

const WORK_BYTES = 2 ** 20; // a thread's packed strips of U
const RECORD_BYTES = 80;
const PARTS = 3; // of a thread, for balance
const LEAST_ROWS = 64; // of a part; enough to be worth a thread's while

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
    | "record"
    | "matrix"
    | "w"
    | "errors"
    | "scales"
    | "zeros"
    | "mask"
    | "order"
    | "groupOf"
    | "dead"
    | "losses"
    | "work",
    number
  >;
  /** Bytes of a thread's place at `work`. */
  readonly workBytes: number;
  /** Panels that a thread takes at a time. */
  readonly partPanels: number;
  /** One past the last byte. */
  readonly end: number;
}

/** Plans a solve by some threads behind the factor's place. */
export function planSolve(
  { rows, columns }: Pick<Matrix, "rows" | "columns">,
  factor: FactorPlace,
  options: GptqSolveOptions,
  threads: number,
): SolvePlan {
  const panelRows = factor.wide ? 4 : 8;
  const panels = Math.ceil(rows / panelRows);
  const panelBytes = (columns + 6) * 32;
  const groups = groupCount(columns, options.groupSize ?? -1);
  const blockSize = Math.min(options.blockSize ?? 128, columns);
  const gridBytes = panels * groups * panelRows * 4;
  const { end, ...at } = layOut(factor.end, {
    record: RECORD_BYTES,
    matrix: rows * columns * 4,
    w: panels * panelBytes,
    errors: panels * blockSize * 32,
    scales: gridBytes,
    zeros: gridBytes,
    mask: options.mask ? panels * panelRows * columns : 0,
    order: columns * 4,
    groupOf: columns * 4,
    dead: columns,
    losses: panels * 8,
    work: WORK_BYTES * threads,
  });
  const share = threads === 1 ? rows : Math.ceil(rows / threads / PARTS); // U is packed again for every part
  const partPanels = Math.ceil(Math.max(share, LEAST_ROWS) / panelRows);
  return {
    ...{ rows, columns, panels, panelRows, panelBytes, groups, blockSize, at, end },
    ...{ workBytes: WORK_BYTES, partPanels },
  };
}

/** Writes the record that the kernels read, `Solve` of assembly/solve.ts. */
export function writeRecord(
  { memory }: Kernels,
  plan: SolvePlan,
  factor: FactorPlace,
  options: GptqSolveOptions,
): void {
  const { at } = plan;
  const { groupSize = -1, staticGroups = false, searchRange = false } = options;
  const fitted = groupSize === -1 || staticGroups || searchRange ? 0 : groupSize;
  const words = new Int32Array(memory.buffer, at.record, RECORD_BYTES / 4);
  words.set([plan.rows, plan.columns, plan.blockSize, fitted, plan.groups]);
  new Float32Array(memory.buffer, at.record + 20, 1)[0] = 2 ** options.bits - 1;
  words.set([
    ...[Number(options.symmetric), factor.step, factor.at, at.matrix, at.w, plan.panelBytes],
    ...[at.errors, at.scales, at.zeros, options.mask ? at.mask : 0],
    ...[at.order, at.groupOf, at.dead, at.losses],
  ], 6);
}
