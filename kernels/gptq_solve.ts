/**
 * GPTQ's loops: a block of columns of one row, then the move of its errors onto the columns behind the block.
 * @module
 */
import { type AffineGrid, fitGrid, gridCode, groupCount } from "./grid.ts";
import type { GptqFactor } from "./gptq_factor.ts";
import type { GptqSolveOptions } from "./gptq_options.ts";
import type { Matrix } from "./matrix.ts";
import type { IntegerWeight } from "./stored_weight.ts";

/** A weight in work. Columns are positions in the order of quantisation. */
export interface Work extends Required<Omit<GptqSolveOptions, "mask">> {
  /** The prepared Hessian. */
  readonly factor: GptqFactor;
  /** As in the options. */
  readonly mask: Uint8Array | undefined;
  /** [R, C], float32: quantised columns are left as they are, the others carry the errors so far. */
  readonly values: Float32Array;
  /** What it becomes; its arrays are filled as the work goes on. */
  readonly result: IntegerWeight;
  /** The block of one row in work [blockSize]. */
  readonly block: Float32Array;
  /** Its errors, each divided by Uᵢᵢ [blockSize]. */
  readonly errors: Float64Array;
}

/** The group of each column, in the weight's own order. */
export function columnGroups(
  order: Int32Array,
  { groupSize = -1, staticGroups = false }: GptqSolveOptions,
): Int32Array<ArrayBuffer> {
  const groups = new Int32Array(order.length);
  if (groupSize === -1) return groups;
  order.forEach((column, position) => {
    groups[column] = Math.floor((staticGroups ? column : position) / groupSize);
  });
  return groups;
}

function setGrid({ result }: Work, row: number, group: number, { scale, zero }: AffineGrid): void {
  const at = row * (result.scales.length / result.rows) + group;
  result.scales[at] = scale;
  result.zeros[at] = zero;
}

/** Fits the grids that are known before the first column is quantised; gives each to `set`. */
export function fitEarlyGrids(
  { rows, columns, data }: Matrix,
  dead: Uint8Array,
  options: GptqSolveOptions,
  set: (row: number, group: number, grid: AffineGrid) => void,
): void {
  const { groupSize = -1, staticGroups = false } = options;
  const live = new Float32Array(columns);
  for (let r = 0; r < rows; r++) {
    const row = data.subarray(r * columns, (r + 1) * columns);
    if (groupSize === -1) set(r, 0, fitGrid(row, options)); // of all columns, the dead ones too
    else if (staticGroups) {
      for (let j = 0; j < columns; j++) live[j] = dead[j] ? 0 : row[j];
      for (let first = 0; first < columns; first += groupSize) {
        const last = Math.min(first + groupSize, columns);
        set(r, first / groupSize, fitGrid(live, options, first, last));
      }
    }
  }
}

/** Lays a weight out for work: columns in the order of quantisation, dead ones 0. */
export function begin(weight: Matrix, factor: GptqFactor, options: GptqSolveOptions): Work {
  const { rows, columns, data } = weight;
  const { bits, symmetric, groupSize = -1, staticGroups = false, blockSize = 128 } = options;
  const groups = groupCount(columns, groupSize);
  const values = new Float32Array(rows * columns);
  for (let r = 0, at = 0; r < rows; r++) {
    for (const column of factor.order) {
      values[at++] = factor.dead[column] ? 0 : data[r * columns + column];
    }
  }
  const work: Work = {
    ...{ bits, symmetric, searchRange: options.searchRange ?? false },
    ...{ groupSize, staticGroups, blockSize, mask: options.mask, factor, values },
    block: new Float32Array(Math.min(blockSize, columns)),
    errors: new Float64Array(Math.min(blockSize, columns)),
    result: {
      ...{ kind: "integer", rows, columns, bits, groupSize, symmetric },
      codes: new Uint8Array(rows * columns),
      scales: new Float32Array(rows * groups),
      zeros: new Float32Array(rows * groups),
      groupIndex: columnGroups(factor.order, options),
    },
  };
  fitEarlyGrids(weight, factor.dead, options, (r, group, grid) => setGrid(work, r, group, grid));
  return work;
}

/** Quantises the columns [first, last) of a row; leaves their errors in `work.errors` and gives Σ ((w - ŵ) / Uᵢᵢ)². */
export function quantiseBlock(work: Work, row: number, first: number, last: number): number {
  const { values, block, errors, mask, groupSize, factor, result } = work;
  const { columns, codes, scales, zeros, groupIndex } = result;
  const { upper: u, order } = factor;
  const groups = scales.length / result.rows;
  const maxCode = 2 ** result.bits - 1;
  const dynamic = groupSize !== -1 && !work.staticGroups;
  const at = row * columns;
  const width = last - first;
  for (let k = 0; k < width; k++) block[k] = values[at + first + k];
  let loss = 0;
  for (let i = 0; i < width; i++) {
    const position = first + i;
    const column = order[position];
    const group = groupIndex[column];
    if (dynamic && position % groupSize === 0) { // fitted to `values`, not to `block`
      const end = at + Math.min(position + groupSize, columns);
      setGrid(work, row, group, fitGrid(values, work, at + position, end));
    }
    const scale = scales[row * groups + group];
    const zero = zeros[row * groups + group];
    const w = block[i];
    const code = mask?.[at + column] === 0 ? zero : gridCode(w, scale, zero, maxCode);
    codes[at + column] = code;
    const uRow = position * columns + first;
    const error = (w - Math.fround(scale * (code - zero))) / u[uRow + i];
    for (let k = i + 1; k < width; k++) block[k] -= error * u[uRow + k];
    errors[i] = error;
    loss += error * error;
  }
  return loss;
}

/** Moves the errors of the columns [first, last) of a row onto all columns behind them. */
export function moveErrors(work: Work, row: number, first: number, last: number): void {
  const { values, errors } = work;
  const { columns, upper: u } = work.factor;
  const w = values.subarray(row * columns, (row + 1) * columns);
  let i = first;
  for (; i + 3 < last; i += 4) {
    const u0 = i * columns, u1 = u0 + columns, u2 = u1 + columns, u3 = u2 + columns;
    const k = i - first;
    const e0 = errors[k], e1 = errors[k + 1], e2 = errors[k + 2], e3 = errors[k + 3];
    for (let j = last; j < columns; j++) {
      w[j] -= e0 * u[u0 + j] + e1 * u[u1 + j] + e2 * u[u2 + j] + e3 * u[u3 + j];
    }
  }
  for (; i < last; i++) {
    const e = errors[i - first];
    for (let j = last; j < columns; j++) w[j] -= e * u[i * columns + j];
  }
}
