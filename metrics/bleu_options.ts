import type { BleuFormulaOptions, BleuSmoothing } from "./bleu_formula.ts";
import { formatFixed } from "./python_text.ts";
import type { CorpusOptions } from "./segments.ts";
import type { BleuTokenizer } from "./tokenizers/tokenize.ts";

/** Settings of BLEU. */
export interface BleuOptions extends CorpusOptions {
  /**
   * The tokenizer; `defaultTokenizer(direction)` chooses as sacreBLEU does.
   * @default {"13a"}
   */
  tokenizer?: BleuTokenizer;
  /**
   * How a precision of zero is treated.
   * @default {"exp"}
   */
  smoothing?: BleuSmoothing;
  /** The value that `floor` (0.1 by default) or `add-k` (1 by default) adds. */
  smoothingValue?: number;
  /**
   * Whether case is ignored.
   * @default {false}
   */
  lowercase?: boolean;
  /**
   * Whether orders longer than the hypotheses are left out, as is usual for single sentences.
   * Default `false`, but `true` for `sentenceBleu`.
   */
  effectiveOrder?: boolean;
  /**
   * The longest n-gram.
   * @default {4}
   */
  maxOrder?: number;
}

const DEFAULT_VALUES: Readonly<Record<BleuSmoothing, number | undefined>> = {
  exp: undefined,
  floor: 0.1,
  "add-k": 1,
  none: undefined,
};

/** The `smooth` field of a signature: the method, with its value if it has one. */
export function smoothingText({ smoothing, smoothingValue }: BleuFormulaOptions): string {
  if (DEFAULT_VALUES[smoothing] === undefined) return smoothing;
  return `${smoothing}[${formatFixed(smoothingValue, 2)}]`;
}

/**
 * Checks the options of BLEU and fills in their defaults.
 * @throws {RangeError} If an option is not allowed.
 */
export function checkBleuOptions(options: BleuOptions): BleuFormulaOptions {
  const { smoothing = "exp", smoothingValue, effectiveOrder = false, maxOrder = 4 } = options;
  if (!Object.hasOwn(DEFAULT_VALUES, smoothing)) {
    throw new RangeError(
      `Cannot smooth with "${smoothing}": the methods are ${
        Object.keys(DEFAULT_VALUES).join(", ")
      }`,
    );
  }
  const standard = DEFAULT_VALUES[smoothing];
  if (smoothingValue !== undefined && standard === undefined) {
    throw new RangeError(
      `Cannot use smoothing value ${smoothingValue}: smoothing "${smoothing}" has no value`,
    );
  }
  if (smoothingValue !== undefined && !(smoothingValue >= 0 && smoothingValue < Infinity)) {
    throw new RangeError(`Cannot smooth with ${smoothingValue}: the value must not be negative`);
  }
  if (!Number.isInteger(maxOrder) || maxOrder < 1) {
    throw new RangeError(
      `Cannot count n-grams up to order ${maxOrder}: maxOrder must be a positive whole number`,
    );
  }
  return { smoothing, smoothingValue: smoothingValue ?? standard ?? 0, effectiveOrder, maxOrder };
}
