/**
 * One thing after the other.
 * @module
 */

/** Lets asynchronous acts wait for those that were asked for before. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Does something when all that was asked for before is done, whether it failed or not. */
  take<Result>(act: () => Result | Promise<Result>): Promise<Result> {
    const result = this.#last.then(act);
    this.#last = result.catch(() => {}); // who asked hears of it
    return result;
  }
}
