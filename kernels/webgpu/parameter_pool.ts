/**
 * The small uniform buffers of kernels' parameters, laid together in a few larger ones that are used again.
 * @module
 */

const CHUNK_BYTES = 1 << 16;

interface Chunk {
  readonly buffer: GPUBuffer;
  readonly words: Uint32Array<ArrayBuffer>;
}

/** Places parameters. Writes to the device's queue keep their order, so that chunks serve one command buffer after the other. */
export class ParameterPool {
  readonly #device: GPUDevice;
  readonly #alignment: number;
  readonly #chunks: Chunk[] = [];
  #places = new Map<string, { buffer: GPUBuffer; offset: number; size: number }>();
  #used = 0; // bytes over all chunks

  /** Begins without a chunk. */
  constructor(device: GPUDevice) {
    this.#device = device;
    this.#alignment = Math.max(16, device.limits.minUniformBufferOffsetAlignment);
  }

  /** Gives parameters a place until the next `flush`; equal ones share it. */
  place(parameters: Uint32Array): { buffer: GPUBuffer; offset: number; size: number } {
    const key = parameters.join();
    const known = this.#places.get(key);
    if (known) return known;
    const size = Math.ceil(parameters.byteLength / 16) * 16;
    let offset = this.#used % CHUNK_BYTES;
    if (offset + size > CHUNK_BYTES) {
      this.#used += CHUNK_BYTES - offset;
      offset = 0;
    }
    const { buffer, words } = this.#chunk(Math.floor(this.#used / CHUNK_BYTES));
    words.set(parameters, offset / 4);
    this.#used += Math.ceil(size / this.#alignment) * this.#alignment;
    const place = { buffer, offset, size };
    this.#places.set(key, place);
    return place;
  }

  /** Writes what was placed to the device, and begins anew. */
  flush(): void {
    for (let i = 0; i * CHUNK_BYTES < this.#used; i++) {
      const { buffer, words } = this.#chunks[i];
      const bytes = Math.min(CHUNK_BYTES, this.#used - i * CHUNK_BYTES);
      this.#device.queue.writeBuffer(buffer, 0, words, 0, bytes / 4);
    }
    this.discard();
  }

  /** Forgets what was placed and not written. */
  discard(): void {
    this.#places.clear();
    this.#used = 0;
  }

  /** Frees the chunks. */
  destroy(): void {
    for (const { buffer } of this.#chunks) buffer.destroy();
    this.#chunks.length = 0;
  }

  #chunk(index: number): Chunk {
    return this.#chunks[index] ??= {
      buffer: this.#device.createBuffer({
        size: CHUNK_BYTES,
        usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
        label: "parameters",
      }),
      words: new Uint32Array(CHUNK_BYTES / 4),
    };
  }
}
