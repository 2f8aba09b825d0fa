/**
 * A number with its interval.
 * @module
 */

/** A number with the ends of its 95 % interval; a number that is exact has itself at both ends. */
export interface Estimate {
  /** The number. */
  readonly value: number;
  /** Lower end of the interval. */
  readonly low: number;
  /** Upper end of the interval. */
  readonly high: number;
}

/** A number that was computed, not measured. */
export function exactly(value: number): Estimate {
  return { value, low: value, high: value };
}

/** The central 95 % of what resampling gave. 1,000 samples: 25 are left out at each end. */
export function percentileEstimate(value: number, samples: Float64Array): Estimate {
  const sorted = samples.toSorted();
  const tail = Math.floor(sorted.length * 0.025 + 1e-9);
  return { value, low: sorted[tail], high: sorted[sorted.length - 1 - tail] };
}
