/**
 * Claims about the quality of Table 1's methods.
 * @module
 */
import { difference } from "./bleu_samples.ts";
import {
  both,
  type ClaimCheck,
  type Comparison,
  type Finding,
  finding,
  percent,
  points,
} from "./check.ts";
import { NO_COMET, ONLY_BLEU } from "./comet.ts";
import { exactly } from "../estimate.ts";
import type { ClaimEvidence } from "./evidence.ts";
import { meanRatio } from "./perplexity_ratio.ts";
import { above, below, MARGIN, notBetter, within } from "./rules.ts";
import { bleuOf, compareBothWays } from "./ways.ts";

const QUANTIZED = ["gptq-4", "nf4", "sq-nf4"];
const COMBINED = "wanda-gptq-40-4";
const TABLE_1 = ["baseline", ...QUANTIZED, "wanda-40", COMBINED];

/** Checks of the claims about quality. */
export const QUALITY_CHECKS: readonly ClaimCheck[] = [
  { id: "T1", needs: { bleu: TABLE_1 }, judge: (evidence) => intoAboveOut(evidence, TABLE_1) },
  { id: "T2", untestable: NO_COMET },
  {
    id: "T3",
    part: ONLY_BLEU,
    needs: { bleu: ["baseline", ...QUANTIZED] },
    judge: (evidence) =>
      finding(
        "BLEU",
        compareBothWays(
          evidence,
          QUANTIZED.map((method) => [method, "baseline"]),
          (estimate) => within(estimate, 0, MARGIN),
        ),
        points,
      ),
  },
  betterCheck("T7", "nf4", ["gptq-4"]),
  betterCheck("T8", "sq-nf4", ["baseline"]),
  {
    id: "T9",
    part: ONLY_BLEU,
    needs: { bleu: ["wanda-40", "baseline", ...QUANTIZED] },
    judge: (evidence) =>
      finding(
        "BLEU",
        compareBothWays(
          evidence,
          ["baseline", ...QUANTIZED].map((method) => ["wanda-40", method]),
          (estimate) => below(estimate, 0),
        ),
        points,
      ),
  },
  betterCheck("T13", COMBINED, ["wanda-40"]),
  {
    id: "T16",
    part: "perplexity and BLEU only",
    needs: { bleu: ["wanda-dsnot-40", "wanda-40"], perplexity: ["wanda-dsnot-40", "wanda-40"] },
    judge: improvesPerplexityAlone,
  },
  { id: "T17", needs: { sparsity: [COMBINED] }, judge: halfIsZero },
];

/** A check of "`method` scores higher than each of `others`", both ways. */
function betterCheck(id: string, method: string, others: readonly string[]): ClaimCheck {
  return {
    id,
    part: ONLY_BLEU,
    needs: { bleu: [method, ...others] },
    judge: (evidence) =>
      finding(
        "BLEU",
        compareBothWays(
          evidence,
          others.map((other) => [method, other]),
          (estimate) => above(estimate, 0),
        ),
        points,
      ),
  };
}

function intoAboveOut(evidence: ClaimEvidence, methods: readonly string[]): Finding {
  const comparisons = methods.map((method): Comparison => {
    const gap = difference(bleuOf(evidence, method, "x→en"), bleuOf(evidence, method, "en→x"));
    return { label: method, estimate: gap, outcome: above(gap, 0) };
  });
  return finding("BLEU x→en minus en→x", comparisons, points);
}

function improvesPerplexityAlone(evidence: ClaimEvidence): Finding {
  const pair = ["wanda-dsnot-40", "wanda-40"] as const;
  const [own, other] = pair.map((method) => evidence.perplexity.get(method)!);
  const ratio = meanRatio(own, other);
  return both(
    finding(
      "perplexity",
      [{ label: pair.join(" / "), estimate: ratio, outcome: below(ratio, 1) }],
      (value) => value.toFixed(4) + "×",
    ),
    finding("BLEU", compareBothWays(evidence, [pair], notBetter), points),
  );
}

function halfIsZero({ sparsity }: ClaimEvidence): Finding {
  const zeros = exactly(sparsity.get(COMBINED)!);
  return finding(
    "weights that are 0 after both steps, with Table 1's 40 % pruned before GPTQ",
    [{ label: COMBINED, estimate: zeros, outcome: within(zeros, 0.5, 0.01) }],
    percent,
  );
}
