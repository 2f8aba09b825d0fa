/**
 * Matrix products with a stored weight on a graphics adapter, which never sees more of the weight than is stored.
 * @module
 */
import type { SparsityRuns } from "../../prune_smallest.ts";
import type { StoredWeight } from "../../stored_weight.ts";
import type { Gpu } from "../gpu.ts";
import type { DeviceWeight } from "./device_weight.ts";
import { loadProduct } from "./loaded_weight.ts";
import { packProduct } from "./pack.ts";

/** How products are made. */
export interface ProductOptions {
  /**
   * Bytes that one binding may have; larger weights are cut into panels of rows.
   * @default {the device's `maxStorageBufferBindingSize`}
   */
  readonly panelBytes?: number;
  /**
   * The runs of n pruned columns of every m that a sparse weight's mask must have, m being 2, 4 or 8.
   * @default {found from the mask}
   */
  readonly pattern?: SparsityRuns;
  /**
   * Whether threads are summed by subgroup operations.
   * @default {whether the device has the feature "subgroups"}
   */
  readonly subgroups?: boolean;
}

/**
 * Puts a stored weight on a graphics adapter, as it is stored: codes of 2, 3, 4 or 8 bits, NF4, the values that pruning kept, or
 * float32. Products expand it in registers.
 *
 * Products agree with those of the dense matrix within float32's rounding. A product with a unit vector gives back a column as
 * `dequantize` gives it.
 *
 * @param gpu an open device.
 * @param weight a weight [R, C]; it is not changed. Integer weights have 2, 3, 4 or 8 bits and groups of a multiple of 32 columns or
 * one group; any `groupIndex` is taken, act-order's too.
 * @param options panels, sparsity pattern, subgroups.
 * @returns the weight on the device.
 * @throws {RangeError} if the weight is empty or breaks a rule of its format.
 * @throws {TypeError} if a pattern is given for a weight that is not sparse.
 * @throws {GpuError} if the device fails.
 *
 * @example Usage
 * ```ts
 * import { type Gpu, matrix, openProduct, roundToNearest } from "mtpress";
 *
 * async function product(gpu: Gpu): Promise<Float32Array> {
 *   const stored = roundToNearest(matrix(1, 3, [-3, 0.9, 4.5]), { bits: 4, symmetric: false });
 *   const weight = await openProduct(gpu, stored);
 *   try {
 *     return await weight.matvec(Float32Array.of(1, 1, 0)); // -3 + 1
 *   } finally {
 *     weight.release();
 *   }
 * }
 * ```
 */
export async function openProduct(
  gpu: Gpu,
  weight: StoredWeight,
  options: ProductOptions = {},
): Promise<DeviceWeight> {
  const { limits } = gpu.device;
  const { panelBytes = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize) } =
    options;
  return await loadProduct(
    gpu,
    packProduct(weight, panelBytes, options.pattern),
    options.subgroups,
  );
}
