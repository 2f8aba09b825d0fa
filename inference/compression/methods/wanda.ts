/**
 * Wanda as a step; the arithmetic is that of kernels/wanda.ts.
 * @module
 */
import { sparseWeight } from "../../../kernels/sparse.ts";
import { wandaVariantMask } from "../../../kernels/wanda_variant.ts";
import type { LinearMethod } from "../method.ts";
import { flag } from "../options.ts";
import type { Step } from "../step.ts";
import { checkPatternShape, stepPattern } from "./pattern.ts";

const OTHERS = { variant: flag(false) };

function settings(step: Step) {
  const pattern = stepPattern(step, OTHERS);
  const variant = step.variant === true;
  if (variant && !("ratio" in pattern)) {
    throw new RangeError(
      "Cannot use variant true in step wanda with n and m: it needs sparsity, which it searches for",
    );
  }
  return { pattern, variant };
}

/** `{ kind: "wanda", sparsity }` prunes that share of every row, `{ kind: "wanda", n, m }` n of every m columns; `variant = false`. */
export const WANDA: LinearMethod = {
  kind: "wanda",
  needs: ["columns"],
  prunes: true,
  check: (step) => void settings(step),
  checkShape: (_name, _rows, columns, step) => checkPatternShape(columns, settings(step).pattern),
  async compress({ weight }, { columns }, step, { backend }) {
    const { pattern, variant } = settings(step);
    const { squaredNorms } = columns!;
    const mask = variant && "ratio" in pattern
      ? wandaVariantMask(weight, squaredNorms, pattern.ratio).mask
      : await backend.wandaMask(weight, squaredNorms, pattern);
    return sparseWeight(weight, mask);
  },
};
