/**
 * The backend that takes Hessians, factorisations and GPTQ's matrix products from a BLAS library, and everything else from the kernels
 * in WebAssembly. Who opens the library hands it in.
 * @module
 */
import type { Backend } from "../backend.ts";
import { Machine } from "../wasm/machine.ts";
import { preferredBuild, type WasmBuild } from "../wasm/module.ts";
import { weightMethods } from "../wasm/weight_methods.ts";
import type { Blas } from "./blas.ts";
import { prepareWith } from "./prepared.ts";
import { statisticsWith } from "./statistics.ts";

/** How the backend on a BLAS library computes what is not the library's. */
export interface BlasBackendOptions {
  /**
   * How many threads the kernels in WebAssembly have, the calling one among them. The library has its own.
   * @default {1}
   */
  readonly threads?: number;
  /**
   * The build of the kernels in WebAssembly.
   * @default {"relaxed"} where the engine knows relaxed SIMD, else `"strict"`
   */
  readonly build?: WasmBuild;
}

/**
 * The backend on a BLAS library. Last bits of its results depend on the library, the processor and the library's threads.
 *
 * @param blas the library's routines, of `openBlas`; it stays open when the backend is closed.
 * @param options the threads and the build of what is not the library's.
 * @throws {RangeError} if `threads` is not a whole number of at least 1.
 *
 * @example Usage
 * ```ts ignore
 * import { blasBackend, matrix, openBlas } from "mtpress";
 *
 * const blas = openBlas();
 * const backend = blasBackend(blas, { threads: 2 });
 * const prepared = await backend.prepareHessian(matrix(2, 2, [2, 1, 1, 2]), { damping: 0.1 });
 * const { loss } = await prepared.gptq(matrix(1, 2, [0.3, -1]), { bits: 4, symmetric: true });
 * prepared.release();
 * await backend.close();
 * blas.close();
 * ```
 */
export function blasBackend(
  blas: Blas,
  { threads = 1, build = preferredBuild() }: BlasBackendOptions = {},
): Backend {
  const machine = new Machine(build, threads);
  return {
    name: "blas",
    description: `${blas.description}; ${machine.description}`,
    statistics: (columns, kinds) => statisticsWith(blas, machine, columns, kinds),
    prepareHessian: (hessian, prepare) => prepareWith(blas, machine, hessian, prepare),
    ...weightMethods(machine),
  };
}
