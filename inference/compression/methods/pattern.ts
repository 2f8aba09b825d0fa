/**
 * How much a pruning step prunes: `sparsity`, or `n` of every `m` columns.
 * @module
 */
import { checkRunLength, type SparsityPattern } from "../../../kernels/prune_smallest.ts";
import { number, type OptionRules, readOptions, wholeNumber } from "../options.ts";
import type { Step } from "../step.ts";

const SHARE = {
  sparsity: number("a number of at least 0 and below 1", (value) => value >= 0 && value < 1),
};
const RUNS = { n: wholeNumber([0, Infinity]), m: wholeNumber([1, Infinity]) };

/** Options that a method has besides the pattern. */
const NONE: OptionRules = {};

/**
 * The pattern of a pruning step.
 *
 * @param others Options that the step may have besides.
 * @throws {RangeError} if it has neither or both forms, or an option breaks its rule.
 */
export function stepPattern(step: Step, others: OptionRules = NONE): SparsityPattern {
  const runs = Object.hasOwn(step, "n") || Object.hasOwn(step, "m");
  if (runs === Object.hasOwn(step, "sparsity")) {
    throw new RangeError(
      `Cannot use step ${step.kind} with ${runs ? "both" : "neither"} sparsity ${
        runs ? "and" : "nor"
      } n and m: one of the two forms must be given`,
    );
  }
  if (!runs) return { ratio: readOptions(step, { ...SHARE, ...others }).sparsity as number };
  const { n, m } = readOptions(step, { ...RUNS, ...others }) as { n: number; m: number };
  if (n > m) {
    throw new RangeError(`Cannot use n ${n} in step ${step.kind}: it must be at most m ${m}`);
  }
  return { n, m };
}

/**
 * Checks that runs of m fit the columns.
 *
 * @throws {RangeError} if m does not divide the columns.
 */
export function checkPatternShape(columns: number, pattern: SparsityPattern): void {
  if ("m" in pattern) checkRunLength(columns, pattern.m);
}
