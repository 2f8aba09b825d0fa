/**
 * DSnoT as a step behind a pruning step; the arithmetic is that of kernels/dsnot.ts. Its statistics are of the layer before that
 * step pruned it.
 * @module
 */
import { DSNOT_DEFAULTS } from "../../../kernels/dsnot_options.ts";
import { checkRunLength } from "../../../kernels/prune_smallest.ts";
import { sparseWeight } from "../../../kernels/sparse.ts";
import type { LinearMethod } from "../method.ts";
import { flag, number, oneOf, readOptions, wholeNumber } from "../options.ts";

const OPTIONS = {
  maxCycles: wholeNumber([0, Infinity], DSNOT_DEFAULTS.maxCycles),
  updateThreshold: number(
    "a number of at least 0",
    (value) => value >= 0,
    DSNOT_DEFAULTS.updateThreshold,
  ),
  powerOfVariance: number("a finite number", Number.isFinite, DSNOT_DEFAULTS.powerOfVariance),
  sameSign: flag(DSNOT_DEFAULTS.sameSign),
  stoppedRowsRest: flag(DSNOT_DEFAULTS.stoppedRowsRest),
  m: wholeNumber([0, Infinity], 0),
  skip: oneOf(["", "mlp"], ""),
};

/**
 * `{ kind: "dsnot", maxCycles = 50, updateThreshold = 0.1, powerOfVariance = 1, sameSign = false, stoppedRowsRest = false,
 * m = 0, skip = "" }`. With `m`, swaps stay within runs of m columns, as a mask n:m asks for; `skip: "mlp"` leaves the masks of the
 * feed-forward part as they are.
 */
export const DSNOT: LinearMethod = {
  kind: "dsnot",
  needs: ["columns"],
  statistics: "previous",
  prunes: true,
  needsMask: () => true,
  check: (step) => void readOptions(step, OPTIONS),
  checkShape(_name, _rows, columns, step) {
    const { m } = readOptions(step, OPTIONS);
    if (m > 0) checkRunLength(columns, m);
  },
  async compress({ name, unpruned, mask }, { columns }, step, { backend }) {
    const { skip, m, ...options } = readOptions(step, OPTIONS);
    if (skip !== "" && name.startsWith(`${skip}.`)) return sparseWeight(unpruned, mask!);
    const result = m > 0
      ? await backend.dsnotRuns(unpruned, mask!, columns!, { ...options, m })
      : await backend.dsnot(unpruned, mask!, columns!, options);
    return sparseWeight(unpruned, result.mask);
  },
};
