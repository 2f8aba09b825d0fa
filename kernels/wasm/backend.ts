/**
 * The WebAssembly backend: SIMD kernels on one or more threads that share a memory.
 * @module
 */
import type { Backend, GramFunction } from "../backend.ts";
import { Machine } from "./machine.ts";
import { preferredBuild, type WasmBuild } from "./module.ts";
import { prepareOn } from "./prepared.ts";
import { statisticsOn } from "./statistics.ts";
import { weightMethods } from "./weight_methods.ts";

/** How the WebAssembly backend computes. */
export interface WasmBackendOptions {
  /**
   * How many threads compute, the calling one among them. Results are the same bits with every number of them.
   * @default {1}
   */
  readonly threads?: number;
  /**
   * The build of the kernels.
   * @default {"relaxed"} where the engine knows relaxed SIMD, else `"strict"`
   */
  readonly build?: WasmBuild;
  /** Adds XᵀX to Hessians in its place. */
  readonly gram?: GramFunction;
}

/**
 * The WebAssembly backend. It needs no permission. Its threads start with the first work that is large enough to be shared, and end
 * with `close()`; so does its memory, which keeps the size of the largest work until then. The Hessian that was prepared last stays
 * in that memory; others are saved.
 *
 * @throws {RangeError} if `threads` is not a whole number of at least 1.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { gptqWasm, matrix, wasmBackend } from "mtpress";
 *
 * const backend = wasmBackend({ threads: 2 });
 * const weight = matrix(1, 2, [0.3, -1]);
 * const hessian = matrix(2, 2, [2, 1, 1, 2]);
 * const prepared = await backend.prepareHessian(hessian, { damping: 0.1 });
 * const result = await prepared.gptq(weight, { bits: 3, symmetric: false });
 * deepEqual(result, gptqWasm(weight, hessian, { bits: 3, symmetric: false, damping: 0.1 }));
 * await backend.close();
 * ```
 */
export function wasmBackend(options: WasmBackendOptions = {}): Backend {
  const { threads = 1, build = preferredBuild(), gram } = options;
  const machine = new Machine(build, threads);
  return {
    name: "wasm",
    description: machine.description,
    statistics: (columns, kinds) => statisticsOn(machine, columns, kinds, gram),
    prepareHessian: (hessian, prepare) => prepareOn(machine, hessian, prepare),
    ...weightMethods(machine),
  };
}
