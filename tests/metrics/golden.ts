/**
 * What the golden tests share: sacreBLEU's records and how a score of ours is compared with one.
 * @module
 */
import { expect } from "@std/expect";
import type { BleuScore } from "../../metrics/bleu.ts";
import type { BleuOptions } from "../../metrics/bleu_options.ts";
import type { BleuSmoothing } from "../../metrics/bleu_formula.ts";
import type { ChrfOptions } from "../../metrics/chrf.ts";
import type { MetricScore } from "../../metrics/score.ts";
import type { TerOptions, TerScore } from "../../metrics/ter.ts";
import type { BleuTokenizer } from "../../metrics/tokenizers/tokenize.ts";
import { METRICS_VERSION } from "../../metrics/version.ts";

/** A score as sacreBLEU returned it; which fields are present depends on the metric and the file. */
export interface GoldenScore {
  score: number;
  text?: string;
  signature?: string;
  error?: string;
  counts?: number[];
  totals?: number[];
  precisions?: number[];
  bp?: number;
  sys_len?: number;
  ref_len?: number;
  num_edits?: number;
  ref_length?: number;
}

/** The tolerance for scores; counts and lengths are compared exactly. */
export const TOLERANCE = 1e-9;

/** Asserts that two numbers are equal within {@link TOLERANCE}. */
export function expectClose(actual: number, expected: number, what: string): void {
  if (!(Math.abs(actual - expected) <= TOLERANCE)) {
    throw new Error(`${what}: ${actual} is not ${expected} within ${TOLERANCE}`);
  }
}

/** Asserts that a score equals sacreBLEU's in every field that the record has. */
export function expectScore(score: MetricScore, golden: GoldenScore, what: string): void {
  expectClose(score.score, golden.score, what);
  if (golden.text !== undefined) expect(score.text).toBe(golden.text);
  if (golden.signature !== undefined) {
    expect(score.signature).toBe(
      golden.signature.replace("version:2.6.0", `version:${METRICS_VERSION}`),
    );
  }
  if (golden.counts !== undefined) {
    const bleu = score as BleuScore;
    expect(bleu.counts).toEqual(golden.counts);
    expect(bleu.totals).toEqual(golden.totals);
    expect(bleu.hypothesisLength).toBe(golden.sys_len);
    expect(bleu.referenceLength).toBe(golden.ref_len);
    expectClose(bleu.brevityPenalty, golden.bp!, `${what}, brevity penalty`);
    golden.precisions?.forEach((p, n) => expectClose(bleu.precisions[n], p, `${what}, order ${n}`));
  }
  if (golden.num_edits !== undefined) {
    const ter = score as TerScore;
    expect(ter.edits).toBe(golden.num_edits);
    expect(ter.referenceLength).toBe(golden.ref_length);
  }
}

/** Options by sacreBLEU's names. */
export type GoldenOptions = Record<string, unknown>;

/** BLEU options from sacreBLEU's names. */
export function bleuOptions(options: GoldenOptions): BleuOptions {
  return {
    tokenizer: options.tokenize as BleuTokenizer | undefined,
    smoothing: options.smooth_method as BleuSmoothing | undefined,
    smoothingValue: (options.smooth_value ?? undefined) as number | undefined,
    lowercase: options.lowercase === true,
    effectiveOrder: options.effective_order === true,
    maxOrder: options.max_ngram_order as number | undefined,
  };
}

/** chrF options from sacreBLEU's names. */
export function chrfOptions(options: GoldenOptions): ChrfOptions {
  return {
    characterOrder: options.char_order as number | undefined,
    wordOrder: options.word_order as number | undefined,
    beta: options.beta as number | undefined,
    lowercase: options.lowercase === true,
    whitespace: options.whitespace === true,
    epsilonSmoothing: options.eps_smoothing === true,
  };
}

/** TER options from sacreBLEU's names. */
export function terOptions(options: GoldenOptions): TerOptions {
  return {
    normalized: options.normalized === true,
    noPunctuation: options.no_punct === true,
    asianSupport: options.asian_support === true,
    caseSensitive: options.case_sensitive === true,
  };
}
