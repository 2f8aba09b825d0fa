/**
 * Verdicts on the study's claims.
 * @module
 */
import { STUDY_CLAIMS } from "../../data/claims.ts";
import { BITS_CHECKS } from "./bits.ts";
import { CALIBRATION_CHECKS } from "./calibration.ts";
import type { ClaimCheck, TestableClaim } from "./check.ts";
import { type ClaimEvidence, lacking } from "./evidence.ts";
import { MEMORY_CHECKS } from "./memory.ts";
import { QUALITY_CHECKS } from "./quality.ts";
import type { Outcome } from "./rules.ts";
import { TIME_CHECKS } from "./time.ts";

/** The word on a claim. What noise leaves open is not supported. */
export type Verdict = "supported" | "not supported" | "cannot be tested here";

/** A verdict with what it rests on. */
export interface ClaimVerdict {
  /** The claim's id. */
  readonly id: string;
  /** The word on it. */
  readonly verdict: Verdict;
  /** Of a claim that is not supported: whether the numbers speak against it or leave it open. */
  readonly because?: "contradicted" | "undecided";
  /** The part of the claim that the verdict is about, where the rest of it cannot be tested. */
  readonly part?: string;
  /** The numbers with their intervals, or why there are none. */
  readonly basis: string;
  /** What was judged: the model, with the machine where time is judged, or ALMA-7B's arithmetic. */
  readonly judgedOn: string;
}

/** The check of every claim. */
export const CLAIM_CHECKS: readonly ClaimCheck[] = [
  ...QUALITY_CHECKS,
  ...MEMORY_CHECKS,
  ...TIME_CHECKS,
  ...BITS_CHECKS,
  ...CALIBRATION_CHECKS,
];

/**
 * Judges every claim of the study, in the order of `STUDY_CLAIMS`. A claim is "supported" only when the whole 95 % interval
 * of each comparison is on its side (see `rules.ts`). One whose evidence is missing "cannot be tested here".
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { claimEvidence, judgeClaims, loadRecipe } from "mtpress";
 *
 * const experiments = [{ recipe: await loadRecipe("table_1"), rows: [] }]; // nothing was measured
 * const store = { hypotheses: () => Promise.resolve([]) };
 * const verdicts = judgeClaims(await claimEvidence(experiments, { store }));
 * const verdict = (wanted: string) => verdicts.find(({ id }) => id === wanted)?.verdict;
 * equal(verdict("T4"), "supported"); // memory is arithmetic
 * equal(verdict("T8"), "cannot be tested here");
 * ```
 */
export function judgeClaims(evidence: ClaimEvidence): ClaimVerdict[] {
  return STUDY_CLAIMS.map(({ id }) => verdictOf(CLAIM_CHECKS.find((c) => c.id === id)!, evidence));
}

const WORDS: Readonly<Record<Outcome, Pick<ClaimVerdict, "verdict" | "because">>> = {
  holds: { verdict: "supported" },
  fails: { verdict: "not supported", because: "contradicted" },
  undecided: { verdict: "not supported", because: "undecided" },
};

function verdictOf(check: ClaimCheck, evidence: ClaimEvidence): ClaimVerdict {
  const { id } = check;
  const untested = { id, verdict: "cannot be tested here", judgedOn: evidence.model } as const;
  if ("untestable" in check) return { ...untested, basis: check.untestable };
  const judgedOn = judgedBy(check, evidence);
  const lacks = lacking(evidence, check.needs);
  if (lacks !== "") return { ...untested, judgedOn, basis: lacks };
  const { outcome, basis } = check.judge(evidence);
  const part = check.part === undefined ? {} : { part: check.part };
  return { id, ...WORDS[outcome], ...part, basis, judgedOn };
}

const ARITHMETIC = "ALMA-7B's arithmetic";

function judgedBy({ needs }: TestableClaim, { model }: ClaimEvidence): string {
  const { memory, times, ...measured } = needs;
  if (times !== undefined) return `${model} on this machine`;
  if (memory === undefined) return model;
  return Object.keys(measured).length > 0 ? `${model} and ${ARITHMETIC}` : ARITHMETIC;
}
