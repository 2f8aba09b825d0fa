/**
 * Claims about speed, judged by repeated interleaved runs alone. They are about this machine's kernels: the study's ran on
 * graphics cards.
 * @module
 */
import { timeRatio } from "../interleaved_time.ts";
import { both, type ClaimCheck, type Comparison, type Finding, finding, times } from "./check.ts";
import type { Estimate } from "../estimate.ts";
import type { ClaimEvidence } from "./evidence.ts";
import { above, below, type Outcome, within } from "./rules.ts";

const COMBINED = "wanda-gptq-40-4";
/** "About as slow": at most this share faster or slower. */
const ABOUT = 0.1;

/** "Faster" and "slower": by at least this share. Where files lie in memory alone makes a few per cent. */
const NOTICEABLE = 0.05;

const slower = (ratio: Estimate) => above(ratio, 1 + NOTICEABLE);
const faster = (ratio: Estimate) => below(ratio, 1 - NOTICEABLE);

/** Checks of the claims about speed. */
export const TIME_CHECKS: readonly ClaimCheck[] = [
  timeCheck("T5", ["gptq-4", "nf4", "sq-nf4"].map((method) => [method, "baseline"]), slower),
  timeCheck("T6", [["nf4", "gptq-4"]], faster),
  timeCheck("T10", [["wanda-40", "baseline"]], faster),
  {
    id: "T15",
    needs: { times: [COMBINED, "baseline", "gptq-4"] },
    judge: (evidence) =>
      both(
        ratios(evidence, [[COMBINED, "baseline"]], slower),
        ratios(evidence, [[COMBINED, "gptq-4"]], (ratio) => within(ratio, 1, ABOUT)),
      ),
  },
  {
    id: "T18",
    untestable:
      "it is about a kernel of the study's library for graphics cards, which the kit does not run",
  },
];

function timeCheck(
  id: string,
  pairs: readonly (readonly [string, string])[],
  judge: (ratio: Estimate) => Outcome,
): ClaimCheck {
  return {
    id,
    needs: { times: [...new Set(pairs.flat())] },
    judge: (evidence) => ratios(evidence, pairs, judge),
  };
}

function ratios(
  evidence: ClaimEvidence,
  pairs: readonly (readonly [string, string])[],
  judge: (ratio: Estimate) => Outcome,
): Finding {
  const comparisons = pairs.map(([a, b]): Comparison => {
    const [own, other] = [a, b].map((method) => evidence.times.get(method)!);
    const estimate = timeRatio(own, other);
    return { label: `${a} / ${b}`, estimate, outcome: judge(estimate) };
  });
  return finding("time per token", comparisons, times);
}
