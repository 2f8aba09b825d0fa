/**
 * What DSnoT can be told and what it gives back, the same for unstructured and n:m masks.
 * @module
 */

/** Options of DSnoT. */
export interface DsnotOptions {
  /**
   * Most swaps that a row is offered, `--max_cycle_time`.
   * @default 50
   */
  readonly maxCycles?: number;
  /**
   * A row stops when its error is at most this, `--update_threshold`. Compared in float32, in the units of the inputs' sums.
   * @default 0.1
   */
  readonly updateThreshold?: number;
  /**
   * Power of the inputs' variance by which regrowing prefers steady channels, `--pow_of_var_regrowing`; 0 leaves variance out.
   * The authors' `--pow_of_var_pruning` is read nowhere in their code and has no counterpart here.
   * @default 1
   */
  readonly powerOfVariance?: number;
  /**
   * Whether a row also stops rather than let its error change sign. The negation of `--without_same_sign`, which is true unless
   * given; the authors' code takes any value of it for true, the study's only "True". n:m masks always stop there.
   * @default false
   */
  readonly sameSign?: boolean;
  /**
   * Whether rows that have stopped rest. In the authors' code and the study's they keep taking columns from their lists while any
   * other row goes on, and undo swaps that were never made; in narrow layers the lists reach weights that were never
   * pruned, and the row loses them.
   * @default false
   */
  readonly stoppedRowsRest?: boolean;
  /** Is told of each accepted swap. */
  readonly onSwap?: (swap: DsnotSwap) => void;
}

/** DSnoT's options as the study ran it, which are its authors' defaults too. */
export const DSNOT_DEFAULTS: Readonly<Required<Omit<DsnotOptions, "onSwap">>> = Object.freeze({
  maxCycles: 50,
  updateThreshold: 0.1,
  powerOfVariance: 1,
  sameSign: false,
  stoppedRowsRest: false,
});

/** One accepted swap: a weight is pruned and another of its row comes back. */
export interface DsnotSwap {
  /** The cycle, from 1. */
  readonly cycle: number;
  /** The weight's row. */
  readonly row: number;
  /** Column that is pruned now. */
  readonly pruned: number;
  /** Column that is kept again. */
  readonly regrown: number;
  /** The row's error before the swap. */
  readonly errorBefore: number;
  /** The row's error after it: `errorBefore + M[pruned] - M[regrown]`. */
  readonly errorAfter: number;
}

/** What DSnoT made of a mask. */
export interface DsnotResult {
  /** The mask [R, C], 1 = kept. */
  readonly mask: Uint8Array<ArrayBuffer>;
  /** Each row's error before, the sum of M over its pruned weights [R]. */
  readonly errorsBefore: Float32Array<ArrayBuffer>;
  /** Each row's error as the algorithm kept count of it [R]. */
  readonly errorsAfter: Float32Array<ArrayBuffer>;
  /** Accepted swaps of each row [R]. */
  readonly swaps: Uint32Array<ArrayBuffer>;
  /** Cycles run: all rows had stopped then, or it was the most allowed. */
  readonly cycles: number;
}

/** Options with none left open but the listener. */
export type DsnotSettings = Required<Omit<DsnotOptions, "onSwap">> & Pick<DsnotOptions, "onSwap">;

/**
 * Fills in the defaults.
 *
 * @throws {RangeError} if a number is out of its range.
 */
export function dsnotSettings(options: DsnotOptions): DsnotSettings {
  const settings = { ...DSNOT_DEFAULTS, ...options };
  const { maxCycles, updateThreshold, powerOfVariance } = settings;
  const refuse = (rule: string): never => {
    throw new RangeError(`Cannot run DSnoT: ${rule}`);
  };
  if (!(Number.isSafeInteger(maxCycles) && maxCycles >= 0)) {
    refuse(`maxCycles ${maxCycles} must be a whole number of at least 0`);
  }
  if (!(updateThreshold >= 0)) refuse(`updateThreshold ${updateThreshold} must be at least 0`);
  if (!Number.isFinite(powerOfVariance)) {
    refuse(`powerOfVariance ${powerOfVariance} must be a finite number`);
  }
  return settings;
}
