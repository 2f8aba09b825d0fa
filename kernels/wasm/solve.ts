/**
 * GPTQ with a factor that is in the kernels' memory.
 * @module
 */
import type { GptqResult } from "../gptq.ts";
import type { GptqFactor } from "../gptq_factor.ts";
import type { GptqSolveOptions } from "../gptq_options.ts";
import { columnGroups, fitEarlyGrids } from "../gptq_solve.ts";
import { type AffineGrid, fitGrid } from "../grid.ts";
import type { Matrix } from "../matrix.ts";
import { type Call, parts, type Work } from "./calls.ts";
import type { FactorPlace } from "./factor.ts";
import type { Kernels } from "./kernels.ts";
import { type SolvePlan, writeRecord } from "./solve_plan.ts";

/** A place's float32 values. */
function floats({ memory }: Kernels, at: number, length: number): Float32Array {
  return new Float32Array(memory.buffer, at, length);
}

function writeBytes({ memory }: Kernels, at: number, values: Uint8Array): void {
  new Uint8Array(memory.buffer, at, values.length).set(values);
}

function writeIntegers({ memory }: Kernels, at: number, values: Int32Array): void {
  new Int32Array(memory.buffer, at, values.length).set(values);
}

/** Gives a function that keeps a row's grid of a group. */
function gridWriter(
  kernels: Kernels,
  { at, groups, panels, panelRows }: SolvePlan,
): (row: number, group: number, grid: AffineGrid) => void {
  const scales = floats(kernels, at.scales, panels * groups * panelRows);
  const zeros = floats(kernels, at.zeros, panels * groups * panelRows);
  return (row, group, { scale, zero }) => {
    const place = (Math.floor(row / panelRows) * groups + group) * panelRows + row % panelRows;
    scales[place] = scale;
    zeros[place] = zero;
  };
}

/** Writes everything that the loops read. */
function* load(
  kernels: Kernels,
  plan: SolvePlan,
  weight: Matrix,
  { order, dead }: Omit<GptqFactor, "upper">,
  groupIndex: Int32Array,
  place: FactorPlace,
  options: GptqSolveOptions,
): Work<void> {
  const { at, rows, columns, panels, panelRows, groups } = plan;
  writeRecord(kernels, plan, place, options);
  writeIntegers(kernels, at.order, order);
  writeIntegers(kernels, at.groupOf, order.map((column) => groupIndex[column]));
  writeBytes(kernels, at.dead, dead);
  if (options.mask) {
    writeBytes(kernels, at.matrix, options.mask);
    const args = [Number(place.wide), rows, columns, at.matrix, at.order, at.mask];
    yield [{ name: "loadMask", args }];
  }
  floats(kernels, at.matrix, rows * columns).set(weight.data);
  floats(kernels, at.scales, panels * groups * panelRows).fill(1); // for the rows that fill the last panel
  floats(kernels, at.zeros, panels * groups * panelRows).fill(0);
  fitEarlyGrids(weight, dead, options, gridWriter(kernels, plan));
}

/** Fits the grids of the groups that begin within [first, last) with a search, row by row. */
function searchGroups(
  kernels: Kernels,
  plan: SolvePlan,
  wide: boolean,
  groupSize: number,
  [first, last]: readonly [number, number],
  options: GptqSolveOptions,
): void {
  const { at, rows, columns, panels, panelRows, panelBytes } = plan;
  const { buffer } = kernels.memory;
  const values = wide
    ? new Float64Array(buffer, at.w, panels * panelBytes / 8)
    : new Float32Array(buffer, at.w, panels * panelBytes / 4);
  const write = gridWriter(kernels, plan);
  for (let g = Math.ceil(first / groupSize); g * groupSize < last; g++) {
    const begin = g * groupSize;
    const group = new Float32Array(Math.min(groupSize, columns - begin));
    for (let r = 0; r < rows; r++) {
      const row = Math.floor(r / panelRows) * (columns + 6) * panelRows + r % panelRows;
      for (let k = 0; k < group.length; k++) group[k] = values[row + (begin + k) * panelRows];
      write(r, g, fitGrid(group, options));
    }
  }
}

/** Quantises the columns [begin, end), the threads sharing the panels. */
function* solveColumns(
  { at, panels, partPanels, workBytes }: SolvePlan,
  wide: boolean,
  begin: number,
  end: number,
): Work<void> {
  yield [...parts(panels, partPanels)].map(([first, last]): Call => ({
    name: "solvePanels",
    args: [Number(wide), at.record, first, last, begin, end, at.work, workBytes],
  }));
}

/** Quantises all columns: at once, or block by block where this thread searches the grids. */
function* solveBlocks(
  kernels: Kernels,
  plan: SolvePlan,
  wide: boolean,
  options: GptqSolveOptions,
): Work<void> {
  const { columns, blockSize } = plan;
  const { groupSize = -1, staticGroups = false, searchRange = false } = options;
  const searched = searchRange && groupSize !== -1 && !staticGroups;
  yield* solveColumns(plan, wide, 0, searched ? 0 : columns);
  if (!searched) return;
  for (const [first, last] of parts(columns, blockSize)) {
    searchGroups(kernels, plan, wide, groupSize, [first, last], options);
    yield* solveColumns(plan, wide, first, last);
  }
}

/** ½ Σ e² over all rows. */
function readLoss({ memory }: Kernels, { at, panels }: SolvePlan): number {
  return new Float64Array(memory.buffer, at.losses, panels).reduce((sum, e) => sum + e, 0) / 2;
}

/** The codes, which lie in the first bytes of the rows that W had. */
function readCodes({ memory }: Kernels, { at, rows, columns }: SolvePlan): Uint8Array<ArrayBuffer> {
  const codes = new Uint8Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    codes.set(new Uint8Array(memory.buffer, at.matrix + r * columns * 4, columns), r * columns);
  }
  return codes;
}

/** Values of a grid place as [rows, groups]. */
function readGrid(
  kernels: Kernels,
  { rows, groups, panels, panelRows }: SolvePlan,
  at: number,
): Float32Array {
  const from = floats(kernels, at, panels * groups * panelRows);
  const values = new Float32Array(rows * groups);
  for (let r = 0; r < rows; r++) {
    const panel = Math.floor(r / panelRows) * groups * panelRows + r % panelRows;
    for (let g = 0; g < groups; g++) values[r * groups + g] = from[panel + g * panelRows];
  }
  return values;
}

/** Quantises a weight with the factor in memory. */
export function* solve(
  kernels: Kernels,
  plan: SolvePlan,
  place: FactorPlace,
  weight: Matrix,
  factor: Omit<GptqFactor, "upper">,
  options: GptqSolveOptions,
): Work<GptqResult> {
  const { at, rows, columns } = plan;
  const { bits, symmetric, groupSize = -1 } = options;
  const groupIndex = columnGroups(factor.order, options);
  yield* load(kernels, plan, weight, factor, groupIndex, place, options);
  yield* solveBlocks(kernels, plan, place.wide, options);
  const codes = readCodes(kernels, plan);
  const scales = readGrid(kernels, plan, at.scales);
  const zeros = readGrid(kernels, plan, at.zeros);
  return {
    weight: {
      ...{ kind: "integer", rows, columns, bits, groupSize, symmetric },
      ...{ codes, scales, zeros, groupIndex },
    },
    loss: readLoss(kernels, plan),
  };
}
