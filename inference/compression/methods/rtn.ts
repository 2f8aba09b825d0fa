/**
 * Round-to-nearest as a step; the arithmetic is that of kernels/round_to_nearest.ts.
 * @module
 */
import { roundToNearest } from "../../../kernels/round_to_nearest.ts";
import type { LinearMethod } from "../method.ts";
import { columnsOfGroup, flag, readOptions, wholeNumber } from "../options.ts";

const OPTIONS = {
  bits: wholeNumber([2, 8]),
  groupSize: columnsOfGroup(),
  symmetric: flag(true),
};

/** `{ kind: "rtn", bits, groupSize = -1, symmetric = true }`. */
export const RTN: LinearMethod = {
  kind: "rtn",
  needs: [],
  check: (step) => void readOptions(step, OPTIONS),
  compress: ({ weight }, _, step) => roundToNearest(weight, readOptions(step, OPTIONS)),
};
