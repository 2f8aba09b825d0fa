/**
 * The kernels of a format: its own WGSL file between those that all formats share.
 * @module
 */
import type { Gpu } from "../gpu.ts";
import bitmask from "./bitmask.wgsl" with { type: "text" };
import common from "./common.wgsl" with { type: "text" };
import dense from "./dense.wgsl" with { type: "text" };
import integer from "./integer.wgsl" with { type: "text" };
import matmat from "./matmat.wgsl" with { type: "text" };
import matvec from "./matvec.wgsl" with { type: "text" };
import matvecShared from "./matvec_shared.wgsl" with { type: "text" };
import matvecSubgroups from "./matvec_subgroups.wgsl" with { type: "text" };
import nf4 from "./nf4.wgsl" with { type: "text" };
import runs from "./runs.wgsl" with { type: "text" };
import type { PackedProduct, ProductFormat } from "./packed_product.ts";

const FORMATS: Readonly<Record<ProductFormat, string>> = { dense, integer, nf4, bitmask, runs };

/** The kernels of a format. */
export interface ProductPipelines {
  /** Takes few rows of inputs. */
  readonly matvec: GPUComputePipeline;
  /** Rows of the weight that a workgroup of `matvec` takes. */
  readonly matvecRows: number;
  /** Takes any number of rows of inputs, 64 by 64 a workgroup. */
  readonly matmat: GPUComputePipeline;
}

/**
 * Compiles the kernels of a packed weight.
 *
 * @param subgroups whether to sum over threads by subgroup operations.
 * @throws {GpuError} if they do not compile, for example without the feature that subgroups need.
 */
export async function productPipelines(
  gpu: Gpu,
  { format, steps, constants }: PackedProduct,
  subgroups: boolean,
): Promise<ProductPipelines> {
  const threads = format !== "dense" && steps <= 32 ? 32 : 64;
  const sum = subgroups ? matvecSubgroups : matvecShared;
  const [forFew, forMany] = await Promise.all([
    gpu.pipeline([common, FORMATS[format], matvec, sum].join("\n"), {
      ...constants,
      THREADS: threads,
    }),
    gpu.pipeline([common, FORMATS[format], matmat].join("\n"), constants),
  ]);
  return { matvec: forFew, matvecRows: 4, matmat: forMany };
}
