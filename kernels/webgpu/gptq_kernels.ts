/**
 * The compiled kernels of GPTQ.
 * @module
 */
import type { GptqSolveOptions } from "../gptq_options.ts";
import blockSource from "./gptq_block.wgsl" with { type: "text" };
import gridSource from "./gptq_grid.wgsl" with { type: "text" };
import packSource from "./gptq_pack.wgsl" with { type: "text" };
import type { Gpu } from "./gpu.ts";
import rounding from "./grid.wgsl" with { type: "text" };
import { compileProducts } from "./product.ts";

/** The kernels of one weight. */
export interface Solver {
  /** Fits grids. */
  readonly grid: GPUComputePipeline;
  /** Quantises at most 128 columns. */
  readonly block: GPUComputePipeline;
  /** Packs codes into bytes. */
  readonly pack: GPUComputePipeline;
  /** Moves errors. */
  readonly product: GPUComputePipeline;
}

/** Compiles the kernels for weights with rows of `step` values. */
export async function compileSolver(
  gpu: Gpu,
  step: number,
  { bits, symmetric, searchRange = false, mask }: GptqSolveOptions,
): Promise<Solver> {
  const maxCode = 2 ** bits - 1;
  const [grid, block, pack, { apart }] = await Promise.all([
    gpu.pipeline(rounding + gridSource, {
      maxCode,
      symmetric: Number(symmetric),
      searched: Number(searchRange),
    }),
    gpu.pipeline(rounding + blockSource, { maxCode, masked: Number(mask !== undefined) }),
    gpu.pipeline(packSource, { step }),
    compileProducts(gpu),
  ]);
  return { grid, block, pack, product: apart };
}
