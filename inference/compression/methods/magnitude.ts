/**
 * Magnitude pruning as a step; the arithmetic is that of kernels/magnitude.ts.
 * @module
 */
import { magnitudeMask } from "../../../kernels/magnitude.ts";
import { sparseWeight } from "../../../kernels/sparse.ts";
import type { LinearMethod } from "../method.ts";
import { checkPatternShape, stepPattern } from "./pattern.ts";

/** `{ kind: "magnitude", sparsity }` prunes that share of every matrix, `{ kind: "magnitude", n, m }` n of every m columns. */
export const MAGNITUDE: LinearMethod = {
  kind: "magnitude",
  needs: [],
  prunes: true,
  check: (step) => void stepPattern(step),
  checkShape: (_name, _rows, columns, step) => checkPatternShape(columns, stepPattern(step)),
  compress: ({ weight }, _, step) => sparseWeight(weight, magnitudeMask(weight, stepPattern(step))),
};
