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
import type { FactorPlace } from "./factor.ts";
import type { Kernels } from "./module.ts";
import type { SolvePlan } from "./solve_plan.ts";

/** A place's float32 values. */
function floats({ memory }: Kernels, at: number, length: number): Float32Array<ArrayBuffer> {
  return new Float32Array(memory.buffer as ArrayBuffer, at, length);
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

/** Lays out everything that the loops read. */
function load(
  kernels: Kernels,
  plan: SolvePlan,
  weight: Matrix,
  { order, dead }: Omit<GptqFactor, "upper">,
  groupIndex: Int32Array,
  wide: boolean,
  options: GptqSolveOptions,
): void {
  const { at, rows, columns, panels, panelRows, panelBytes, groups } = plan;
  writeIntegers(kernels, at.order, order);
  writeIntegers(kernels, at.groupOf, order.map((column) => groupIndex[column]));
  writeBytes(kernels, at.dead, dead);
  if (options.mask) {
    writeBytes(kernels, at.matrix, options.mask);
    kernels.loadMask(wide, rows, columns, at.matrix, at.order, at.mask);
  }
  floats(kernels, at.matrix, rows * columns).set(weight.data);
  kernels.loadPanels(wide, rows, columns, at.matrix, at.order, at.dead, at.w, panelBytes);
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

/** Runs over the blocks of columns; gives the loss. */
function solveBlocks(
  kernels: Kernels,
  plan: SolvePlan,
  factor: FactorPlace,
  options: GptqSolveOptions,
): number {
  const { at, columns, panels, panelBytes, groups, blockSize } = plan;
  const { groupSize = -1, staticGroups = false, bits, symmetric } = options;
  const { wide } = factor;
  const maxCode = 2 ** bits - 1;
  const panelArguments = [panels, columns, at.w, panelBytes] as const;
  const gridArguments = [at.scales, at.zeros] as const;
  const mask = options.mask ? at.mask : 0;
  let loss = 0;
  for (let first = 0; first < columns; first += blockSize) {
    const block = [first, Math.min(first + blockSize, columns)] as const;
    if (groupSize !== -1 && !staticGroups) { // fitted to the weights as they are when their block begins
      if (options.searchRange) searchGroups(kernels, plan, wide, groupSize, block, options);
      else {
        const fit = [groupSize, groups, ...block, maxCode, symmetric, ...gridArguments] as const;
        kernels.fitGroups(wide, ...panelArguments, ...fit);
      }
    }
    const u = [factor.at, factor.step] as const;
    const grids = [groups, at.groupOf, ...gridArguments, maxCode] as const;
    loss += kernels.quantiseBlock(
      ...[wide, ...panelArguments, ...u, ...grids, mask, at.errors, ...block] as const,
    );
    kernels.moveErrors(wide, ...panelArguments, ...u, at.errors, ...block, at.work);
  }
  return loss / 2;
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
export function solve(
  kernels: Kernels,
  plan: SolvePlan,
  place: FactorPlace,
  weight: Matrix,
  factor: Omit<GptqFactor, "upper">,
  options: GptqSolveOptions,
): GptqResult {
  const { at, rows, columns, panelBytes } = plan;
  const { bits, symmetric, groupSize = -1 } = options;
  const groupIndex = columnGroups(factor.order, options);
  load(kernels, plan, weight, factor, groupIndex, place.wide, options);
  const loss = solveBlocks(kernels, plan, place, options);
  kernels.storeCodes(place.wide, rows, columns, at.w, panelBytes, at.order, at.matrix);
  const codes = new Uint8Array(kernels.memory.buffer, at.matrix, rows * columns).slice();
  const scales = readGrid(kernels, plan, at.scales);
  const zeros = readGrid(kernels, plan, at.zeros);
  return {
    weight: {
      ...{ kind: "integer", rows, columns, bits, groupSize, symmetric },
      ...{ codes, scales, zeros, groupIndex },
    },
    loss,
  };
}
