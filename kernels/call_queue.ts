/**
 * Calls of a backend, one after the other, and none after the end.
 * @module
 */

import { Turns } from "./turns.ts";

/** Runs calls in the order in which they are made, each when those before it are done, until it is closed. */
export class CallQueue {
  readonly #turns = new Turns();
  #closed: Promise<void> | undefined;

  /** A queue of calls of something; `name` names it in errors. */
  constructor(readonly name: string) {}

  /**
   * Runs a call when those before it are done.
   * @throws {Error} if the queue is closed.
   */
  run<Result>(call: () => Result | Promise<Result>): Promise<Result> {
    if (this.#closed) return Promise.reject(new Error(`Cannot use ${this.name}: it was closed`));
    return this.#turns.take(call);
  }

  /** Lets the calls that were made before finish, takes no other, and frees what they worked with. */
  close(free: () => void | Promise<void>): Promise<void> {
    return this.#closed ??= this.#turns.take(free);
  }
}
