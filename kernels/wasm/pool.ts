/**
 * Threads that share the kernels' memory and work through calls together with the thread that opened them.
 * @module
 */
import { Worker } from "node:worker_threads";
import { type Call, parts, runCalls, type Work } from "./calls.ts";
import type { Kernels } from "./kernels.ts";
import { CONTROL_AT, instantiate, kernelModule, type WasmBuild } from "./module.ts";
import { type CallQueue, serve, takeCalls, WORDS } from "./worker.ts";

const SLOTS = 1024; // 196,608 bytes, which end below FIRST_BYTE
const SLOT_LENGTH = 24;
const TEXT_BYTES = 1024;
const SPINS = 3000; // some 20 µs
const LONGEST_WAIT = 1000; // ms; then the threads are looked after

/** The kernels of one memory and the threads that run them. */
export class Pool {
  readonly #module: WebAssembly.Module;
  readonly #names: readonly string[];
  #open: { readonly kernels: Kernels; readonly queue: CallQueue } | undefined; // the memory goes with it
  readonly #workers: { worker: Worker; ended: Promise<void> }[] = [];
  #started: Promise<unknown> | undefined;
  #failure: Error | undefined;
  #wakeWaiting: (() => void) | undefined;

  /**
   * Makes a pool. Its threads start with the first calls that they can share.
   * @param threads how many threads compute, this one among them.
   * @param life what the others run, as text.
   */
  constructor(build: WasmBuild, readonly threads: number, readonly life: typeof serve = serve) {
    this.#module = kernelModule(build);
    this.#names = WebAssembly.Module.exports(this.#module)
      .filter(({ kind }) => kind === "function").map(({ name }) => name);
    const kernels = instantiate(build);
    const { buffer } = kernels.memory;
    const text = CONTROL_AT + 1024, slots = text + TEXT_BYTES;
    const queue: CallQueue = {
      at: WORDS,
      words: new Int32Array(buffer, CONTROL_AT, 256),
      text: new Uint8Array(buffer, text, TEXT_BYTES),
      slots: new Float64Array(buffer, slots, SLOTS * SLOT_LENGTH),
      slotLength: SLOT_LENGTH,
      functions: this.#names.map((name) => {
        return kernels[name as keyof Kernels] as CallQueue["functions"][number];
      }),
    };
    this.#open = { kernels, queue };
  }

  /**
   * The kernels, on the thread that opened the pool.
   * @throws {Error} if the pool is closed.
   */
  get kernels(): Kernels {
    return this.#opened.kernels;
  }

  get #queue(): CallQueue {
    return this.#opened.queue;
  }

  get #opened(): { readonly kernels: Kernels; readonly queue: CallQueue } {
    if (!this.#open) throw new Error("Cannot use a pool of threads: it is closed");
    return this.#open;
  }

  /**
   * Does calls that do not depend on one another, on all threads; a single one on this thread.
   * @returns their results; NaN where a kernel gives none.
   * @throws {Error} if a kernel throws, or a thread cannot start or ends.
   */
  async run(calls: readonly Call[]): Promise<Float64Array> {
    this.#check();
    if (calls.length <= 1 || this.threads === 1) return this.#runHere(calls);
    await (this.#started ??= this.#start());
    const results = new Float64Array(calls.length);
    for (const [first, last] of parts(calls.length, SLOTS)) {
      const end = this.#publish(calls.slice(first, last));
      takeCalls(this.#queue);
      await this.#finished(end);
      this.#check();
      for (let call = first; call < last; call++) {
        const slot = (end - last + call & SLOTS - 1) * SLOT_LENGTH;
        results[call] = this.#queue.slots[slot + SLOT_LENGTH - 1];
      }
    }
    return results;
  }

  /** Does work on all threads. */
  async carryOut<Result>(work: Work<Result>): Promise<Result> {
    let step = work.next();
    while (!step.done) step = work.next(await this.run(step.value));
    return step.value;
  }

  /** Ends the threads and frees the memory. Nothing can be computed afterwards. */
  async close(): Promise<void> {
    if (!this.#open) return;
    Atomics.store(this.#queue.words, WORDS.quit, 1);
    this.#wake();
    this.#open = undefined;
    this.#workers.forEach(({ worker }) => worker.ref());
    await Promise.all(this.#workers.splice(0).map(({ ended }) => ended));
  }

  #runHere(calls: readonly Call[]): Float64Array {
    try {
      return runCalls(this.kernels, calls);
    } catch (error) {
      throw new Error(`Cannot compute in WebAssembly: ${error}`, { cause: error });
    }
  }

  /** Throws what has happened to the pool. */
  #check(): void {
    if (this.#failure) throw this.#failure;
    const { words, text } = this.#queue;
    if (Atomics.load(words, WORDS.failed) === 0) return;
    const message = new TextDecoder().decode(text.slice(0, words[WORDS.textLength]));
    Atomics.store(words, WORDS.failed, 0);
    throw new Error(`Cannot compute in WebAssembly: ${message}`);
  }

  #wake(): void {
    Atomics.add(this.#queue.words, WORDS.wake, 1);
    Atomics.notify(this.#queue.words, WORDS.wake);
  }

  /** Puts calls where the threads find them; gives the count at which they are done. */
  #publish(calls: readonly Call[]): number {
    const { words, slots } = this.#queue;
    const begin = Atomics.load(words, WORDS.end);
    calls.forEach(({ name, args }, call) => {
      const slot = ((begin + call) & (SLOTS - 1)) * SLOT_LENGTH;
      if (args.length > SLOT_LENGTH - 3) {
        throw new RangeError(
          `Cannot call ${name} with ${args.length} arguments: a slot has ${SLOT_LENGTH - 3}`,
        );
      }
      slots.set([this.#names.indexOf(name), args.length, ...args], slot);
    });
    const end = begin + calls.length | 0;
    Atomics.store(words, WORDS.end, end);
    this.#wake();
    return end;
  }

  /** Waits until calls are done that other threads have taken. */
  async #finished(end: number): Promise<void> {
    const { words } = this.#queue;
    for (let spins = 0;; spins++) {
      const done = Atomics.load(words, WORDS.done);
      if (done === end) return;
      if (spins < SPINS) continue;
      const wait = Atomics.waitAsync(words, WORDS.done, done, LONGEST_WAIT);
      if (!wait.async) continue;
      this.#workers.forEach(({ worker }) => worker.ref());
      const failed = new Promise<void>((resolve) => this.#wakeWaiting = resolve);
      await Promise.race([wait.value, failed]);
      this.#workers.forEach(({ worker }) => worker.unref());
      if (this.#failure) throw this.#failure;
    }
  }

  async #start(): Promise<void> {
    try {
      await Promise.all(
        Array.from({ length: this.threads - 1 }, (_, i) => this.#startThread(i + 1)),
      );
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Starts a thread; fulfilled when it can take calls. */
  #startThread(thread: number): Promise<void> {
    const { functions: _, ...queue } = this.#queue;
    const worker = new Worker(`(${this.life})(require("node:worker_threads"), ${takeCalls})`, {
      eval: true,
      workerData: { ...queue, module: this.#module, memory: this.kernels.memory, thread },
    });
    const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
    this.#workers.push({ worker, ended });
    return new Promise((resolve, reject) => {
      const fail = (happened: string) => {
        if (!this.#open) return;
        this.#failure ??= new Error(
          `Cannot compute with ${this.threads} threads: thread ${thread} ${happened}`,
        );
        this.#wakeWaiting?.();
        reject(this.#failure);
      };
      worker.once("message", ({ ready, error }: { ready: boolean; error?: string }) => {
        if (!ready) return fail(`cannot start, ${error}`);
        worker.unref(); // a process that forgets to close the pool ends all the same
        resolve();
      });
      worker.once("error", (error) => fail(`has failed, ${error}`));
      worker.once("exit", () => fail("has ended"));
    });
  }
}
