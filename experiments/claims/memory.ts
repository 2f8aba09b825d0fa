/**
 * Claims about memory, judged by the arithmetic for ALMA-7B: as this package stores a method's weights and as the
 * libraries that the study ran hold them. A claim must be true of both.
 * @module
 */
import {
  type ClaimCheck,
  type Comparison,
  type Finding,
  finding,
  percent,
  type Print,
  times,
} from "./check.ts";
import { type Estimate, exactly } from "../estimate.ts";
import type { ClaimEvidence, MethodMemory } from "./evidence.ts";
import { above, below, type Outcome, within } from "./rules.ts";

const BASELINE = "baseline";
const QUANTIZED = ["gptq-4", "nf4", "sq-nf4"];
const COMBINED = "wanda-gptq-40-4";
/** "About so much less": at most this share more or less. */
const ABOUT = 0.05;
/** "As much as": at most this share more or less. */
const AS_MUCH = 0.01;

const HOLDERS: readonly (keyof MethodMemory)[] = ["stored", "library"];
const HOLDER_NAMES: Readonly<Record<keyof MethodMemory, string>> = {
  stored: "stored here",
  library: "in the study's libraries",
};

/** Checks of the claims about memory. */
export const MEMORY_CHECKS: readonly ClaimCheck[] = [
  {
    id: "T4",
    needs: { memory: [BASELINE, ...QUANTIZED] },
    judge: (evidence) => memorySaving(evidence, QUANTIZED.map((method) => [method, BASELINE]), 0.7),
  },
  { id: "T11", needs: { memory: [BASELINE, "wanda-40"] }, judge: wandaSaves },
  {
    id: "T12",
    needs: { memory: [BASELINE, "wanda-40", ...QUANTIZED] },
    judge: (evidence) => {
      const pairs = QUANTIZED.map((method) => ["wanda-40", method] as const);
      const more = (estimate: Estimate) => above(estimate, 1);
      return finding("bytes", ratios(evidence, pairs, more), times);
    },
  },
  {
    id: "T14",
    needs: { memory: ["gptq-4", COMBINED] },
    judge: (evidence) => {
      const same = (estimate: Estimate) => within(estimate, 1, AS_MUCH);
      return finding("bytes", ratios(evidence, [[COMBINED, "gptq-4"]], same), times);
    },
  },
];

/** Whether each pair's first method takes about `expected` less than the second. */
export function memorySaving(
  { memory }: ClaimEvidence,
  pairs: readonly (readonly [string, string])[],
  expected: number,
): Finding {
  const comparisons = pairs.flatMap(([a, b]) =>
    HOLDERS.map((holder): Comparison => {
      const estimate = exactly(1 - memory.get(a)![holder] / memory.get(b)![holder]);
      const outcome = within(estimate, expected, ABOUT);
      return { label: `${a} / ${b}`, aspect: HOLDER_NAMES[holder], estimate, outcome };
    })
  );
  return finding("bytes saved", comparisons, percent);
}

/** Whether each method takes more than the one before it. */
export function memoryGrowth(evidence: ClaimEvidence, methods: readonly string[]): Finding {
  const pairs = methods.slice(1).map((method, i) => [method, methods[i]] as const);
  return finding("bytes", ratios(evidence, pairs, (estimate) => above(estimate, 1)), times);
}

function ratios(
  { memory }: ClaimEvidence,
  pairs: readonly (readonly [string, string])[],
  judge: (estimate: Estimate) => Outcome,
): Comparison[] {
  return pairs.flatMap(([a, b]) =>
    HOLDERS.map((holder): Comparison => {
      const estimate = exactly(memory.get(a)![holder] / memory.get(b)![holder]);
      return {
        label: `${a} / ${b}`,
        aspect: HOLDER_NAMES[holder],
        estimate,
        outcome: judge(estimate),
      };
    })
  );
}

/** Memory in use is what runs: pruned weights run dense, zeros included, here and in the study. */
function wandaSaves({ memory }: ClaimEvidence): Finding {
  const [dense, pruned] = [memory.get(BASELINE)!, memory.get("wanda-40")!];
  const print: Print = (bytes) => `${(bytes / 2 ** 20).toFixed(1)}\u00a0MiB`;
  const inUse = exactly(pruned.library / dense.library);
  const onDisk = percent(1 - pruned.stored / dense.stored);
  return {
    outcome: below(inUse, 1),
    basis:
      `in use the pruned weights stay dense, zeros included: ${print(dense.library)} before, ` +
      `${print(pruned.library)} after; a bitmask saves ${onDisk} on disk alone`,
  };
}
