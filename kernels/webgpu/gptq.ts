/**
 * GPTQ on a graphics adapter: what `gptqWithFactor` computes, all blocks of columns in one submission.
 *
 * follows Frantar et al. 2023 (arXiv:2210.17323), algorithm 1, as ../gptq.ts does. But:
 * - everything is float32, as in the authors' code; ../gptq.ts has U and the errors in float64. Codes so differ where a weight is
 *   next to a tie. Quotients by a grid's scale are rounded as IEEE 754 says, since at the far end of a range they are ties;
 * - a workgroup has one row, and errors leave their block in one matrix product;
 * - searched ranges are found on the adapter too, where powers have float32's precision: of two ranges that are as good to some
 *   1e-6, either may be taken.
 * @module
 */
import type { GptqResult } from "../gptq.ts";
import type { GptqSolveOptions } from "../gptq_options.ts";
import { columnGroups } from "../gptq_solve.ts";
import { groupCount } from "../grid.ts";
import type { Matrix } from "../matrix.ts";
import type { Gpu } from "./gpu.ts";
import { compileSolver } from "./gptq_kernels.ts";
import {
  type DeviceFactor,
  layOutForGrids,
  layOutWeights,
  uploadMask,
  type Work,
} from "./gptq_layout.ts";
import { gatherResult, type PanelResult } from "./gptq_result.ts";
import { padded, type Panels, rowsOfPanel, type Segment, segments, TILE } from "./panels.ts";
import { recordProduct } from "./product.ts";

/** Columns that one kernel quantises; errors of one row take as many places. */
const BLOCK = 128;

/** A panel of rows in work. */
interface Panel extends PanelResult<GPUBuffer> {
  /** The rows that are the weight's. */
  readonly rows: number;
  /** All rows. */
  readonly paddedRows: number;
  /** The weights in the order of quantisation, then their codes. */
  readonly weights: GPUBuffer;
  /** The mask; any buffer where there is none. */
  readonly kept: GPUBuffer;
}

function beginPanel(work: Work, segment: Segment): Panel {
  const { batch, groups, weight, groupOf } = work;
  const rows = Math.min(segment.rows, weight.rows - segment.first);
  return {
    rows,
    paddedRows: segment.rows,
    weights: segment.buffer,
    kept: uploadMask(work, segment) ?? groupOf,
    codes: batch.allocate(segment.rows * padded(weight.columns), "codes"),
    grids: batch.allocate(rows * groups * 8, "grids"),
    losses: batch.allocate(rows * BLOCK * 4, "losses"),
  };
}

/** Fits the grids of the groups that begin within the columns [first, last) to `weights`. */
function recordGrids(
  { batch, solver, groupSize, groups, weight: { columns } }: Work,
  { rows, grids }: Panel,
  weights: GPUBuffer,
  [first, last]: readonly [number, number],
): void {
  const begin = Math.ceil(first / groupSize);
  const end = Math.ceil(last / groupSize);
  const places = [padded(columns), columns, groupSize, groups, begin];
  batch.dispatch(solver.grid, [weights, grids], [rows, end - begin], Uint32Array.from(places));
}

/** Quantises the columns [first, last), of which the factor's rows are in one panel, and moves their errors. */
function recordColumns(
  { batch, solver, groups, groupOf, moved, weight: { columns } }: Work,
  { rows, paddedRows, weights, grids, kept, losses }: Panel,
  { buffer: factor, row: factorRow, first, rows: width }: Segment,
): void {
  const step = padded(columns);
  const last = first + width;
  batch.dispatch(
    solver.block,
    [weights, factor, grids, groupOf, kept, moved, losses],
    [rows],
    Uint32Array.of(step, first, width, factorRow, groups),
  );
  if (last >= columns) return;
  const column = last - last % TILE;
  recordProduct(batch, solver.product, {
    ...{ rows: paddedRows, columns: step - column, depth: width, factor: -1, keep: true },
    out: { buffer: weights, step, row: 0, column },
    left: { buffer: moved, step: BLOCK, row: 0, column: 0 },
    right: { buffer: factor, step, row: factorRow, column },
    firstColumn: last,
  });
}

