/**
 * chrF (Popović 2015) and chrF++ (Popović 2017) as sacreBLEU 2.6.0 computes them. But:
 * - hypotheses and references of different number are an error unless asked for.
 * @module
 */
import { ChrfCounter } from "./chrf_counts.ts";
import { chrfFormula, type ChrfFormulaOptions } from "./chrf_formula.ts";
import { type MetricScore, withText } from "./score.ts";
import {
  alignSegments,
  type CorpusOptions,
  type References,
  sentenceReferences,
} from "./segments.ts";
import { metricSignature } from "./signature.ts";
import { scoreStatistics, type SegmentStatistics } from "./statistics.ts";

/** Settings of chrF. */
export interface ChrfOptions extends CorpusOptions {
  /**
   * The longest n-gram of characters.
   * @default {6}
   */
  characterOrder?: number;
  /**
   * The longest n-gram of words: 0 is chrF, 2 is chrF++.
   * @default {0}
   */
  wordOrder?: number;
  /**
   * How many times as important recall is as precision.
   * @default {2}
   */
  beta?: number;
  /**
   * Whether case is ignored.
   * @default {false}
   */
  lowercase?: boolean;
  /**
   * Whether white space counts as characters.
   * @default {false}
   */
  whitespace?: boolean;
  /**
   * Whether F-scores are averaged over all orders with 1e-16 for missing ones (as in NLTK and Moses),
   * instead of precisions and recalls over the orders that occur.
   * @default {false}
   */
  epsilonSmoothing?: boolean;
}

/** A chrF score. */
export interface ChrfScore extends MetricScore {
  /** The longest n-gram of characters. */
  readonly characterOrder: number;
  /** The longest n-gram of words. */
  readonly wordOrder: number;
  /** How many times as important recall is as precision. */
  readonly beta: number;
}

/**
 * chrF of a corpus (chrF++ with `wordOrder: 2`), equal to sacreBLEU's.
 * @param hypotheses Translations, not tokenized.
 * @param references One list of references, or several; of several, each segment's best counts.
 * @throws {RangeError} If the corpus is empty, lists differ in length, or an option is not allowed.
 * @throws {TypeError} If a text is not a string.
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { corpusChrf } from "mtpress";
 *
 * const hypotheses = ["The cat sat on the mat."];
 * const references = ["The cat sat on a mat."];
 * equal(corpusChrf(hypotheses, references).text, "chrF2 = 71.42");
 * equal(corpusChrf(hypotheses, references, { wordOrder: 2 }).text, "chrF2++ = 72.66");
 * ```
 */
export function corpusChrf(
  hypotheses: readonly string[],
  references: References,
  options: ChrfOptions = {},
): ChrfScore {
  return scoreStatistics(chrfStatistics(hypotheses, references, options));
}

/**
 * chrF of one sentence.
 * @param references One reference, or several of the same sentence.
 * @throws {RangeError} If there is no reference or an option is not allowed.
 * @throws {TypeError} If a text is not a string.
 */
export function sentenceChrf(
  hypothesis: string,
  references: string | readonly string[],
  options: ChrfOptions = {},
): ChrfScore {
  return corpusChrf([hypothesis], sentenceReferences(references), options);
}

/**
 * The sufficient statistics of chrF. A row has, for each order of characters and then of words, the n-grams of the
 * hypothesis, those of the reference, and the matches.
 * @throws {RangeError} As {@link corpusChrf}.
 * @throws {TypeError} As {@link corpusChrf}.
 */
export function chrfStatistics(
  hypotheses: readonly string[],
  references: References,
  options: ChrfOptions = {},
): SegmentStatistics<ChrfScore> {
  const { lowercase = false, whitespace = false } = options;
  const formula = checkOptions(options);
  const { characterOrder, wordOrder, beta } = formula;
  const aligned = alignSegments(hypotheses, references, options);
  const segments = aligned.hypotheses.length;
  const width = 3 * (characterOrder + wordOrder);
  const values = new Float64Array(segments * width);
  const counter = new ChrfCounter(formula, whitespace);
  const fold = (text: string) => lowercase ? text.toLowerCase() : text;
  for (let s = 0; s < segments; s++) {
    const row = values.subarray(s * width, (s + 1) * width);
    counter.count(fold(aligned.hypotheses[s]), aligned.references[s].map(fold), row);
  }
  const signature = metricSignature(aligned.referenceCount, {
    case: lowercase ? "lc" : "mixed",
    eff: !formula.epsilonSmoothing,
    nc: characterOrder,
    nw: wordOrder,
    space: whitespace,
  });
  const name = `chrF${beta}${"+".repeat(wordOrder)}`;
  const facts = { name, signature, details: "", segments, characterOrder, wordOrder, beta };
  return {
    segments,
    width,
    values,
    signature,
    value: (sums) => chrfFormula(sums, formula),
    score: (sums) => withText({ ...facts, score: chrfFormula(sums, formula) }),
  };
}

function checkOptions(options: ChrfOptions): ChrfFormulaOptions {
  const { characterOrder = 6, wordOrder = 0, beta = 2, epsilonSmoothing = false } = options;
  for (const [name, order] of Object.entries({ characterOrder, wordOrder })) {
    if (!Number.isInteger(order) || order < 0) {
      throw new RangeError(
        `Cannot count n-grams up to order ${order}: ${name} must be a whole number of at least 0`,
      );
    }
  }
  if (characterOrder + wordOrder === 0) {
    throw new RangeError(
      "Cannot compute chrF of order 0: characterOrder or wordOrder must be positive",
    );
  }
  if (!(beta > 0 && beta < Infinity)) {
    throw new RangeError(`Cannot weigh recall by beta ${beta}: it must be positive and finite`);
  }
  return { characterOrder, wordOrder, beta, epsilonSmoothing };
}
