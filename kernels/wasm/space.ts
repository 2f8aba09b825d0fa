/**
 * Memory that work may use while it is carried out.
 * @module
 */
import type { Kernels } from "./kernels.ts";

/** A place in the kernels' memory, free from `begin` on; work gives the memory as many bytes as it needs. */
export interface Space {
  /** The kernels with their memory. */
  readonly kernels: Kernels;
  /** The first free byte, a multiple of 64. */
  readonly begin: number;
  /** How many threads take calls; each has a part of what work keeps for itself. */
  readonly threads: number;
}

/** Bytes of matrices that are in memory at a time, so that it does not grow with them; they go through it piece by piece. */
export const PIECE_BYTES: number = 2 ** 22;

/** Bytes of a piece that one call takes. */
export const CALL_BYTES: number = 2 ** 19;

/** float32 values in memory. */
export function floats({ kernels }: Space, at: number, length: number): Float32Array<ArrayBuffer> {
  return new Float32Array(kernels.memory.buffer as ArrayBuffer, at, length);
}

/** float64 values in memory. */
export function doubles({ kernels }: Space, at: number, length: number): Float64Array<ArrayBuffer> {
  return new Float64Array(kernels.memory.buffer as ArrayBuffer, at, length);
}

/** Bytes in memory. */
export function bytes({ kernels }: Space, at: number, length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(kernels.memory.buffer as ArrayBuffer, at, length);
}

/** 32-bit whole numbers in memory. */
export function integers({ kernels }: Space, at: number, length: number): Int32Array<ArrayBuffer> {
  return new Int32Array(kernels.memory.buffer as ArrayBuffer, at, length);
}
