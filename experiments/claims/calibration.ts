/**
 * Claims about the number of calibration samples (Figure 2).
 * @module
 */
import { type ClaimCheck, type Comparison, type Finding, finding, points } from "./check.ts";
import type { Estimate } from "../estimate.ts";
import type { ClaimEvidence } from "./evidence.ts";
import { NO_COMET, ONLY_BLEU } from "./comet.ts";
import { above, any, below, type Outcome, within } from "./rules.ts";
import { compareBothWays, compareOneWay, WAYS } from "./ways.ts";

const SIZES = [32, 64, 128, 256, 512];
const MOST = 512;
const METHODS = ["sq-nf4", "wanda-40"];
/** The study's bound on how far BLEU moves. */
const HARDLY = 0.6;

/** Id of a method that was calibrated on so many samples. */
function atSize(method: string, size: number): string {
  return size === MOST ? method : `${method}-n${size}`;
}

const NEEDS = { bleu: METHODS.flatMap((method) => SIZES.map((size) => atSize(method, size))) };

type Pair = readonly [string, string];

/** Every method's pairs of sizes, the larger one first. */
const ALL_PAIRS = pairsOfSizes((larger, smaller) => larger > smaller);
const PAIRS_WITH_MOST = pairsOfSizes((larger, smaller) => larger === MOST && smaller < MOST);

/** Checks of the claims about calibration. */
export const CALIBRATION_CHECKS: readonly ClaimCheck[] = [
  pairsCheck("F2.1", undefined, ALL_PAIRS, (estimate) => within(estimate, 0, HARDLY)),
  { id: "F2.2", untestable: NO_COMET },
  pairsCheck("F2.3", ONLY_BLEU, PAIRS_WITH_MOST, (estimate) => above(estimate, 0)),
  pairsCheck(
    "F2.4",
    ONLY_BLEU,
    SIZES.map((size) => [atSize("sq-nf4", size), atSize("wanda-40", size)]),
    (estimate) => above(estimate, 0),
  ),
  { id: "F2.5", part: ONLY_BLEU, needs: NEEDS, judge: someStepDrops },
];

function pairsCheck(
  id: string,
  part: string | undefined,
  pairs: readonly Pair[],
  judge: (estimate: Estimate) => Outcome,
): ClaimCheck {
  return {
    id,
    ...(part === undefined ? {} : { part }),
    needs: { bleu: [...new Set(pairs.flat())] },
    judge: (evidence) => finding("BLEU", compareBothWays(evidence, pairs, judge), points),
  };
}

function pairsOfSizes(chosen: (larger: number, smaller: number) => boolean): Pair[] {
  return METHODS.flatMap((method) =>
    SIZES.flatMap((larger) =>
      SIZES.filter((smaller) => chosen(larger, smaller))
        .map((smaller): Pair => [atSize(method, larger), atSize(method, smaller)])
    )
  );
}

/** Each method's curve must fall from one size to the next at least once, each way; the steepest step is shown. */
function someStepDrops(evidence: ClaimEvidence): Finding {
  const curves = METHODS.flatMap((method) =>
    WAYS.map((way): Comparison => {
      const steps = SIZES.slice(1).map((size, i) =>
        compareOneWay(
          evidence,
          [atSize(method, size), atSize(method, SIZES[i])],
          way,
          (estimate) => below(estimate, 0),
        )
      );
      const steepest = steps.reduce((a, b) => b.estimate.value < a.estimate.value ? b : a);
      const dropping = steps.find(({ outcome }) => outcome === "holds");
      return { ...(dropping ?? steepest), outcome: any(steps.map(({ outcome }) => outcome)) };
    })
  );
  return finding("BLEU, a step down", curves, points);
}
