/**
 * A graphics adapter's device with every error made loud.
 *
 * WebGPU hardly ever throws: a shader that does not compile, a buffer that is too large or a call that does not pass validation
 * leaves an invalid object behind and work that does nothing. What is run here has error scopes of its own, what no scope catches
 * is kept by a listener, and a lost device rejects everything that waits for it; each becomes a {@link GpuError}.
 *
 * Waiting for a device costs 11 ms in Deno, however little it did. So whole layers are recorded in one command buffer and read back
 * once.
 * @module
 */
import { type Batch, type Binding, type GpuData, Recorder } from "./batch.ts";
import { GpuError } from "./gpu_error.ts";
import { ParameterPool } from "./parameter_pool.ts";
import { compile } from "./pipeline.ts";

export type { Batch, Binding, GpuData };
export { GpuError };

/** What error scopes will have found. */
type Findings = Promise<GPUError | null>[];

/** The bytes of data, in memory of this thread alone. */
function ownBytes({ buffer, byteOffset, byteLength }: GpuData): Uint8Array<ArrayBuffer> {
  return buffer instanceof ArrayBuffer
    ? new Uint8Array(buffer, byteOffset, byteLength)
    : new Uint8Array(buffer, byteOffset, byteLength).slice();
}

/** A device on which kernels run. */
export class Gpu {
  /** The device itself. */
  readonly device: GPUDevice;
  readonly #pipelines = new Map<string, Promise<GPUComputePipeline>>();
  readonly #parameters: ParameterPool;
  readonly #lost: Promise<never>;
  #findings: Findings = [];
  #failure: GpuError | undefined; // for good
  #stray: GpuError | undefined; // to be thrown once
  #inFlight: Promise<unknown> = Promise.resolve();

