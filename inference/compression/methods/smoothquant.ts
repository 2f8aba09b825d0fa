/**
 * SmoothQuant's smoothing as a step; the arithmetic is that of kernels/smoothquant.ts, in float32.
 * @module
 */
import { smoothGroup } from "../../../kernels/smoothquant.ts";
import type { NormMethod } from "../method.ts";
import { number, readOptions } from "../options.ts";

const OPTIONS = {
  alpha: number("a number from 0 to 1", (value) => value >= 0 && value <= 1, 0.85),
};

/** `{ kind: "smoothquant", alpha = 0.85 }`. It quantises nothing by itself. */
export const SMOOTHQUANT: NormMethod = {
  kind: "smoothquant",
  scope: "norm",
  needs: ["absmax"],
  check: (step) => void readOptions(step, OPTIONS),
  smooth: (norm, weights, { absmax }, step) =>
    smoothGroup(norm, weights, absmax!, readOptions(step, OPTIONS)),
};
