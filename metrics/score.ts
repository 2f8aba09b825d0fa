import { formatFixed } from "./python_text.ts";

/** What every metric's score has. Plain data: it can be stored as JSON. */
export interface MetricScore {
  /** The metric's name as printed: `BLEU`, `chrF2`, `chrF2++`, `TER`. */
  readonly name: string;
  /** The score, in percent. Higher is better, but for TER, which counts edits. */
  readonly score: number;
  /** Every setting that can change the score, in sacreBLEU's form, with this package's version. */
  readonly signature: string;
  /** What follows the score in print; empty for metrics without details. */
  readonly details: string;
  /** The score in sacreBLEU's line format with two decimals, such as `chrF2 = 66.89`. */
  readonly text: string;
  /** How many segments were scored. */
  readonly segments: number;
}

/** How {@link formatScore} prints. */
export interface FormatScoreOptions {
  /**
   * Decimals of the score.
   * @default {2}
   */
  decimals?: number;
  /**
   * Whether the signature is part of the line.
   * @default {false}
   */
  signature?: boolean;
  /** Mean and half width of a bootstrap interval, to be printed behind the score. */
  confidence?: { readonly mean: number; readonly halfWidth: number };
}

/**
 * Prints a score in sacreBLEU's line format.
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { corpusChrf, formatScore } from "mtpress";
 *
 * const score = corpusChrf(["the cat"], ["the cat"]);
 * equal(formatScore(score, { decimals: 1 }), "chrF2 = 100.0");
 * equal(formatScore(score, { signature: true }), `chrF2|${score.signature} = 100.00`);
 * ```
 */
export function formatScore(
  score: Pick<MetricScore, "name" | "score" | "signature" | "details">,
  options: FormatScoreOptions = {},
): string {
  const { decimals = 2, signature = false, confidence } = options;
  const name = signature ? `${score.name}|${score.signature}` : score.name;
  const spread = confidence === undefined
    ? ""
    : ` (μ = ${formatFixed(confidence.mean, decimals)} ± ${
      formatFixed(confidence.halfWidth, decimals)
    })`;
  const details = score.details === "" ? "" : ` ${score.details}`;
  return `${name} = ${formatFixed(score.score, decimals)}${spread}${details}`;
}

/** Completes a score with its text line. */
export function withText<S extends Omit<MetricScore, "text">>(score: S): S & { text: string } {
  return { ...score, text: formatScore(score) };
}
