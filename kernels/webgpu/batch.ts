/**
 * Work for a graphics adapter, recorded into one command buffer.
 * @module
 */
import type { ParameterPool } from "./parameter_pool.ts";

/** What can be uploaded. */
export type GpuData = Float32Array | Uint32Array | Int32Array | Uint8Array;

/** A buffer, or a part of it, as a kernel sees it. */
export type Binding = GPUBuffer | {
  /** The buffer. */
  readonly buffer: GPUBuffer;
  /** First byte, a multiple of the adapter's `minStorageBufferOffsetAlignment`, at most 256. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
};

/** Records work. It is done in the order of the calls, each seeing what those before it wrote. */
export interface Batch {
  /**
   * Makes a buffer of zeros that lives as long as the work.
   * @throws {RangeError} if it is larger than the adapter allows.
   */
  allocate(bytes: number, label: string): GPUBuffer;
  /**
   * Makes a buffer with data that lives as long as the work.
   * @throws {RangeError} if it is larger than the adapter allows.
   */
  upload(data: GpuData, label: string): GPUBuffer;
  /**
   * Runs a kernel.
   * @param pipeline the compiled kernel.
   * @param bindings what it reads and writes, at bindings 0, 1, ... of group 0.
   * @param workgroups workgroups in x, y and z; nothing is done if one is 0.
   * @param parameters a `var<uniform>` at the binding behind the others, 32-bit words.
   * @throws {RangeError} if there are more workgroups or a larger binding than the adapter allows.
   */
  dispatch(
    pipeline: GPUComputePipeline,
    bindings: readonly Binding[],
    workgroups: readonly [number, number?, number?],
    parameters?: Uint32Array<ArrayBuffer>,
  ): void;
  /** Copies bytes from a buffer to another; offsets and size are multiples of 4. */
  copy(from: GPUBuffer, fromOffset: number, to: GPUBuffer, toOffset: number, bytes: number): void;
}

/** What makes buffers. */
export interface BufferMaker {
  /** Makes a buffer of zeros. */
  allocate(bytes: number, label: string): GPUBuffer;
  /** Makes a buffer with data. */
  upload(data: GpuData, label: string): GPUBuffer;
}

/** A {@link Batch} with what `Gpu.run` does around it. */
export class Recorder implements Batch {
  readonly #device: GPUDevice;
  readonly #maker: BufferMaker;
  readonly #parameters: ParameterPool;
  readonly #owned: GPUBuffer[] = [];
  readonly #encoder: GPUCommandEncoder;
  #pass: GPUComputePassEncoder | undefined;

  /** Begins a command buffer. */
  constructor(device: GPUDevice, maker: BufferMaker, parameters: ParameterPool) {
    this.#device = device;
    this.#maker = maker;
    this.#parameters = parameters;
    this.#encoder = device.createCommandEncoder();
  }

  allocate(bytes: number, label: string): GPUBuffer {
    return this.own(this.#maker.allocate(bytes, label));
  }

  upload(data: GpuData, label: string): GPUBuffer {
    return this.own(this.#maker.upload(data, label));
  }

  /** Makes a buffer live as long as the work. */
  own(buffer: GPUBuffer): GPUBuffer {
    this.#owned.push(buffer);
    return buffer;
  }

  dispatch(
    pipeline: GPUComputePipeline,
    bindings: readonly Binding[],
    [x, y = 1, z = 1]: readonly [number, number?, number?],
    parameters?: Uint32Array<ArrayBuffer>,
  ): void {
    this.#check(bindings, [x, y, z]);
    if (x === 0 || y === 0 || z === 0) return;
    const resources = bindings.map((binding) =>
      binding instanceof GPUBuffer ? { buffer: binding } : binding
    );
    if (parameters) resources.push(this.#parameters.place(parameters));
    const group = this.#device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: resources.map((resource, binding) => ({ binding, resource })),
    });
    this.#pass ??= this.#encoder.beginComputePass();
    this.#pass.setPipeline(pipeline);
    this.#pass.setBindGroup(0, group);
    this.#pass.dispatchWorkgroups(x, y, z);
  }

  copy(from: GPUBuffer, fromOffset: number, to: GPUBuffer, toOffset: number, bytes: number): void {
    this.#endPass();
    this.#encoder.copyBufferToBuffer(from, fromOffset, to, toOffset, bytes);
  }

  /** Hands the work to the adapter. */
  submit(): void {
    this.#endPass();
    this.#parameters.flush();
    this.#device.queue.submit([this.#encoder.finish()]);
  }

  /** Frees the buffers; work that was submitted still has them. */
  destroy(): void {
    for (const buffer of this.#owned) buffer.destroy();
    this.#owned.length = 0;
  }

  #endPass(): void {
    this.#pass?.end();
    this.#pass = undefined;
  }

  #check(bindings: readonly Binding[], workgroups: readonly number[]): void {
    const { maxComputeWorkgroupsPerDimension: most, maxStorageBufferBindingSize: largest } =
      this.#device.limits;
    if (!workgroups.every((count) => Number.isInteger(count) && count >= 0 && count <= most)) {
      throw new RangeError(
        `Cannot dispatch ${workgroups.join(" x ")} workgroups: ` +
          `each number must be a whole number of at most ${most}`,
      );
    }
    for (const { size } of bindings) {
      if (size <= largest) continue;
      throw new RangeError(
        `Cannot bind ${size} bytes to a kernel: the adapter allows at most ${largest}`,
      );
    }
  }
}
