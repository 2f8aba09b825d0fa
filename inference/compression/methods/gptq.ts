/**
 * GPTQ as a step; the arithmetic is that of kernels/gptq.ts.
 * @module
 */
import type { LinearMethod } from "../method.ts";
import { columnsOfGroup, flag, number, readOptions, wholeNumber } from "../options.ts";

const OPTIONS = {
  bits: wholeNumber([2, 8]),
  groupSize: columnsOfGroup(),
  symmetric: flag(true),
  damping: number("a number of at least 0", (value) => value >= 0 && value < Infinity, 0.01),
  actOrder: flag(false),
  staticGroups: flag(false),
  respectMask: flag(false),
};

/**
 * `{ kind: "gptq", bits, groupSize = -1, symmetric = true, damping = 0.01, actOrder = false, staticGroups = false,
 * respectMask = false }`. With `respectMask`, weights that a step before pruned stay exactly 0.
 */
export const GPTQ: LinearMethod = {
  kind: "gptq",
  needs: ["hessian"],
  check: (step) => void readOptions(step, OPTIONS),
  needsMask: (step) => readOptions(step, OPTIONS).respectMask,
  async compress({ weight, mask }, { hessian }, step, context) {
    const { respectMask, ...options } = readOptions(step, OPTIONS);
    const settings = respectMask ? { ...options, mask } : options;
    return (await context.gptq(weight, hessian!, settings)).weight;
  },
};
