/**
 * How GPTQ's weights and masks lie on a graphics adapter.
 * @module
 */
import type { GptqSolveOptions } from "../gptq_options.ts";
import type { Matrix } from "../matrix.ts";
import type { Batch, Gpu } from "./gpu.ts";
import type { Solver } from "./gptq_kernels.ts";
import { allocatePanels, padded, type Panels, type Segment, writePanels } from "./panels.ts";

/** A prepared Hessian on a graphics adapter. */
export interface DeviceFactor {
  /** Number of input columns C. */
  readonly columns: number;
  /** U [C, C], upper, in quantisation order. */
  readonly upper: Panels;
  /** The column that is quantised at each position [C]. */
  readonly order: Int32Array;
  /** 1 for columns whose inputs were all zero [C]. */
  readonly dead: Uint8Array;
}

/** What the work goes on with. */
export interface Work {
  readonly gpu: Gpu;
  readonly batch: Batch;
  readonly solver: Solver;
  readonly factor: DeviceFactor;
  readonly weight: Matrix;
  readonly options: GptqSolveOptions;
  readonly groupSize: number;
  readonly groups: number;
  readonly panelRows: number;
  /** The group of the column at each position. */
  readonly groupOf: GPUBuffer;
  /** Errors of the columns in work [panelRows, 128]. */
  readonly moved: GPUBuffer;
}

function isOrdered({ order }: DeviceFactor): boolean {
  return order.every((column, position) => column === position);
}

/** Lays a matrix of a weight's size out, in panels that live as long as the work. */
function layOut(
  { gpu, batch, weight: { rows, columns }, panelRows }: Work,
  label: string,
  fill: (row: number, values: Float32Array) => void,
): Panels {
  const allocate = (bytes: number, label: string) => batch.allocate(bytes, label);
  const panels = allocatePanels(allocate, [rows, columns], panelRows, label);
  writePanels(gpu, panels, (row, values) => row < rows && fill(row, values));
  return panels;
}

/** The weights in the order of quantisation, dead ones 0. */
export function layOutWeights(work: Work): Panels {
  const { factor: { order, dead }, weight: { columns, data } } = work;
  return layOut(work, "weights", (row, values) => {
    for (let position = 0; position < columns; position++) {
      const column = order[position];
      values[position] = dead[column] ? 0 : data[row * columns + column];
    }
  });
}

/** What the grids that are known before the first column are fitted to, where that is not the weights in work. */
export function layOutForGrids(work: Work): Panels | undefined {
  const { factor, weight: { columns, data }, options } = work;
  const { dead } = factor;
  if (!options.staticGroups) { // one grid for all columns, the dead ones too
    if (!dead.includes(1)) return;
    return layOut(work, "weights as they are", (row, values) => {
      values.set(data.subarray(row * columns, (row + 1) * columns));
    });
  }
  if (isOrdered(factor)) return;
  return layOut(work, "weights in their own order", (row, values) => {
    for (let j = 0; j < columns; j++) values[j] = dead[j] ? 0 : data[row * columns + j];
  });
}

/** The mask in the order of quantisation, a byte for each weight. */
export function uploadMask(
  { batch, factor: { order }, weight: { rows, columns }, options: { mask } }: Work,
  { first, rows: count }: Segment,
): GPUBuffer | undefined {
  if (!mask) return;
  const step = padded(columns);
  const bytes = new Uint8Array(count * step);
  for (let r = first; r < Math.min(first + count, rows); r++) {
    for (let position = 0; position < columns; position++) {
      bytes[(r - first) * step + position] = mask[r * columns + order[position]];
    }
  }
  return batch.upload(bytes, "a mask");
}
