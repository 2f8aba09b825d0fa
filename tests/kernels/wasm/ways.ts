/**
 * The ways in which work is carried out: both builds on one thread, and several threads that share one memory.
 * @module
 */
import { carryOut, type Work } from "../../../kernels/wasm/calls.ts";
import { FIRST_BYTE, instantiate, type WasmBuild } from "../../../kernels/wasm/module.ts";
import { Pool } from "../../../kernels/wasm/pool.ts";
import type { Space } from "../../../kernels/wasm/space.ts";

/** The builds. */
export const ALL_BUILDS: readonly WasmBuild[] = ["relaxed", "strict"];

const kernels = new Map(ALL_BUILDS.map((build) => [build, instantiate(build)] as const));

/** Does work on one thread, in a memory that is full of what was there before. */
export function onOneThread<Result>(
  build: WasmBuild,
  work: (space: Space) => Work<Result>,
): Result {
  const own = kernels.get(build)!;
  new Uint8Array(own.memory.buffer, FIRST_BYTE).fill(0xa5);
  return carryOut(own, work({ kernels: own, begin: FIRST_BYTE, threads: 1 }));
}

/** Does work on so many threads. */
export async function onThreads<Result>(
  threads: number,
  work: (space: Space) => Work<Result>,
): Promise<Result> {
  const pool = new Pool("strict", threads);
  try {
    return await pool.carryOut(work({ kernels: pool.kernels, begin: FIRST_BYTE, threads }));
  } finally {
    await pool.close();
  }
}

/** What a function throws. */
export function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("Cannot compare what is thrown: nothing is");
}
