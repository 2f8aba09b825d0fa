/**
 * The study's rule for which sentences are generated together.
 * @module
 */

/**
 * Batches of neighbouring lines. A new batch begins when one is full, or when the longest line of it and the next have together more
 * than `maxTokens`; a line counts as at most `maxTokens` itself. The rule adds a maximum and a length, not a total, and looks at source
 * lines without their prompt, so that it bounds neither what a batch holds nor what it pads.
 *
 * @param lengths Tokens of each line with its line break, the beginning-of-sequence token included.
 * @param batchSize The most lines of a batch.
 * @param maxTokens The study's `gen_max_tokens`, which is also the most tokens that may be generated.
 * @returns The places of the lines of each batch.
 * @throws {RangeError} If a limit is not a whole number of at least 1.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { studyBatches } from "mtpress";
 * deepEqual(studyBatches([10, 10, 10, 60, 10], 2, 64), [[0, 1], [2], [3], [4]]);
 * ```
 */
export function studyBatches(
  lengths: readonly number[],
  batchSize: number,
  maxTokens: number,
): number[][] {
  for (const [name, limit] of Object.entries({ batchSize, maxTokens })) {
    if (!Number.isInteger(limit) || limit < 1) {
      throw new RangeError(
        `Cannot batch with ${name} ${limit}: it must be a whole number of at least 1`,
      );
    }
  }
  const batches: number[][] = [];
  let longest = 0;
  lengths.forEach((length, i) => {
    const tokens = Math.min(length, maxTokens);
    const last = batches.at(-1);
    if (last && last.length < batchSize && longest + tokens <= maxTokens) {
      last.push(i);
      longest = Math.max(longest, tokens);
      return;
    }
    batches.push([i]);
    longest = tokens;
  });
  return batches;
}
