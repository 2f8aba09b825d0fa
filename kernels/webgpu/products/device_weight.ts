/**
 * A stored weight on a graphics adapter, as products with it are asked for.
 * @module
 */
import type { Matrix } from "../../matrix.ts";
import type { Batch } from "../gpu.ts";
import type { ProductFormat } from "./packed_product.ts";

export type { ProductFormat };

/** A weight W [R, C] on a graphics adapter. */
export interface DeviceWeight {
  /** How the device keeps it. */
  readonly format: ProductFormat;
  /** Number of rows R. */
  readonly rows: number;
  /** Number of columns C. */
  readonly columns: number;
  /** Bytes that it takes on the device; a product reads all of them once for every 1 to 4, or 64, rows of inputs. */
  readonly bytes: number;
  /**
   * W x.
   * @param x C numbers.
   * @returns R numbers.
   * @throws {RangeError} if x has another length.
   * @throws {GpuError} if the device fails.
   */
  matvec(x: Float32Array): Promise<Float32Array>;
  /**
   * X Wᵀ, as a linear layer computes it.
   * @param inputs X [M, C].
   * @returns [M, R].
   * @throws {RangeError} if X has other columns, or M is larger than a binding allows.
   * @throws {GpuError} if the device fails.
   */
  matmat(inputs: Matrix): Promise<Matrix>;
  /**
   * Inputs in the device's order of columns, padded: what `record` takes.
   * @param inputs X [M, C].
   * @throws {RangeError} if X has other columns.
   */
  arrange(inputs: Matrix): Float32Array;
  /**
   * Records X Wᵀ into a batch, so that many products are handed over at once.
   * @param batch where to.
   * @param inputs X as `arrange` gives it.
   * @param outputs takes M·R float32 numbers.
   * @param count M.
   */
  record(
    batch: Pick<Batch, "dispatch">,
    inputs: GPUBuffer,
    outputs: GPUBuffer,
    count: number,
  ): void;
  /** Frees the weight; nothing can be asked of it afterwards. */
  release(): void;
}
