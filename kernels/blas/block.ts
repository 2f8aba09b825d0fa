/**
 * One block of columns in the memory of the kernels in WebAssembly, as if it were a whole weight.
 * @module
 */
import type { GptqSolveOptions } from "../gptq_options.ts";
import { type Call, parts, type Work } from "../wasm/calls.ts";
import { type FactorPlace, factorRow, placeFactor } from "../wasm/factor.ts";
import { solveAction } from "../wasm/gptq.ts";
import type { Kernels } from "../wasm/kernels.ts";
import { reserve } from "../wasm/module.ts";
import { planSolve, type SolvePlan, writeRecord } from "../wasm/solve_plan.ts";
import type { Space } from "../wasm/space.ts";
import type { BlasValues } from "./blas.ts";
import type { BlasWork } from "./solve.ts";

/** The groups of the columns [first, last), numbered as they come: which they are, and the number of each column's. */
function groupsOf(
  { factor, result }: BlasWork<BlasValues>,
  first: number,
  last: number,
): { groups: number[]; groupOf: Int32Array } {
  const numbers = new Map<number, number>();
  const groupOf = factor.order.slice(first, last).map((column) => {
    const group = result.groupIndex[column];
    if (!numbers.has(group)) numbers.set(group, numbers.size);
    return numbers.get(group)!;
  });
  return { groups: [...numbers.keys()], groupOf };
}

/** Writes the block's grids, panel by panel. */
function writeGrids(
  { memory }: Kernels,
  { at, panels, panelRows, groups: step, rows }: SolvePlan,
  { scales, zeros }: { scales: Float32Array; zeros: Float32Array },
  groups: readonly number[],
): void {
  const count = panels * step * panelRows;
  const toScales = new Float32Array(memory.buffer, at.scales, count).fill(1); // for the rows that fill the last panel
  const toZeros = new Float32Array(memory.buffer, at.zeros, count).fill(0);
  const all = scales.length / rows;
  for (let r = 0; r < rows; r++) {
    const panel = Math.floor(r / panelRows) * step * panelRows + r % panelRows;
    for (let g = 0; g < groups.length; g++) {
      toScales[panel + g * panelRows] = scales[r * all + groups[g]];
      toZeros[panel + g * panelRows] = zeros[r * all + groups[g]];
    }
  }
}

/** Writes the mask of the columns [first, last) where the weights come later, and lays it out. */
function* loadMask(
  { memory }: Kernels,
  { at, rows, columns: width }: SolvePlan,
  wide: boolean,
  { factor: { order, columns: C }, options: { mask } }: BlasWork<BlasValues>,
  first: number,
): Work<void> {
  if (!mask) return;
  const bytes = new Uint8Array(memory.buffer, at.matrix, rows * width);
  for (let r = 0, to = 0; r < rows; r++) {
    for (let k = 0; k < width; k++) bytes[to++] = mask[r * C + order[first + k]];
  }
  const args = [Number(wide), rows, width, at.matrix, at.order, at.mask];
  yield [{ name: "loadMask", args }];
}

/** Reads the codes, which lie in the first bytes of the rows that the weights had. */
function readCodes(
  { memory }: Kernels,
  { at, rows, columns: width }: SolvePlan,
  { factor: { order, columns: C }, result: { codes } }: BlasWork<BlasValues>,
  first: number,
): void {
  const bytes = new Uint8Array(memory.buffer, at.matrix, rows * width * 4);
  const columns = order.subarray(first, first + width);
  for (let r = 0; r < rows; r++) {
    const from = r * width * 4;
    for (let k = 0; k < width; k++) codes[r * C + columns[k]] = bytes[from + k];
  }
}

/** Reads the errors out of their panels, row by row. */
function readErrors(
  { memory }: Kernels,
  { at, rows, columns: width, panels, panelRows }: SolvePlan,
  errors: BlasValues,
): void {
  const count = panels * width * panelRows;
  const from = errors instanceof Float64Array
    ? new Float64Array(memory.buffer, at.errors, count)
    : new Float32Array(memory.buffer, at.errors, count);
  for (let r = 0; r < rows; r++) {
    const panel = Math.floor(r / panelRows) * width * panelRows + r % panelRows;
    const to = r * width;
    for (let k = 0; k < width; k++) errors[to + k] = from[panel + k * panelRows];
  }
}

/** Where the block of U [width, width] lies. */
function placeBlock(begin: number, width: number, wide: boolean): FactorPlace {
  const { at, end, ...place } = placeFactor(width, wide);
  return { ...place, at: begin, end: begin + end - at };
}

/** Plans the block and writes what does not depend on its weights. */
function prepare(
  { kernels, begin, threads }: Space,
  work: BlasWork<BlasValues>,
  first: number,
  last: number,
): { plan: SolvePlan; place: FactorPlace } {
  const { factor: { upper, columns: C }, options, values, result } = work;
  const width = last - first;
  const { groups, groupOf } = groupsOf(work, first, last);
  const place = placeBlock(begin, width, values instanceof Float64Array);
  const block: GptqSolveOptions = {
    ...options,
    blockSize: width,
    groupSize: Math.floor(width / groups.length), // at least as many places for grids as groups
    staticGroups: true, // their grids are known
  };
  const size = { rows: result.rows, columns: width };
  const plan = planSolve(size, place, block, threads);
  reserve(kernels, plan.end, solveAction(result));
  writeRecord(kernels, plan, place, block);
  const { buffer } = kernels.memory;
  new Int32Array(buffer, plan.at.order, width).set(groupOf.map((_, k) => k));
  new Int32Array(buffer, plan.at.groupOf, width).set(groupOf);
  new Uint8Array(buffer, plan.at.dead, width).fill(0);
  writeGrids(kernels, plan, result, groups);
  for (let i = 0; i < width; i++) {
    const from = (first + i) * C + first;
    factorRow(kernels, place, i, width).set(upper.subarray(from, from + width));
  }
  return { plan, place };
}

/**
 * Quantises the columns [first, last): writes their codes into the result, and leaves their errors.
 *
 * @returns Σ ((w - ŵ) / Uᵢᵢ)².
 */
export function* solveBlock(
  space: Space,
  work: BlasWork<BlasValues>,
  first: number,
  last: number,
): Work<number> {
  const { factor: { columns: C }, values, errors } = work;
  const { kernels } = space;
  const { plan, place } = prepare(space, work, first, last);
  const { at, rows, columns: width, panels, partPanels, workBytes } = plan;
  yield* loadMask(kernels, plan, place.wide, work, first);
  const weights = new Float32Array(kernels.memory.buffer, at.matrix, rows * width);
  for (let r = 0; r < rows; r++) {
    weights.set(values.subarray(r * C + first, r * C + last), r * width);
  }
  yield [...parts(panels, partPanels)].map(([begin, end]): Call => ({
    name: "solvePanels",
    args: [Number(place.wide), at.record, begin, end, 0, width, at.work, workBytes],
  }));
  readCodes(kernels, plan, work, first);
  if (last < C) readErrors(kernels, plan, errors);
  const losses = new Float64Array(kernels.memory.buffer, at.losses, panels);
  return losses.reduce((sum, loss) => sum + loss, 0);
}
