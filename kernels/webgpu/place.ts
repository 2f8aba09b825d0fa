/**
 * What everything that a backend gives out shares with it: the device, the queue of calls, and the duty to free.
 * @module
 */
import type { CallQueue } from "../call_queue.ts";
import type { Gpu } from "./gpu.ts";

/** Where a backend computes. */
export interface Place {
  /** The device. */
  readonly gpu: Gpu;
  /** Bytes of a panel at most. */
  readonly limit: number;
  /** Calls of the backend. */
  readonly queue: CallQueue;
  /** What is to be freed when the backend closes. */
  readonly held: Set<() => void>;
}

/** Something that lives on the device until it is released or the backend closes. */
export interface Held {
  /** Runs a call in its turn, unless the thing was released. */
  run<Result>(call: () => Promise<Result>): Promise<Result>;
  /** Frees the thing once the calls that were made before are done. */
  release(): void;
}

/**
 * Holds something.
 *
 * @param name what it is, for errors.
 * @param destroy frees it; called once.
 */
export function holdUntilClosed(
  { queue, held }: Place,
  name: string,
  destroy: () => void,
): Held {
  let isReleased = false;
  const free = () => {
    if (held.delete(free)) destroy();
  };
  held.add(free);
  return {
    run: (call) =>
      isReleased
        ? Promise.reject(new Error(`Cannot use ${name}: it was released`))
        : queue.run(call),
    release() {
      isReleased = true;
      queue.run(free).catch(free); // a closed backend has freed it
    },
  };
}
