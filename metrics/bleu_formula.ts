/** How a precision of zero is treated; see Chen and Cherry 2014, "A systematic comparison of smoothing techniques for sentence-level BLEU". */
export type BleuSmoothing = "exp" | "floor" | "add-k" | "none";

/** The parts of a BLEU score. */
export interface BleuParts {
  /** BLEU in percent. */
  readonly score: number;
  /** Matched n-grams by order; with `add-k` smoothing, orders 2 and up include k. */
  readonly counts: readonly number[];
  /** N-grams of the hypotheses by order; with `add-k` smoothing, orders 2 and up include k. */
  readonly totals: readonly number[];
  /** Smoothed precisions by order, in percent. */
  readonly precisions: readonly number[];
  /** Brevity penalty, 0 to 1. */
  readonly brevityPenalty: number;
  /** Tokens of all hypotheses. */
  readonly hypothesisLength: number;
  /** Tokens of the references closest in length. */
  readonly referenceLength: number;
}

/** Settings of {@link bleuFormula}. */
export interface BleuFormulaOptions {
  /** Smoothing method. */
  readonly smoothing: BleuSmoothing;
  /** What `floor` or `add-k` adds; unused by the others. */
  readonly smoothingValue: number;
  /** Whether orders beyond the longest hypothesis are left out of the mean. */
  readonly effectiveOrder: boolean;
  /** The longest n-gram, N. */
  readonly maxOrder: number;
}

const LOG_OF_ZERO = -9999999999; // as sacreBLEU: the geometric mean becomes 0 without a special case

/**
 * BLEU from summed statistics: BP · exp(mean of log p_n), Papineni et al. 2002.
 * @param sums `[hypothesis length, reference length, matches of order 1..N, n-grams of order 1..N]`.
 */
export function bleuFormula(sums: ArrayLike<number>, options: BleuFormulaOptions): BleuParts {
  const { maxOrder: N, effectiveOrder } = options;
  const [hypothesisLength, referenceLength] = [sums[0], sums[1]];
  const counts: number[] = [];
  const totals: number[] = [];
  for (let n = 0; n < N; n++) {
    counts.push(sums[2 + n]);
    totals.push(sums[2 + N + n]);
  }
  const precisions = new Array<number>(N).fill(0);
  const brevityPenalty = brevity(hypothesisLength, referenceLength);
  const parts = { counts, totals, precisions, brevityPenalty, hypothesisLength, referenceLength };
  if (counts.every((count) => count === 0)) return { score: 0, ...parts };
  const orders = smoothedPrecisions(counts, totals, precisions, options);
  const used = effectiveOrder ? orders : N;
  let logs = 0;
  for (let n = 0; n < used; n++) {
    logs += precisions[n] === 0 ? LOG_OF_ZERO : Math.log(precisions[n]);
  }
  return { score: brevityPenalty * Math.exp(logs / used), ...parts };
}

function brevity(hypothesisLength: number, referenceLength: number): number {
  if (hypothesisLength >= referenceLength) return 1;
  return hypothesisLength > 0 ? Math.exp(1 - referenceLength / hypothesisLength) : 0;
}

/** Fills `precisions` (and adds k to `counts` and `totals`); returns the last order that has n-grams. */
function smoothedPrecisions(
  counts: number[],
  totals: number[],
  precisions: number[],
  { smoothing, smoothingValue, maxOrder }: BleuFormulaOptions,
): number {
  let halvings = 1;
  for (let n = 0; n < maxOrder; n++) {
    if (smoothing === "add-k" && n > 0) {
      counts[n] += smoothingValue;
      totals[n] += smoothingValue;
    }
    if (totals[n] === 0) return n;
    if (counts[n] !== 0) {
      precisions[n] = 100 * counts[n] / totals[n];
    } else if (smoothing === "exp") {
      halvings *= 2;
      precisions[n] = 100 / (halvings * totals[n]);
    } else if (smoothing === "floor") {
      precisions[n] = 100 * smoothingValue / totals[n];
    }
  }
  return maxOrder;
}
