/**
 * The compiled kernels and their memory.
 * @module
 */
import type { Kernels } from "./kernels.ts";
import { RELAXED_SIMD } from "./relaxed_simd.ts";
import { STRICT_SIMD } from "./strict_simd.ts";

/**
 * Which build of the kernels runs: "relaxed" fuses multiplications and additions where the processor can, "strict" rounds between
 * them and gives the same bits everywhere.
 */
export type WasmBuild = "relaxed" | "strict";

const PAGE = 65536;

/** Where the pool's control words and calls lie, behind the module's own data. */
export const CONTROL_AT: number = PAGE;

/** The first byte of memory that is free for data. */
export const FIRST_BYTE: number = 5 * PAGE;

const MOST_BYTES = 65536 * PAGE;
const KEPT_BYTES = 64 * 2 ** 20; // memory cannot shrink: an instance that has grown larger is left to the collector

const modules = new Map<WasmBuild, WebAssembly.Module>();
const idle = new Map<WasmBuild, Kernels>();

/** The bytes of a build. */
export function wasmBytes(build: WasmBuild): Uint8Array<ArrayBuffer> {
  const text = atob(build === "relaxed" ? RELAXED_SIMD : STRICT_SIMD);
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** The build that this machine runs: relaxed where the engine knows relaxed SIMD. */
export function preferredBuild(): WasmBuild {
  if (modules.has("relaxed")) return "relaxed";
  return WebAssembly.validate(wasmBytes("relaxed")) ? "relaxed" : "strict";
}

/** A build's module, compiled once. */
export function kernelModule(build: WasmBuild): WebAssembly.Module {
  let module = modules.get(build);
  if (!module) {
    module = new WebAssembly.Module(wasmBytes(build));
    modules.set(build, module);
  }
  return module;
}

/** The kernels with a memory of their own, which threads may share. */
export function instantiate(build: WasmBuild): Kernels {
  const memory = new WebAssembly.Memory({
    initial: FIRST_BYTE / PAGE,
    maximum: MOST_BYTES / PAGE,
    shared: true,
  });
  const { exports } = new WebAssembly.Instance(kernelModule(build), { env: { memory } });
  return exports as unknown as Kernels;
}

/**
 * Gives the kernels' memory at least so many bytes. Views of it that were made before stay as short as they were.
 *
 * @param action what cannot be done otherwise, to be read after "Cannot".
 * @throws {RangeError} if WebAssembly's 4 GiB are too few, or the machine does not give as many bytes.
 */
export function reserve({ memory }: Kernels, bytes: number, action: string): void {
  if (bytes > MOST_BYTES) {
    throw new RangeError(
      `Cannot ${action} in WebAssembly: it takes ${bytes} bytes, and a memory has ${MOST_BYTES} at most`,
    );
  }
  const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE);
  if (missing > 0) memory.grow(missing);
}

/**
 * Runs something with the kernels and a memory of at least `bytes`. What the memory held before is unknown, and nothing of it may
 * be kept.
 *
 * @param action what cannot be done otherwise, to be read after "Cannot".
 * @throws {RangeError} as {@link reserve}.
 */
export function withKernels<Result>(
  build: WasmBuild,
  action: string,
  bytes: number,
  run: (kernels: Kernels) => Result,
): Result {
  const kernels = idle.get(build) ?? instantiate(build);
  idle.delete(build);
  reserve(kernels, bytes, action);
  try {
    return run(kernels);
  } finally {
    if (kernels.memory.buffer.byteLength <= KEPT_BYTES) idle.set(build, kernels);
  }
}

/** Places regions of so many bytes one behind the other, each at a multiple of 64. */
export function layOut<Name extends string>(
  begin: number,
  sizes: Readonly<Record<Name, number>>,
): Record<Name | "end", number> {
  const places: Partial<Record<string, number>> = {};
  let at = begin;
  for (const [name, bytes] of Object.entries<number>(sizes)) {
    places[name] = at;
    at += Math.ceil(bytes / 64) * 64;
  }
  places.end = at;
  return places as Record<Name | "end", number>;
}
