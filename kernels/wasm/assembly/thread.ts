// @ts-nocheck AssemblyScript: compiled by build.ts, not run by Deno.
// deno-lint-ignore-file
/**
 * Which thread runs an instance. Instances share the memory; their globals are their own.
 * @module
 */

let number: usize = 0;

export function setThread(thread: i32): void {
  number = <usize> thread;
}

/** This thread's part of a place where every thread has so many bytes. */
export function ownPart(work: usize, bytes: usize): usize {
  return work + number * bytes;
}
