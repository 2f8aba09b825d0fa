/**
 * The backend that computes on a graphics adapter.
 * @module
 */
import type { Backend } from "../backend.ts";
import { CallQueue } from "../call_queue.ts";
import { dsnotRunsWebgpu, dsnotWebgpu } from "./dsnot.ts";
import type { Gpu } from "./gpu.ts";
import { nf4Webgpu } from "./nf4.ts";
import { panelLimit } from "./panels.ts";
import type { Place } from "./place.ts";
import { prepare } from "./prepared_hessian.ts";
import { gatherStatistics } from "./statistics.ts";
import { wandaWebgpu } from "./wanda.ts";

/** How the backend of a graphics adapter computes. */
export interface WebgpuBackendOptions {
  /**
   * Bytes of a part of a matrix at most; larger matrices are split into panels of rows.
   * @default {what the adapter can bind}
   */
  readonly panelBytes?: number;
  /**
   * The adapter's name, for the backend's description.
   * @default {"a graphics adapter"}
   */
  readonly adapter?: string;
}

/**
 * The backend of a graphics adapter. It computes in float32; Hessians are factorised in WebAssembly on the processor where float64 is
 * asked for, and codes are then found in float32 with that factor.
 *
 * @param gpu the adapter's device, from `findAdapter`; it stays open when the backend is closed.
 * @param options the size of parts, and a name.
 * @throws {RangeError} if `panelBytes` is not a positive whole number.
 *
 * @example Usage
 * ```ts
 * import { findAdapter, matrix, webgpuBackend } from "mtpress";
 *
 * const adapter = await findAdapter();
 * if (adapter) {
 *   const backend = webgpuBackend(adapter.gpu, { adapter: adapter.facts.name });
 *   const prepared = await backend.prepareHessian(matrix(2, 2, [2, 1, 1, 2]));
 *   await prepared.gptq(matrix(1, 2, [0.3, -1]), { bits: 3, symmetric: false });
 *   prepared.release();
 *   await backend.close();
 * }
 * ```
 */
export function webgpuBackend(gpu: Gpu, options: WebgpuBackendOptions = {}): Backend {
  const { adapter = "a graphics adapter" } = options;
  const queue = new CallQueue("the webgpu backend");
  const limit = panelLimit(gpu, options.panelBytes);
  const place: Place = { gpu, limit, queue, held: new Set() };
  const parts = { panelBytes: limit };
  return {
    name: "webgpu",
    description: adapter,
    statistics: (columns, kinds) => gatherStatistics(place, columns, kinds),
    prepareHessian: (hessian, prepareOptions = {}) =>
      queue.run(() => prepare(place, hessian, prepareOptions)),
    quantizeNf4: (weight, nf4) => queue.run(() => nf4Webgpu(gpu, weight, { ...nf4, ...parts })),
    wandaMask: (weight, norms, pattern) =>
      queue.run(() => wandaWebgpu(gpu, weight, norms, pattern, parts)),
    dsnot: (weight, mask, statistics, dsnot) =>
      queue.run(() => dsnotWebgpu(gpu, weight, mask, statistics, { ...dsnot, ...parts })),
    dsnotRuns: (weight, mask, statistics, dsnot) =>
      queue.run(() => dsnotRunsWebgpu(gpu, weight, mask, statistics, { ...dsnot, ...parts })),
    close: () =>
      queue.close(() => {
        for (const free of [...place.held]) free();
      }),
  };
}
