/**
 * Claims about GPTQ's bit width (Figure 1).
 * @module
 */
import { difference, level, share } from "./bleu_samples.ts";
import {
  both,
  type ClaimCheck,
  type Comparison,
  type Finding,
  finding,
  plain,
  points,
  times,
} from "./check.ts";
import type { ClaimEvidence } from "./evidence.ts";
import { memoryGrowth, memorySaving } from "./memory.ts";
import { above, atLeast, below, MARGIN, within } from "./rules.ts";
import { bleuOf, compareBothWays, WAYS } from "./ways.ts";

const WIDTHS = ["gptq-2", "gptq-3", "gptq-4", "gptq-8"];
/** BLEU below which the study's model has collapsed. */
const COLLAPSED = 0.1;
/** "Several points": at least so many. */
const SEVERAL = 3;
/** "Still translates": at least this share of the baseline's BLEU. */
const STILL_TRANSLATES = 0.5;

/** Checks of the claims about the bit width. */
export const BITS_CHECKS: readonly ClaimCheck[] = [
  { id: "F1.1", needs: { bleu: ["gptq-2"] }, judge: collapses },
  { id: "F1.2", needs: { bleu: ["gptq-3", "baseline"] }, judge: losesButTranslates },
  {
    id: "F1.3",
    needs: { bleu: ["gptq-4", "gptq-8"], memory: ["gptq-4", "gptq-8"] },
    judge: (evidence) =>
      both(
        finding(
          "BLEU",
          compareBothWays(
            evidence,
            [["gptq-4", "gptq-8"]],
            (estimate) => within(estimate, 0, MARGIN),
          ),
          points,
        ),
        memorySaving(evidence, [["gptq-4", "gptq-8"]], 0.46),
      ),
  },
  {
    id: "F1.4",
    needs: { memory: WIDTHS },
    judge: (evidence) => memoryGrowth(evidence, WIDTHS),
  },
  { id: "F1.5", needs: { bleu: WIDTHS }, judge: intoAtLeastOut },
];

function collapses(evidence: ClaimEvidence): Finding {
  const comparisons = WAYS.map((way): Comparison => {
    const estimate = level(bleuOf(evidence, "gptq-2", way));
    return { label: "gptq-2", aspect: way, estimate, outcome: below(estimate, COLLAPSED) };
  });
  return finding("BLEU", comparisons, plain);
}

function losesButTranslates(evidence: ClaimEvidence): Finding {
  const loses = compareBothWays(
    evidence,
    [["gptq-3", "baseline"]],
    (estimate) => below(estimate, -SEVERAL),
  );
  const translates = WAYS.map((way): Comparison => {
    const estimate = share(bleuOf(evidence, "gptq-3", way), bleuOf(evidence, "baseline", way));
    return {
      label: "gptq-3 / baseline",
      aspect: way,
      estimate,
      outcome: above(estimate, STILL_TRANSLATES),
    };
  });
  return both(finding("BLEU", loses, points), finding("BLEU", translates, times));
}

function intoAtLeastOut(evidence: ClaimEvidence): Finding {
  const comparisons = WIDTHS.map((method): Comparison => {
    const gap = difference(bleuOf(evidence, method, "x→en"), bleuOf(evidence, method, "en→x"));
    return { label: method, estimate: gap, outcome: atLeast(gap, 0) };
  });
  return finding("BLEU x→en minus en→x", comparisons, points);
}