  private constructor(device: GPUDevice) {
    this.device = device;
    this.#parameters = new ParameterPool(device);
    device.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      this.#stray ??= new GpuError(
        `Cannot go on with the graphics adapter: ${
          (event as GPUUncapturedErrorEvent).error.message
        }`,
      );
    });
    this.#lost = device.lost.then(({ reason, message }) => {
      this.#failure = new GpuError(
        `Cannot use the graphics adapter: its device was lost (${reason}: ${message})`,
      );
      throw this.#failure;
    });
    this.#lost.catch(() => {}); // whoever waits for the device is told
  }

  /**
   * Takes a device over: listens for its errors and for its loss.
   *
   * @throws {GpuError} if the device is already lost.
   */
  static async open(device: GPUDevice): Promise<Gpu> {
    const gpu = new Gpu(device);
    const moment = new Promise((resolve) => setTimeout(resolve, 0)); // an earlier loss is told by then
    await Promise.race([gpu.#lost, moment]);
    return gpu;
  }

  /**
   * Makes a buffer of zeros that stays until the caller destroys it.
   *
   * @param bytes its size, rounded up to a multiple of 4.
   * @param label what it holds, for messages.
   * @throws {RangeError} if it is larger than the adapter allows.
   */
  allocate(bytes: number, label: string): GPUBuffer {
    this.#check();
    const size = Math.max(4, Math.ceil(bytes / 4) * 4);
    const most = this.device.limits.maxBufferSize;
    if (!(size <= most)) {
      throw new RangeError(
        `Cannot allocate ${bytes} bytes for ${label}: the graphics adapter allows at most ${most}`,
      );
    }
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    return this.#scoped(this.#findings, () => this.device.createBuffer({ size, usage, label }));
  }

  /**
   * Makes a buffer with data that stays until the caller destroys it.
   *
   * @throws {RangeError} if it is larger than the adapter allows.
   */
  upload(data: GpuData, label: string): GPUBuffer {
    const buffer = this.allocate(data.byteLength, label);
    this.write(buffer, 0, data);
    return buffer;
  }

  /**
   * Writes data into a buffer before whatever is run next.
   *
   * @param offset first byte, a multiple of 4.
   */
  write(buffer: GPUBuffer, offset: number, data: GpuData): void {
    this.#check();
    const bytes = ownBytes(data);
    const whole = bytes.length - bytes.length % 4;
    this.#scoped(this.#findings, () => {
      const { queue } = this.device;
      if (whole > 0) queue.writeBuffer(buffer, offset, bytes, 0, whole);
      if (whole === bytes.length) return;
      const last = new Uint8Array(4); // only whole words can be written
      last.set(bytes.subarray(whole));
      queue.writeBuffer(buffer, offset + whole, last);
    });
  }

  /**
   * Compiles a kernel, once for a source, constants and entry point.
   *
   * @param source WGSL.
   * @param constants values of its `override` constants.
   * @param entryPoint which function.
   * @throws {GpuError} if it does not compile; the message names the line.
   */
  async pipeline(
    source: string,
    constants: Readonly<Record<string, number>> = {},
    entryPoint: string = "main",
  ): Promise<GPUComputePipeline> {
    this.#check();
    const key = JSON.stringify([entryPoint, Object.entries(constants).sort(), source]);
    let pipeline = this.#pipelines.get(key);
    if (!pipeline) {
      pipeline = compile(this.device, source, constants, entryPoint);
      this.#pipelines.set(key, pipeline);
    }
    try {
      return await this.#settled([pipeline]).then(([compiled]) => compiled);
    } catch (error) {
      this.#pipelines.delete(key);
      throw error;
    }
  }

  /**
   * Records work and submits it once. Buffers that `record` made by the batch are destroyed afterwards, whatever happens. Without
   * anything to read back the promise is fulfilled when the work before it is done, so that two are under way at most.
   *
   * @param action what the work is for, to be read after "Cannot".
   * @param record records the work, at once, and gives the buffers to read back.
   * @returns the bytes of these buffers.
   * @throws {GpuError} if something does not pass validation, memory runs out or the device is lost.
   */
  async run<Name extends string>(
    action: string,
    record: (batch: Batch) => Record<Name, GPUBuffer>,
  ): Promise<Record<Name, ArrayBuffer>> {
    this.#check();
    const findings: Findings = [];
    let recorder: Recorder | undefined;
    try {
      const results = this.#scoped(findings, () => {
        recorder = new Recorder(this.device, this, this.#parameters);
        const readers = this.#copies(recorder, record(recorder));
        recorder.submit();
        return readers;
      });
      const before = this.#inFlight;
      this.#inFlight = this.device.queue.onSubmittedWorkDone();
      this.#inFlight.catch(() => {});
      await this.#judge(action, findings);
      if (results.length === 0) await this.#settled([before]);
      await this.#settled(results.map(([, buffer]) => buffer.mapAsync(GPUMapMode.READ)));
      await this.#judge(action, []);
      const bytes = results.map(([name, buffer]) => [name, buffer.getMappedRange().slice(0)]);
      return Object.fromEntries(bytes) as Record<Name, ArrayBuffer>;
    } catch (error) {
      this.#parameters.discard();
      throw error;
    } finally {
      recorder?.destroy();
    }
  }

  /** Frees the device and everything on it; nothing can be asked of it afterwards. */
  close(): void {
    this.#failure ??= new GpuError("Cannot use the graphics adapter: its device was closed");
    this.#parameters.destroy();
    this.#pipelines.clear();
    this.device.destroy();
  }

  /** Copies buffers to where they can be read. */
  #copies<Name extends string>(
    recorder: Recorder,
    buffers: Record<Name, GPUBuffer>,
  ): [Name, GPUBuffer][] {
    return Object.entries<GPUBuffer>(buffers).map(([name, from]) => {
      const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
      const to = this.device.createBuffer({ size: from.size, usage, label: `${name}, to read` });
      recorder.copy(from, 0, recorder.own(to), 0, from.size);
      return [name as Name, to];
    });
  }

  #check(): void {
    const stray = this.#stray;
    this.#stray = undefined;
    const error = this.#failure ?? stray;
    if (error) throw error;
  }

  /** Calls under error scopes of their own; what these find is added to `findings`. */
  #scoped<Result>(findings: Findings, call: () => Result): Result {
    this.device.pushErrorScope("out-of-memory");
    this.device.pushErrorScope("validation");
    try {
      return call();
    } finally {
      findings.push(this.device.popErrorScope(), this.device.popErrorScope());
    }
  }

  /** Waits for promises, or for the loss of the device. */
  async #settled<Result>(promises: Promise<Result>[]): Promise<Result[]> {
    try {
      return await Promise.race([Promise.all(promises), this.#lost]);
    } catch (cause) {
      if (cause instanceof GpuError) throw cause;
      // the loss of a device may be told after the call that it broke
      const moment = new Promise((resolve) => setTimeout(resolve, 20));
      await Promise.race([this.#lost, moment]);
      this.#check();
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new GpuError(`Cannot use the graphics adapter: ${message}`, { cause });
    }
  }

  /** Throws what scopes and the listener found. */
  async #judge(action: string, findings: Findings): Promise<void> {
    const found = (await this.#settled([...this.#findings.splice(0), ...findings]))
      .find((error) => error !== null);
    if (found) throw new GpuError(`Cannot ${action} on the graphics adapter: ${found.message}`);
    this.#check();
  }
}
