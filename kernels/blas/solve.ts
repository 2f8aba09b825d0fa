/**
 * GPTQ with a factor of `factor.ts`: blocks of columns are quantised by the kernels in WebAssembly, which see one block at a time, and
 * their errors are moved onto the columns behind them by a matrix product of BLAS.
 *
 * follows Frantar et al. 2023 (arXiv:2210.17323), algorithm 1, as ../gptq.ts does. But: in float32, everything is; in float64, weights
 * are rounded to float32 when their block begins.
 * @module
 */
import type { GptqResult } from "../gptq.ts";
import type { GptqSolveOptions } from "../gptq_options.ts";
import { columnGroups, fitEarlyGrids } from "../gptq_solve.ts";
import { type AffineGrid, fitGrid, groupCount } from "../grid.ts";
import type { Matrix } from "../matrix.ts";
import type { IntegerWeight } from "../stored_weight.ts";
import { parts, type Work } from "../wasm/calls.ts";
import type { Space } from "../wasm/space.ts";
import { solveBlock } from "./block.ts";
import type { BlasValues } from "./blas.ts";
import type { BlasFactor } from "./factor.ts";

/** A weight in work. Columns are positions in the order of quantisation. */
export interface BlasWork<Values extends BlasValues> {
  /** The factorised Hessian. */
  readonly factor: BlasFactor<Values>;
  /** As they were given. */
  readonly options: GptqSolveOptions;
  /** [R, C]: quantised columns are left as they are, the others carry the errors so far. */
  readonly values: Values;
  /** The errors of the block that was quantised last [R, width], each divided by Uᵢᵢ. */
  readonly errors: Values;
  /** What it becomes; its arrays are filled as the work goes on. */
  readonly result: IntegerWeight;
}

function setGrid(
  { scales, zeros, rows }: IntegerWeight,
  row: number,
  group: number,
  grid: AffineGrid,
): void {
  const at = row * (scales.length / rows) + group;
  scales[at] = grid.scale;
  zeros[at] = grid.zero;
}

/** Writes W with its columns in the order of quantisation, dead ones 0. */
function loadValues(
  to: BlasValues,
  { rows, columns: C, data }: Matrix,
  { order, dead }: BlasFactor<BlasValues>,
): void {
  if (order.every((column, position) => column === position && dead[column] === 0)) {
    return to.set(data);
  }
  for (let r = 0, at = 0; r < rows; r++) {
    for (let c = 0; c < C; c++, at++) {
      const column = order[c];
      to[at] = dead[column] ? 0 : data[r * C + column];
    }
  }
}

/** Fits the grids of the groups that begin within [first, last), to the values as they are. */
function fitGroups<Values extends BlasValues>(
  { values, options, result }: BlasWork<Values>,
  first: number,
  last: number,
): void {
  const { groupSize = -1, staticGroups = false } = options;
  if (groupSize === -1 || staticGroups) return;
  const { rows, columns: C } = result;
  for (let g = Math.ceil(first / groupSize); g * groupSize < last; g++) {
    const begin = g * groupSize;
    const end = Math.min(begin + groupSize, C);
    const group = new Float32Array(end - begin);
    for (let r = 0; r < rows; r++) {
      group.set(values.subarray(r * C + begin, r * C + end));
      setGrid(result, r, g, fitGrid(group, options));
    }
  }
}

function begin<Values extends BlasValues>(
  weight: Matrix,
  factor: BlasFactor<Values>,
  options: GptqSolveOptions,
): BlasWork<Values> {
  const { rows, columns } = weight;
  const { bits, symmetric, groupSize = -1, blockSize = 128 } = options;
  const groups = groupCount(columns, groupSize);
  const result: IntegerWeight = {
    ...{ kind: "integer", rows, columns, bits, groupSize, symmetric },
    codes: new Uint8Array(rows * columns),
    scales: new Float32Array(rows * groups),
    zeros: new Float32Array(rows * groups),
    groupIndex: columnGroups(factor.order, options),
  };
  const values = factor.routines.allocate(rows * columns);
  loadValues(values, weight, factor);
  fitEarlyGrids(weight, factor.dead, options, (r, g, grid) => setGrid(result, r, g, grid));
  const errors = factor.routines.allocate(rows * Math.min(blockSize, columns));
  return { factor, options, values, errors, result };
}

/** Moves the errors of the columns [first, last) onto all columns behind them. */
function moveErrors<Values extends BlasValues>(
  { factor, values, errors, result }: BlasWork<Values>,
  first: number,
  last: number,
): void {
  const { rows, columns: C } = result;
  if (last === C) return;
  const width = last - first;
  const right = factor.upper.subarray(first * C + last) as Values;
  const behind = values.subarray(last) as Values;
  factor.routines.subtractProduct([rows, C - last, width], errors, width, right, C, behind, C);
}

/** Quantises a weight, which has been checked. */
export function* solve<Values extends BlasValues>(
  space: Space,
  factor: BlasFactor<Values>,
  weight: Matrix,
  options: GptqSolveOptions,
): Work<GptqResult> {
  const work = begin(weight, factor, options);
  const { columns } = weight;
  let loss = 0;
  for (const [first, last] of parts(columns, Math.min(options.blockSize ?? 128, columns))) {
    fitGroups(work, first, last);
    loss += yield* solveBlock(space, work, first, last);
    moveErrors(work, first, last);
  }
  return { weight: work.result, loss: loss / 2 };
}
