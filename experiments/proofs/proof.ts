/**
 * What a proof at real size is: a named run that measures something too large for the tests, and prints it.
 * @module
 */

/** A run at real size. */
export interface Proof {
  /** Its name on the command line. */
  readonly name: string;
  /** One line for the list of proofs: what it measures, and what it takes. */
  readonly summary: string;
  /** Its own help: options, disk, memory and time. */
  readonly help: string;
  /**
   * Does it.
   *
   * @param args The rest of the command line.
   * @param print Takes lines as they come.
   * @returns What was measured, as JSON.
   * @throws {RangeError} If an option is not allowed, before any work.
   */
  run(args: readonly string[], print: (line: string) => void): Promise<Record<string, unknown>>;
}
