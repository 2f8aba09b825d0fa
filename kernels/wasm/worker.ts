/**
 * What a thread of the pool runs. Both functions are sent to the threads as text, so they may use nothing from outside themselves:
 * a worker of a text needs no permission, wherever the package comes from, and no file to be found.
 * @module
 */

/** Where the pool's words lie, as indices of 32-bit words; each in a cache line of its own. */
export const WORDS = {
  /** Changes with every new call and when the pool closes; threads without a call sleep on it. */
  wake: 0,
  /** One past the last call to be done. Calls are counted from the pool's beginning, modulo 2³². */
  end: 16,
  /** The next call to be taken. */
  next: 32,
  /** How many calls are done. */
  done: 48,
  /** 1 once the threads are to end. */
  quit: 64,
  /** 1 once a call has thrown; its message then follows in `text`. */
  failed: 80,
  /** Bytes of the message. */
  textLength: 81,
} as const;

/** What a thread knows of the pool. */
export interface CallQueue {
  /** Where the words lie. */
  readonly at: typeof WORDS;
  /** The words. */
  readonly words: Int32Array;
  /** Slots of `slotLength` values: number of the function, number of arguments, arguments; the last value is the result. */
  readonly slots: Float64Array;
  /** Values of a slot. */
  readonly slotLength: number;
  /** What the message of a call that has thrown is written to. */
  readonly text: Uint8Array;
  /** The module's functions, in the order of its exports. */
  readonly functions: readonly ((...args: number[]) => unknown)[];
}

/** Takes calls and does them until none is left. */
export function takeCalls({ at, words, slots, slotLength, text, functions }: CallQueue): void {
  const slotCount = slots.length / slotLength; // a power of two, so that counts may overflow
  for (;;) {
    const call = Atomics.load(words, at.next);
    if (call === Atomics.load(words, at.end)) return;
    if (Atomics.compareExchange(words, at.next, call, call + 1) !== call) continue;
    const slot = (call & (slotCount - 1)) * slotLength;
    const args = slots.subarray(slot + 2, slot + 2 + slots[slot + 1]);
    try {
      slots[slot + slotLength - 1] = Number(functions[slots[slot]](...args));
    } catch (error) {
      if (Atomics.compareExchange(words, at.failed, 0, 1) === 0) {
        const message = new TextEncoder().encode(String(error)).subarray(0, text.length);
        text.set(message);
        words[at.textLength] = message.length;
      }
    }
    const done = Atomics.add(words, at.done, 1) + 1 | 0;
    if (done === Atomics.load(words, at.end)) Atomics.notify(words, at.done);
  }
}

/** What a thread is given when it starts. */
export interface ThreadData extends Omit<CallQueue, "functions"> {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Its number; 0 is the thread that owns the pool. */
  readonly thread: number;
}

/**
 * A thread's whole life: says that it is ready, then does calls, and sleeps where there are none, until it is told to end. It must
 * never be terminated, since a process waits for ever for a thread that sleeps.
 */
export function serve(
  { parentPort, workerData }: {
    parentPort: { postMessage(message: unknown): void };
    workerData: ThreadData;
  },
  take: typeof takeCalls,
): void {
  const { module, memory, thread, at, words } = workerData;
  try {
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    const functions = WebAssembly.Module.exports(module)
      .filter(({ kind }) => kind === "function")
      .map(({ name }) => exports[name] as CallQueue["functions"][number]);
    (exports.setThread as (thread: number) => void)(thread);
    parentPort.postMessage({ ready: true });
    while (Atomics.load(words, at.quit) === 0) {
      const seen = Atomics.load(words, at.wake);
      take({ ...workerData, functions });
      if (Atomics.load(words, at.quit) === 0) Atomics.wait(words, at.wake, seen);
    }
  } catch (error) {
    parentPort.postMessage({ ready: false, error: String(error) });
  }
}