/** The columns [first, last) in parts of at most 128, none across two panels of the factor. */
function parts(upper: Panels, first: number, last: number): Segment[] {
  const found: Segment[] = [];
  for (let at = first; at < last; at += BLOCK) {
    found.push(...segments(upper, at, Math.min(at + BLOCK, last)));
  }
  return found;
}

/** Records the work on a panel: `source` is what the early grids are fitted to. */
function recordPanel(work: Work, panel: Panel, source: GPUBuffer): void {
  const { batch, factor, options, groupSize, weight: { columns } } = work;
  const { blockSize = BLOCK, staticGroups = false } = options;
  const dynamic = (options.groupSize ?? -1) !== -1 && !staticGroups;
  if (!dynamic) recordGrids(work, panel, source, [0, columns]);
  for (let first = 0; first < columns; first += blockSize) {
    const last = Math.min(first + blockSize, columns);
    const begins = Math.ceil(first / groupSize) * groupSize < last;
    if (dynamic && begins) recordGrids(work, panel, panel.weights, [first, last]);
    for (const part of parts(factor.upper, first, last)) recordColumns(work, panel, part);
  }
  const quads = Math.ceil(padded(columns) / 4 / 64);
  batch.dispatch(work.solver.pack, [panel.weights, panel.codes], [quads, panel.paddedRows]);
}

/** Records everything; gives the panels. */
function record(work: Work): Panel[] {
  const weights = layOutWeights(work);
  const early = (work.options.groupSize ?? -1) === -1 || work.options.staticGroups;
  const source = early ? layOutForGrids(work) ?? weights : weights;
  return segments(weights, 0, weights.rows).map((segment, i) => {
    const panel = beginPanel(work, segment);
    recordPanel(work, panel, source.buffers[i]);
    return panel;
  });
}

/** Names of the buffers that are read back, for each panel. */
function readBack(panels: Panel[]): Record<string, GPUBuffer> {
  const entries = panels.flatMap(({ codes, grids, losses }, i) => [
    [`codes ${i}`, codes],
    [`grids ${i}`, grids],
    [`losses ${i}`, losses],
  ]);
  return Object.fromEntries(entries);
}

/**
 * Quantises a weight. The options must have been checked.
 *
 * @param limit bytes of a panel at most.
 * @throws {GpuError} if the adapter fails, and {RangeError} if 64 rows of the weight are more than it can bind.
 */
export async function solve(
  gpu: Gpu,
  factor: DeviceFactor,
  weight: Matrix,
  options: GptqSolveOptions,
  limit: number,
): Promise<GptqResult> {
  const { rows, columns } = weight;
  const solver = await compileSolver(gpu, padded(columns), options);
  const { groupSize: asked = -1 } = options;
  const groups = groupCount(columns, asked);
  const groupIndex = columnGroups(factor.order, options);
  const rowBytes = Math.max(padded(columns) * 4, groups * 8, BLOCK * 4);
  const panelRows = rowsOfPanel(gpu, limit, rows, rowBytes);
  const bytes = await gpu.run(`quantise a weight [${rows}, ${columns}]`, (batch) => {
    const panels = record({
      ...{ gpu, batch, solver, factor, weight, options, groups, panelRows },
      groupSize: asked === -1 ? columns : asked,
      groupOf: batch.upload(factor.order.map((column) => groupIndex[column]), "groups"),
      moved: batch.allocate(panelRows * BLOCK * 4, "errors"),
    });
    return readBack(panels);
  });
  return gatherResult(bytes, {
    weight,
    order: factor.order,
    groupIndex,
    groups,
    panelRows,
    options,
  });
}
