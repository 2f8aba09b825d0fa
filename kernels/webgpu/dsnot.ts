/**
 * DSnoT on a graphics adapter, for unstructured and n:m masks. Results are those of `dsnot` and `dsnotRuns` to the bit, lists that are
 * used up and rows that go on after they have stopped among them: products, quotients and orders are computed from bits
 * (exact_float.wgsl), and each row's error at the start is summed on the CPU as there. Swaps add to it two values in float32 and in that
 * order; an adapter may count values below 2^-126 as 0 in this sum, and nowhere else does it decide anything.
 * @module
 */
import type { ColumnStatistics } from "../column_statistics.ts";
import { type DsnotRunsOptions, dsnotRunsSettings } from "../dsnot_nm.ts";
import { type DsnotOptions, type DsnotResult, dsnotSettings } from "../dsnot_options.ts";
import { checkStart } from "../dsnot_rows.ts";
import type { Matrix } from "../matrix.ts";
import { checkNorms } from "../wanda.ts";
import { runDsnot } from "./dsnot_rows.ts";
import type { Gpu } from "./gpu.ts";
import type { PanelOptions } from "./row_panels.ts";

/**
 * Changes an unstructured mask on a graphics adapter so that each output's mean error comes near 0.
 *
 * @param weight W [R, C], not yet pruned.
 * @param mask [R, C], 1 = kept. Stays as it is.
 * @param statistics of the C input channels.
 * @param options as `dsnot` has them, and the size of parts.
 * @returns what `dsnot` gives.
 * @throws {RangeError} as `dsnot` does.
 * @throws {GpuError} if the adapter fails.
 */
export async function dsnotWebgpu(
  gpu: Gpu,
  weight: Matrix,
  mask: Uint8Array,
  statistics: ColumnStatistics,
  options: Omit<DsnotOptions, "onSwap"> & PanelOptions = {},
): Promise<DsnotResult> {
  const settings = dsnotSettings(options);
  checkStart(weight, mask, statistics);
  checkNorms(weight, statistics.squaredNorms);
  const norms = statistics.squaredNorms.map(Math.sqrt);
  return await runDsnot(gpu, { weight, mask, statistics, norms, m: 0 }, settings, options);
}

/**
 * Changes an n:m mask on a graphics adapter so that each output's mean error comes near 0.
 *
 * @param weight W [R, C], not yet pruned.
 * @param mask [R, C], 1 = kept, with n pruned in each run of m. Stays as it is.
 * @param statistics of the C input channels.
 * @param options as `dsnotRuns` has them, and the size of parts.
 * @returns what `dsnotRuns` gives.
 * @throws {RangeError} as `dsnotRuns` does.
 * @throws {GpuError} if the adapter fails.
 */
export async function dsnotRunsWebgpu(
  gpu: Gpu,
  weight: Matrix,
  mask: Uint8Array,
  statistics: ColumnStatistics,
  options: Omit<DsnotRunsOptions, "onSwap"> & PanelOptions,
): Promise<DsnotResult> {
  const { m, metric, ...settings } = dsnotRunsSettings(weight.columns, options);
  checkStart(weight, mask, statistics);
  if (metric === "wanda") checkNorms(weight, statistics.squaredNorms);
  const norms = metric === "wanda"
    ? statistics.squaredNorms.map(Math.sqrt)
    : new Float32Array(weight.columns).fill(1);
  return await runDsnot(gpu, { weight, mask, statistics, norms, m }, settings, options);
}
