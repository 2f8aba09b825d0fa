/**
 * Perplexities of two methods compared.
 * @module
 */
import { seededRandom } from "../../metrics/random.ts";
import { type Estimate, percentileEstimate } from "../estimate.ts";

const RESAMPLES = 1000;
const SEED = 0;

/**
 * Geometric mean over directions of `own` perplexity divided by `other`. The interval is a bootstrap over directions, since a
 * row keeps one perplexity a direction: it says how alike the directions are, not how large the test set is.
 */
export function meanRatio(own: readonly number[], other: readonly number[]): Estimate {
  const logs = own.map((value, i) => Math.log(value / other[i]));
  const random = seededRandom(SEED);
  const samples = Float64Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let i = 0; i < logs.length; i++) sum += logs[random.below(logs.length)];
    return Math.exp(sum / logs.length);
  });
  const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
  return percentileEstimate(Math.exp(mean), samples);
}
