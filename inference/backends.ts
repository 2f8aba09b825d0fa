/**
 * Opening the backends of kernels/ on this machine: threads, the graphics adapter, a BLAS library.
 * @module
 */
import type { Backend, BackendName } from "../kernels/backend.ts";
import { referenceBackend } from "../kernels/reference.ts";
import { wasmBackend } from "../kernels/wasm/backend.ts";
import { parseBackend } from "./backend_choice.ts";
import { MatrixProducts } from "./compression/products.ts";
import { defaultThreads } from "./devices.ts";
import { SessionFactory } from "./session.ts";

/** How a backend is opened. */
export interface OpenBackendOptions {
  /**
   * Threads on the processor. The result is the same for every number.
   * @default {`defaultThreads()`}
   */
  readonly threads?: number;
}

/**
 * Opens a backend. `"webgpu"` takes the default graphics adapter, one in software too, since it was asked for; `"blas"` takes the
 * library that `openBlas` finds. Hessians of `"wasm"` and `"reference"` are products of ONNX Runtime.
 *
 * @throws {RangeError} if there is no such backend or `threads` is not a whole number of at least 1.
 * @throws {Error} if the machine does not have what it takes: no other backend is taken in its place.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { matrix, openBackend } from "mtpress";
 *
 * const backend = await openBackend("wasm");
 * const weight = matrix(1, 4, [3, -1, 9, 2]);
 * deepEqual([...await backend.wandaMask(weight, Float32Array.of(1, 25, 1, 1), { ratio: 0.5 })], [0, 1, 1, 0]);
 * await backend.close();
 * ```
 */
export async function openBackend(
  name: BackendName,
  { threads = defaultThreads() }: OpenBackendOptions = {},
): Promise<Backend> {
  switch (parseBackend(name)) {
    case "reference":
      return await withProducts(threads, (gram) => referenceBackend({ gram }));
    case "wasm":
      return await withProducts(threads, (gram) => wasmBackend({ threads, gram }));
    case "webgpu":
      return await (await import("./webgpu_backend.ts")).openWebgpuBackend();
    case "blas":
      return (await import("./blas_backend.ts")).openBlasBackend(threads);
  }
}

/** A backend whose Hessians are products of ONNX Runtime, which is closed with it. */
async function withProducts(
  threads: number,
  open: (gram: MatrixProducts["addGram"]) => Backend,
): Promise<Backend> {
  const factory = await SessionFactory.create({ device: "cpu", threads, keepMemory: false });
  const products = await MatrixProducts.open(factory);
  const backend = open((inputs, samples, sum) => products.addGram(inputs, samples, sum));
  return {
    ...backend,
    async close() {
      await backend.close();
      await products.close();
    },
  };
}
