/**
 * DSnoT's rows on a graphics adapter, for unstructured and n:m masks: everything is one submission, in two rounds, since rows that have
 * stopped go on writing for as long as any other row goes on. The errors at the start are summed on the CPU, in float64 and in the
 * reference's order.
 * @module
 */
import type { ColumnStatistics } from "../column_statistics.ts";
import type { DsnotResult, DsnotSettings } from "../dsnot_options.ts";
import { spreadOf, usedUp } from "../dsnot_rows.ts";
import type { Matrix } from "../matrix.ts";
import dsnotSource from "./dsnot.wgsl" with { type: "text" };
import listsSource from "./dsnot_lists.wgsl" with { type: "text" };
import exactFloat from "./exact_float.wgsl" with { type: "text" };
import type { Batch, Gpu } from "./gpu.ts";
import {
  gridOf,
  paddedMask,
  type Panel,
  type PanelOptions,
  panelsOf,
  takeMask,
} from "./row_panels.ts";

/** What rows are run on; sizes are checked. */
export interface DsnotProblem {
  /** W [R, C]. */
  readonly weight: Matrix;
  /** The first mask [R, C]. */
  readonly mask: Uint8Array;
  /** Statistics of the C input channels. */
  readonly statistics: ColumnStatistics;
  /** Norms [C] by whose metric |W| · norm weights are pruned. */
  readonly norms: Float32Array;
  /** Columns of a run; 0 for unstructured masks. */
  readonly m: number;
}

/** Words of a `Row` of dsnot_lists.wgsl, and which word is what. */
const ROW = { words: 18, error: 0, alive: 1, swaps: 2, cycles: 3, failed: 4, kept: 14 } as const;

/** `failed` of a row whose list to regrow is used up. */
const REGROW = 1;

const MOST = 0xffffffff;

/** Each row's sum of M = W · S over its pruned weights: what it misses of its output. */
function rowErrors(
  { rows: R, columns: C, data: W }: Matrix,
  mask: Uint8Array,
  S: Float32Array,
): Float32Array<ArrayBuffer> {
  const errors = new Float32Array(R);
  const sums = new Float64Array(2); // of pruned and kept ones; a branch for each would take three times as long
  for (let i = 0, ij = 0; i < R; i++) {
    sums.fill(0);
    for (let j = 0; j < C; j++, ij++) sums[mask[ij]] += Math.fround(W[ij] * S[j]);
    errors[i] = sums[0];
  }
  return errors;
}

/** Norms, sums and variances to the power, one behind the other; NaN where there are too few. */
function columnValues({ norms, statistics }: DsnotProblem, power: number): Float32Array {
  const C = norms.length;
  const values = new Float32Array(3 * C).fill(NaN);
  values.set(norms);
  values.set(statistics.sums, C);
  values.set(spreadOf(statistics, power).subarray(0, C), 2 * C);
  return values;
}

/** Rows as they begin. */
function firstRows(errors: Float32Array): Uint32Array {
  const rows = new Uint32Array(errors.length * ROW.words);
  const bits = new Uint32Array(errors.buffer, errors.byteOffset, errors.length);
  for (let i = 0; i < bits.length; i++) {
    rows[i * ROW.words + ROW.error] = bits[i];
    rows[i * ROW.words + ROW.alive] = 1;
  }
  return rows;
}

/** The parameters of dsnot.wgsl. */
function parametersOf(
  { start, end }: Panel,
  [C, m]: readonly [number, number],
  { maxCycles, updateThreshold, sameSign, stoppedRowsRest }: DsnotSettings,
  resumed: boolean,
): Uint32Array<ArrayBuffer> {
  const threshold = new Uint32Array(Float32Array.of(updateThreshold).buffer)[0] & 0x7fffffff;
  const flags = [resumed, stoppedRowsRest, sameSign].map(Number);
  return Uint32Array.of(end - start, C, m, Math.min(maxCycles, MOST), ...flags, threshold, 0);
}

