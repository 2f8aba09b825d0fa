/**
 * Panels of a packed weight in the adapter's memory, and the work that is recorded with them.
 * @module
 */
import { type Matrix, matrix } from "../../matrix.ts";
import type { Batch, Gpu } from "../gpu.ts";
import type { DeviceWeight } from "./device_weight.ts";
import { type PackedProduct, PADDING, type ProductFormat, STEP } from "./packed_product.ts";
import { type ProductPipelines, productPipelines } from "./pipelines.ts";

const FEW = 4; // rows of inputs up to which products with each are faster than a tile

/** Some rows on the device. */
interface Panel {
  readonly first: number;
  readonly rows: number;
  readonly offset: number;
  readonly buffers: readonly GPUBuffer[];
}

class LoadedWeight implements DeviceWeight {
  readonly format: ProductFormat;
  readonly rows: number;
  readonly columns: number;
  readonly bytes: number;
  readonly #gpu: Gpu;
  readonly #pipelines: ProductPipelines;
  readonly #packed: Omit<PackedProduct, "panels">;
  readonly #panels: readonly Panel[];

  constructor(gpu: Gpu, { panels, ...packed }: PackedProduct, pipelines: ProductPipelines) {
    this.#gpu = gpu;
    this.#pipelines = pipelines;
    this.#packed = packed;
    this.format = packed.format;
    this.rows = packed.rows;
    this.columns = packed.columns;
    const loaded: Panel[] = [];
    this.#panels = loaded;
    try {
      for (const { first, rows, data, offset = 0 } of panels) {
        const buffers: GPUBuffer[] = [];
        loaded.push({ first, rows, offset, buffers });
        for (const part of data) {
          buffers.push(gpu.upload(part, `a weight's ${packed.format} panel`));
        }
      }
    } catch (error) {
      this.release();
      throw error;
    }
    this.bytes = loaded.flatMap(({ buffers }) => buffers).reduce((sum, { size }) => sum + size, 0);
  }

  async matvec(x: Float32Array): Promise<Float32Array> {
    return (await this.matmat(matrix(1, x.length, x))).data;
  }

  async matmat(inputs: Matrix): Promise<Matrix> {
    const arranged = this.arrange(inputs);
    const M = inputs.rows;
    if (M === 0) return matrix(0, this.rows);
    const { y } = await this.#gpu.run("multiply with a weight", (batch) => {
      const y = batch.allocate(4 * M * this.rows, "outputs");
      this.record(batch, batch.upload(arranged, "inputs"), y, M);
      return { y };
    });
    return matrix(M, this.rows, new Float32Array(y, 0, M * this.rows));
  }

  arrange({ rows: M, columns, data }: Matrix): Float32Array {
    if (columns !== this.columns) {
      throw new RangeError(
        `Cannot multiply inputs [${M}, ${columns}] with a weight [${this.rows}, ${this.columns}]: ` +
          "both must have as many columns",
      );
    }
    const { steps, order } = this.#packed;
    const width = steps * STEP;
    if (!order && width === columns) return data;
    const arranged = new Float32Array(M * width);
    for (let m = 0; m < M; m++) {
      const row = data.subarray(m * columns, (m + 1) * columns);
      if (order) {
        order.forEach((c, i) => {
          if (c !== PADDING) arranged[m * width + i] = row[c];
        });
      } else arranged.set(row, m * width);
    }
    return arranged;
  }

  record(
    batch: Pick<Batch, "dispatch">,
    inputs: GPUBuffer,
    outputs: GPUBuffer,
    count: number,
  ): void {
    const { steps, groups } = this.#packed;
    const quads = steps * STEP / 4;
    for (const { first, rows, offset, buffers } of this.#panels) {
      const shape = Uint32Array.of(
        ...[rows, first, this.rows, quads, count, groups, this.columns, offset],
      );
      const bindings = [inputs, outputs, ...buffers];
      if (count <= FEW) {
        batch.dispatch(
          this.#pipelines.matvec,
          bindings,
          [Math.ceil(rows / this.#pipelines.matvecRows), count],
          shape,
        );
      } else {
        const tiles = [Math.ceil(rows / 64), Math.ceil(count / 64)] as const;
        batch.dispatch(this.#pipelines.matmat, bindings, tiles, shape);
      }
    }
  }

  release(): void {
    for (const { buffers } of this.#panels) {
      for (const buffer of buffers) buffer.destroy();
    }
  }
}

/**
 * Uploads a weight that was packed.
 *
 * @param gpu an open device.
 * @param packed a weight from `packProduct`.
 * @param subgroups whether threads are summed by subgroup operations.
 * @throws {RangeError} if an array is larger than the device allows.
 * @throws {GpuError} if the device fails.
 */
export async function loadProduct(
  gpu: Gpu,
  packed: PackedProduct,
  subgroups: boolean = gpu.device.features.has("subgroups"),
): Promise<DeviceWeight> {
  return new LoadedWeight(gpu, packed, await productPipelines(gpu, packed, subgroups));
}
