/** Settings of {@link chrfFormula}. */
export interface ChrfFormulaOptions {
  /** The longest n-gram of characters. */
  readonly characterOrder: number;
  /** The longest n-gram of words. */
  readonly wordOrder: number;
  /** How many times as important recall is as precision. */
  readonly beta: number;
  /** Whether F-scores are averaged, with 1e-16 for missing orders. */
  readonly epsilonSmoothing: boolean;
}

const EPSILON = 1e-16;

/**
 * chrF in percent from summed statistics: F_β = (1 + β²) P R / (β² P + R), Popović 2015, equation 1.
 * @param sums For each order, n-grams of the hypothesis, n-grams of the reference, matches.
 */
export function chrfFormula(sums: ArrayLike<number>, options: ChrfFormulaOptions): number {
  const orders = options.characterOrder + options.wordOrder;
  const weight = options.beta ** 2;
  let scores = 0;
  let [precisions, recalls, present] = [0, 0, 0];
  for (let at = 0; at < 3 * orders; at += 3) {
    const [ofHypothesis, ofReference, matches] = [sums[at], sums[at + 1], sums[at + 2]];
    const P = ofHypothesis > 0 ? matches / ofHypothesis : EPSILON;
    const R = ofReference > 0 ? matches / ofReference : EPSILON;
    const below = weight * P + R;
    scores += below > 0 ? (1 + weight) * P * R / below : EPSILON;
    if (ofHypothesis > 0 && ofReference > 0) {
      precisions += P;
      recalls += R;
      present++;
    }
  }
  if (options.epsilonSmoothing) return 100 * scores / orders;
  if (precisions + recalls === 0) return 0;
  const [P, R] = [precisions / present, recalls / present];
  return 100 * ((1 + weight) * P * R / (weight * P + R));
}
