/**
 * One named check of a claim.
 * @module
 */
import type { ClaimEvidence, ClaimNeeds } from "./evidence.ts";
import type { Estimate } from "../estimate.ts";
import { all, type Outcome } from "./rules.ts";
import { signed } from "../table/numbers.ts";

/** What a check finds. */
export interface Finding {
  /** Whether the claim holds. */
  readonly outcome: Outcome;
  /** The numbers, with their intervals. */
  readonly basis: string;
}

/** A claim that can be judged by numbers. */
export interface TestableClaim {
  /** The claim's id in `data/claims.json`. */
  readonly id: string;
  /** The methods that `judge()` looks at. */
  readonly needs: ClaimNeeds;
  /** The part of the claim that is judged, where the rest of it cannot be. */
  readonly part?: string;
  /** Judges by evidence that holds all needs. */
  judge(evidence: ClaimEvidence): Finding;
}

/** A claim that no result of this package can decide. */
export interface UntestableClaim {
  /** The claim's id in `data/claims.json`. */
  readonly id: string;
  /** Why not. */
  readonly untestable: string;
}

/** A check of a claim. */
export type ClaimCheck = TestableClaim | UntestableClaim;

/** One comparison within a check. */
export interface Comparison {
  /** What is compared. */
  readonly label: string;
  /** In which respect; comparisons with the same label differ in it. */
  readonly aspect?: string;
  /** The number. */
  readonly estimate: Estimate;
  /** What it says about the claim. */
  readonly outcome: Outcome;
}

/** How a number is printed. */
export type Print = (value: number) => string;

/** A signed number of points. */
export const points: Print = (value) => signed(value, 2);
/** A score. */
export const plain: Print = (value) => value.toFixed(2).replace("-", "−");
/** A share as a percentage. */
export const percent: Print = (value) => (value * 100).toFixed(1).replace("-", "−") + "\u00a0%";
/** How many times as much. */
export const times: Print = (value) => value.toFixed(2) + "×";

/** So many comparisons are all listed, whatever each of them says. */
const FEW = 4;
/** Of more, only those that decide, and at most so many. */
const MOST = 6;

/**
 * The finding of comparisons that must all hold. The basis lists them; of many only those that decide, which are all of them when
 * the claim holds and else the ones that stand against it.
 */
export function finding(
  subject: string,
  comparisons: readonly Comparison[],
  print: Print,
): Finding {
  const outcome = all(comparisons.map((comparison) => comparison.outcome));
  const deciding = comparisons.length <= FEW
    ? comparisons
    : comparisons.filter((comparison) => comparison.outcome === outcome);
  const listed = deciding.slice(0, MOST).map((comparison, i) => {
    const same = comparison.label === deciding[i - 1]?.label;
    return `${same ? "" : comparison.label + " "}${said(comparison, print)}`;
  });
  const more = deciding.length - listed.length;
  const rest = more > 0 ? `, and ${more} more` : "";
  const of = deciding.length < comparisons.length
    ? ` in ${deciding.length} of ${comparisons.length} comparisons`
    : "";
  return { outcome, basis: `${subject}${of}: ${listed.join(", ")}${rest}` };
}

function said({ aspect, estimate }: Comparison, print: Print): string {
  const { value, low, high } = estimate;
  const interval = low === high ? "" : ` [${print(low)},\u00a0${print(high)}]`;
  return `${aspect === undefined ? "" : aspect + " "}${print(value)}${interval}`;
}

/** One finding of several that must all hold. */
export function both(...findings: Finding[]): Finding {
  return {
    outcome: all(findings.map(({ outcome }) => outcome)),
    basis: findings.map(({ basis }) => basis).join("; "),
  };
}
