/**
 * How far fresh scores may be from the reference: derived from runs on several devices and backends, never chosen.
 * @module
 */
import type { Tolerance } from "./reference.ts";
import type { ResultRow } from "./row.ts";
import { scoreTranslations } from "./score.ts";

/** A reference row with the text that it was scored on. */
export interface ScoredText {
  /** The row. */
  row: ResultRow;
  /** Its translations. */
  hypotheses: readonly string[];
  /** The reference translations. */
  references: readonly string[];
}

/** The same sentences on two devices, or of models that two backends compressed. */
export type RowPair = readonly [ResultRow, ResultRow];

/** Least relative tolerance of a perplexity: float32 sums of some thousand terms in another order. */
const LEAST_PERPLEXITY = 1e-4;

/**
 * Derives a method's tolerance. It is the larger of two things: twice the largest difference that was seen between
 * devices or backends, and the largest change of a direction's score when one sentence is left out (another machine may round
 * one decision of a beam search the other way, which changes one translation).
 *
 * @param texts The method's reference rows, one per direction, with their text.
 * @param pairs Rows of the same sentences on two devices or backends; they may be fewer sentences than the reference's.
 * @throws {RangeError} If there is no row, or no pair.
 */
export function deriveTolerance(
  texts: readonly ScoredText[],
  pairs: readonly RowPair[],
): Tolerance {
  if (texts.length === 0 || pairs.length === 0) {
    throw new RangeError(
      "Cannot derive a tolerance from nothing: rows of two devices or backends are needed",
    );
  }
  const metric = (name: "bleu" | "chrf") => {
    const seen = pairs.map(([a, b]) => Math.abs(a.scores[name].score - b.scores[name].score));
    return Math.max(2 * Math.max(...seen), ...texts.map((text) => leaveOneOut(text)[name]));
  };
  const ratios = pairs.map(([a, b]) => Math.abs(b.perplexity / a.perplexity - 1));
  return {
    bleu: metric("bleu"),
    chrf: metric("chrf"),
    perplexity: Math.max(2 * Math.max(...ratios), LEAST_PERPLEXITY),
    derivedFrom: [...new Set([...texts.map(({ row }) => row), ...pairs.flat()].map(runName))],
  };
}

/** The largest change of each score when one sentence is left out. */
function leaveOneOut({ row, hypotheses, references }: ScoredText): { bleu: number; chrf: number } {
  const largest = { bleu: 0, chrf: 0 };
  for (let left = 0; left < hypotheses.length; left++) {
    const scores = scoreTranslations(
      hypotheses.toSpliced(left, 1),
      references.toSpliced(left, 1),
      row.direction,
    );
    for (const name of ["bleu", "chrf"] as const) {
      const change = Math.abs(scores[name].score - row.scores[name].score);
      largest[name] = Math.max(largest[name], change);
    }
  }
  return largest;
}

function runName({ device, compression, data }: ResultRow): string {
  const adapter = device.adapter ? ` (${device.adapter})` : "";
  const backend = compression ? `, compressed on ${compression.backend}` : "";
  return `${device.device}${adapter}${backend}, ${data.segments} sentences per direction`;
}
