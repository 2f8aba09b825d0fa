/**
 * Wanda on a graphics adapter: metrics, selection and mask in one kernel. The mask is that of `wandaMask`: metrics are compared by
 * their bits, rounded as float32 products are, and equal ones by column.
 * @module
 */
import type { Matrix } from "../matrix.ts";
import {
  checkRuns,
  prunedCount,
  type SparsityPattern,
  type SparsityRuns,
} from "../prune_smallest.ts";
import { checkNorms } from "../wanda.ts";
import exactFloat from "./exact_float.wgsl" with { type: "text" };
import type { Gpu } from "./gpu.ts";
import { gridOf, maskStride, type PanelOptions, panelsOf, takeMask } from "./row_panels.ts";
import rowsSource from "./wanda_rows.wgsl" with { type: "text" };
import runsSource from "./wanda_runs.wgsl" with { type: "text" };

/** Threads of a workgroup of wanda_runs.wgsl, each with one word of the mask. */
const RUNS_THREADS = 64;

/** A kernel, how many elements it prunes in each row or run, and how many workgroups so many rows need. */
interface Kernel {
  readonly pipeline: GPUComputePipeline;
  readonly count: number;
  workgroups(rows: number): number;
}

async function rowsKernel(gpu: Gpu, C: number, ratio: number): Promise<Kernel> {
  const count = prunedCount(C, ratio);
  const pipeline = await gpu.pipeline(exactFloat + rowsSource);
  return { pipeline, count, workgroups: (rows) => rows };
}

async function runsKernel(gpu: Gpu, C: number, { n, m }: SparsityRuns): Promise<Kernel> {
  checkRuns(C, n, m);
  const pipeline = await gpu.pipeline(exactFloat + runsSource, { M: m });
  const words = maskStride(C) / 4;
  return { pipeline, count: n, workgroups: (rows) => Math.ceil(rows * words / RUNS_THREADS) };
}

/**
 * Wanda's mask on a graphics adapter.
 *
 * @param weight W [R, C].
 * @param squaredNorms [C], as `ColumnStatistics` has them.
 * @param pattern how many to prune.
 * @param options the size of parts.
 * @returns the mask [R, C] that `wandaMask` gives, 1 = kept.
 * @throws {RangeError} as `wandaMask` does.
 * @throws {GpuError} if the adapter fails.
 */
export async function wandaWebgpu(
  gpu: Gpu,
  weight: Matrix,
  squaredNorms: Float32Array,
  pattern: SparsityPattern,
  options: PanelOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { rows: R, columns: C, data } = weight;
  checkNorms(weight, squaredNorms);
  const mask = new Uint8Array(R * C).fill(1);
  const { pipeline, count, workgroups } = "ratio" in pattern
    ? await rowsKernel(gpu, C, pattern.ratio)
    : await runsKernel(gpu, C, pattern);
  if (count === 0 || mask.length === 0) return mask;
  const panels = panelsOf(gpu, R, C * 4, options);
  const results = await gpu.run("compute Wanda's mask", (batch) => {
    const norms = batch.upload(squaredNorms.map(Math.sqrt), "norms");
    return Object.fromEntries(panels.map(({ name, start, end }) => {
      const rows = end - start;
      const W = batch.upload(data.subarray(start * C, end * C), "weight");
      const kept = batch.allocate(rows * maskStride(C), "mask");
      batch.dispatch(
        pipeline,
        [W, norms, kept],
        gridOf(gpu, workgroups(rows)),
        Uint32Array.of(rows, C, count),
      );
      return [name, kept];
    }));
  });
  for (const panel of panels) takeMask(results[panel.name], mask, C, panel);
  return mask;
}
