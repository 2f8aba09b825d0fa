/**
 * The error of everything that goes wrong on a graphics adapter.
 * @module
 */

/**
 * Work on a graphics adapter failed: a shader that does not compile, a call that does not pass validation, memory that ran out, a
 * device that was lost. WebGPU reports these beside the calls and not from them; {@link Gpu} collects them and throws this.
 */
export class GpuError extends Error {
  /** Makes the error. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "GpuError";
  }
}