/** Throws what the reference does in the first cycle, and there in the first row, in which a list is used up. */
function checkLists(rows: Uint32Array, C: number): void {
  let first = -1;
  for (let at = 0; at < rows.length; at += ROW.words) {
    if (rows[at + ROW.failed] === 0) continue;
    if (first < 0 || rows[at + ROW.cycles] < rows[first + ROW.cycles]) first = at;
  }
  if (first < 0) return;
  if (rows[first + ROW.failed] === REGROW) throw usedUp(C, "regrow");
  throw usedUp(rows[first + ROW.kept], "prune");
}

/** A panel on the adapter. */
interface Part {
  readonly panel: Panel;
  readonly mask: GPUBuffer;
  readonly rows: GPUBuffer;
  readonly bindings: readonly GPUBuffer[];
}

/** Uploads a panel; `columns` and `longest` are of all panels. */
function upload(
  batch: Batch,
  { weight, mask }: DsnotProblem,
  panel: Panel,
  errors: Float32Array,
  [columns, longest]: readonly GPUBuffer[],
): Part {
  const { columns: C, data } = weight;
  const { start, end } = panel;
  const W = batch.upload(data.subarray(start * C, end * C), "weight");
  const kept = batch.upload(paddedMask(mask, C, panel), "mask");
  const keys = ["keys to regrow", "keys to prune"].map((label) =>
    batch.allocate((end - start) * C * 4, label)
  );
  const rows = batch.upload(firstRows(errors.slice(start, end)), "DSnoT rows");
  return { panel, mask: kept, rows, bindings: [W, columns, kept, ...keys, rows, longest] };
}

/** What the rows have become. */
function resultOf(
  rows: Uint32Array,
  mask: Uint8Array<ArrayBuffer>,
  errorsBefore: Float32Array<ArrayBuffer>,
): DsnotResult {
  const words = (which: number) =>
    Uint32Array.from(errorsBefore, (_, i) => rows[i * ROW.words + which]);
  return {
    mask,
    errorsBefore,
    errorsAfter: new Float32Array(words(ROW.error).buffer),
    swaps: words(ROW.swaps),
    cycles: words(ROW.cycles).reduce((most, cycles) => Math.max(most, cycles), 0),
  };
}

/**
 * Runs the cycles of all rows.
 *
 * @returns the new mask, and what happened.
 * @throws {RangeError} if a row's list of columns is used up.
 * @throws {GpuError} if the adapter fails.
 */
export async function runDsnot(
  gpu: Gpu,
  problem: DsnotProblem,
  settings: DsnotSettings,
  options: PanelOptions,
): Promise<DsnotResult> {
  const { weight, mask, statistics, m } = problem;
  const { rows: R, columns: C } = weight;
  const source = exactFloat + listsSource + dsnotSource;
  const pipeline = await gpu.pipeline(source);
  const panels = panelsOf(gpu, R, C * 4, options);
  const errors = rowErrors(weight, mask, statistics.sums);
  const results = await gpu.run("run DSnoT", (batch) => {
    const shared = [
      batch.upload(columnValues(problem, settings.powerOfVariance), "statistics"),
      batch.allocate(4, "DSnoT cycles"),
    ];
    const parts = panels.map((panel) => upload(batch, problem, panel, errors, shared));
    for (const resumed of settings.stoppedRowsRest ? [false] : [false, true]) {
      for (const { panel, bindings } of parts) {
        const grid = gridOf(gpu, panel.end - panel.start);
        batch.dispatch(pipeline, bindings, grid, parametersOf(panel, [C, m], settings, resumed));
      }
    }
    return Object.fromEntries(parts.flatMap(({ panel: { name }, mask, rows }) => [
      [`${name}: mask`, mask],
      [`${name}: rows`, rows],
    ]));
  });
  const rows = new Uint32Array(R * ROW.words);
  const changed = new Uint8Array(R * C);
  for (const panel of panels) {
    const words = (panel.end - panel.start) * ROW.words;
    rows.set(new Uint32Array(results[`${panel.name}: rows`], 0, words), panel.start * ROW.words);
    takeMask(results[`${panel.name}: mask`], changed, C, panel);
  }
  checkLists(rows, C);
  return resultOf(rows, changed, errors);
}
