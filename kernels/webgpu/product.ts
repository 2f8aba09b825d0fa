/**
 * Matrix products of parts of matrices on a graphics adapter.
 * @module
 */
import type { Batch, Gpu } from "./gpu.ts";
import source from "./product.wgsl" with { type: "text" };
import { TILE } from "./panels.ts";

/** A part of a buffer's matrix. */
export interface Place {
  /** The buffer. */
  readonly buffer: GPUBuffer;
  /** Values from a row to the next. */
  readonly step: number;
  /** First row. */
  readonly row: number;
  /** First column. */
  readonly column: number;
}

/** out := keep · out + factor · left · right. */
export interface Product {
  /** What is changed. */
  readonly out: Place;
  /** Its rows, a multiple of 64. */
  readonly rows: number;
  /** Its columns, a multiple of 64. */
  readonly columns: number;
  /** [rows, depth]; without a buffer it is in the same as `out`, other columns or exactly the same. */
  readonly left: Omit<Place, "buffer" | "step"> & Partial<Place>;
  /** [depth, columns]. */
  readonly right: Place;
  /** A multiple of 32, or at most a row of zeros of `left` away from it. */
  readonly depth: number;
  /** What the product is multiplied by. */
  readonly factor: 1 | -1;
  /** Whether the product is added to `out`, or replaces it. */
  readonly keep: boolean;
  /** Columns of `out` before this one stay as they are. */
  readonly firstColumn?: number;
  /** Column, from `out.column`, at which the diagonal meets the first row; tiles below it are skipped. */
  readonly skipBelow?: number;
  /** Place in the depth at which left's diagonal meets the first row; left is 0 before. */
  readonly leftFrom?: number;
  /** Place in the depth one tile behind that of right's diagonal in the first column; right is 0 from there on. */
  readonly rightTo?: number;
}

/** Compiled kernels of products. */
export interface Products {
  /** Left in a buffer of its own. */
  readonly apart: GPUComputePipeline;
  /** Left in the buffer of `out`. */
  readonly inPlace: GPUComputePipeline;
  /** Likewise, and right [columns, depth]. */
  readonly inPlaceTransposed: GPUComputePipeline;
}

/** Compiles the kernels of products. */
export async function compileProducts(gpu: Gpu): Promise<Products> {
  const [apart, inPlace, inPlaceTransposed] = await Promise.all([
    gpu.pipeline(source),
    gpu.pipeline(source, { inPlace: 1 }),
    gpu.pipeline(source, { inPlace: 1, rightTransposed: 1 }),
  ]);
  return { apart, inPlace, inPlaceTransposed };
}

const FAR = 1 << 30; // beyond every row and column

/** Records a product. */
export function recordProduct(batch: Batch, pipeline: GPUComputePipeline, product: Product): void {
  const { out, left, right, rows, columns } = product;
  const words = new ArrayBuffer(64);
  new Uint32Array(words).set([
    ...[out.step, out.row, out.column, product.firstColumn ?? 0],
    ...[left.step ?? out.step, left.row, left.column, product.depth],
    ...[right.step, right.row, right.column],
  ]);
  new Int32Array(words).set(
    [product.skipBelow ?? -FAR, product.leftFrom ?? -FAR, product.rightTo ?? FAR],
    11,
  );
  new Float32Array(words).set([product.factor, product.keep ? 1 : 0], 14);
  batch.dispatch(
    pipeline,
    [out.buffer, left.buffer ?? right.buffer, right.buffer],
    [columns / TILE, rows / TILE],
    new Uint32Array(words),
  );
}
