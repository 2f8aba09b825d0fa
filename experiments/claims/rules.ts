/**
 * When a claim holds. The rules are the same for every claim:
 * - "more" and "less" hold when the whole 95 % interval lies beyond the bound, and fail when it lies on the other side;
 *   an interval with the bound inside decides nothing.
 * - "within" holds when the whole interval lies within the margin, and fails when it lies outside.
 * - "not better" holds when the interval ends below {@link MARGIN}, and fails when it lies above 0.
 * - A claim about several comparisons holds when all of them do, and fails when one does.
 * What is undecided is not supported: a claim never holds because noise hides what speaks against it. Intervals are
 * those of single comparisons; they are not widened for the number of comparisons.
 * @module
 */
import type { Estimate } from "../estimate.ts";

/** What the numbers say about a statement. */
export type Outcome = "holds" | "fails" | "undecided";

/** BLEU points that a score may be away and still count as equal: the margin that the study itself names. */
export const MARGIN = 1;

/** Whether a number is above a bound. */
export function above({ low, high }: Estimate, bound: number): Outcome {
  if (low > bound) return "holds";
  return high < bound || low === high ? "fails" : "undecided";
}

/** Whether a number is below a bound. */
export function below({ value, low, high }: Estimate, bound: number): Outcome {
  return above({ value: -value, low: -high, high: -low }, -bound);
}

/** Whether a number is a bound or above it. */
export function atLeast({ low, high }: Estimate, bound: number): Outcome {
  if (low >= bound) return "holds";
  return high < bound ? "fails" : "undecided";
}

/** Whether a number is less than `margin` away from `middle`. */
export function within({ low, high }: Estimate, middle: number, margin: number): Outcome {
  if (low > middle - margin && high < middle + margin) return "holds";
  return low >= middle + margin || high <= middle - margin ? "fails" : "undecided";
}

/** Whether a difference is no gain. */
export function notBetter({ low, high }: Estimate): Outcome {
  if (low > 0) return "fails";
  return high < MARGIN ? "holds" : "undecided";
}

/** The outcome of statements that must all hold. */
export function all(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes("fails")) return "fails";
  return outcomes.includes("undecided") ? "undecided" : "holds";
}

/** The outcome of statements of which one must hold. */
export function any(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes("holds")) return "holds";
  return outcomes.includes("undecided") ? "undecided" : "fails";
}
