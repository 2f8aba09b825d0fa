/**
 * NF4 as a step; the arithmetic is that of kernels/nf4.ts.
 * @module
 */
import type { LinearMethod } from "../method.ts";
import { flag, readOptions, wholeNumber } from "../options.ts";

const OPTIONS = { blockSize: wholeNumber([1, Infinity], 64), doubleQuantization: flag(false) };

/** `{ kind: "nf4", blockSize = 64, doubleQuantization = false }`. */
export const NF4: LinearMethod = {
  kind: "nf4",
  needs: [],
  check: (step) => void readOptions(step, OPTIONS),
  compress: ({ weight }, _, step, { backend }) =>
    backend.quantizeNf4(weight, readOptions(step, OPTIONS)),
};
