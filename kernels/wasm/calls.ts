/**
 * Work as calls of the kernels: one description for one thread, which does the calls as they come, and for a pool of threads.
 * @module
 */
import type { KernelName, Kernels } from "./kernels.ts";

/** A call of a kernel. Arguments are numbers; true is 1. */
export interface Call {
  readonly name: KernelName;
  readonly args: readonly number[];
}

/**
 * Work that gives batches of calls and takes their results, in the order of the calls; what gives nothing is NaN. The calls of a
 * batch do not depend on one another and may run at the same time, in any order. A batch of one call runs on the thread that owns
 * the memory.
 */
export type Work<Result> = Generator<readonly Call[], Result, Float64Array>;

/** Does calls on this thread; gives their results. */
export function runCalls(kernels: Kernels, calls: readonly Call[]): Float64Array {
  const results = calls.map(({ name, args }) => {
    return Number((kernels[name] as (...args: number[]) => unknown)(...args));
  });
  return Float64Array.from(results);
}

/** Does work on this thread. */
export function carryOut<Result>(kernels: Kernels, work: Work<Result>): Result {
  let step = work.next();
  while (!step.done) step = work.next(runCalls(kernels, step.value));
  return step.value;
}

/** Cuts [0, total) into parts of `size`, the last one short. */
export function* parts(total: number, size: number): Generator<[first: number, last: number]> {
  for (let first = 0; first < total; first += size) yield [first, Math.min(first + size, total)];
}
