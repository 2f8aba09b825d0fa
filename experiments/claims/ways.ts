/**
 * Comparisons of BLEU, out of English and into English.
 * @module
 */
import { type BleuSamples, difference } from "./bleu_samples.ts";
import type { Comparison } from "./check.ts";
import type { Estimate } from "../estimate.ts";
import type { ClaimEvidence } from "./evidence.ts";
import type { Outcome } from "./rules.ts";

/** The two ways, as tables name them. */
export const WAYS = ["en→x", "x→en"] as const;

/** Out of English or into it. */
export type Way = typeof WAYS[number];

/** BLEU of a method one way. The evidence must hold the method. */
export function bleuOf({ bleu }: ClaimEvidence, method: string, way: Way): BleuSamples {
  const both = bleu.get(method)!;
  return way === "en→x" ? both.outOfEnglish : both.intoEnglish;
}

/** BLEU of `a` minus BLEU of `b`, judged one way. */
export function compareOneWay(
  evidence: ClaimEvidence,
  [a, b]: readonly [string, string],
  way: Way,
  judge: (estimate: Estimate) => Outcome,
): Comparison {
  const estimate = difference(bleuOf(evidence, a, way), bleuOf(evidence, b, way));
  return { label: `${a} − ${b}`, aspect: way, estimate, outcome: judge(estimate) };
}

/** BLEU of `a` minus BLEU of `b` for each pair, judged both ways. */
export function compareBothWays(
  evidence: ClaimEvidence,
  pairs: readonly (readonly [string, string])[],
  judge: (estimate: Estimate) => Outcome,
): Comparison[] {
  return pairs.flatMap((pair) => WAYS.map((way) => compareOneWay(evidence, pair, way, judge)));
}
