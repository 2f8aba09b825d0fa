/**
 * How far fresh scores may be from the reference: derived from runs on several backends, never chosen.
 * @module
 */
import { scoreTranslations } from "./score.ts";
import type { Tolerance } from "./reference.ts";
import type { ResultRow } from "./row.ts";

/** The same unit on one backend and on another, with what is needed to score parts of it. */
export interface BackendPair {
  /** The reference row. */
  reference: ResultRow;
  /** The same unit on another backend. */
  other: ResultRow;
  /** Translations of the reference row. */
  hypotheses: readonly string[];
  /** Reference translations. */
  references: readonly string[];
}

/**
 * Derives a method's tolerance. It is the larger of two things: twice the largest difference that was seen between
 * backends, and the largest change of a direction's score when one sentence is left out (another machine may round
 * one decision of a beam search the other way, which changes one translation).
 */
export function deriveTolerance(pairs: readonly BackendPair[]): Tolerance {
  const seen = { bleu: 0, chrf: 0, perplexity: 0 };
  const jackknife = { bleu: 0, chrf: 0 };
  for (const { reference, other, hypotheses, references } of pairs) {
    const ratio = other.perplexity / reference.perplexity;
    seen.perplexity = Math.max(seen.perplexity, Math.abs(ratio - 1));
    for (const metric of ["bleu", "chrf"] as const) {
      const difference = other.scores[metric].score - reference.scores[metric].score;
      seen[metric] = Math.max(seen[metric], Math.abs(difference));
    }
    const change = leaveOneOut(reference, hypotheses, references);
    jackknife.bleu = Math.max(jackknife.bleu, change.bleu);
    jackknife.chrf = Math.max(jackknife.chrf, change.chrf);
  }
  return {
    bleu: Math.max(2 * seen.bleu, jackknife.bleu),
    chrf: Math.max(2 * seen.chrf, jackknife.chrf),
    perplexity: Math.max(2 * seen.perplexity, LEAST_PERPLEXITY),
    derivedFrom: [
      ...new Set(pairs.flatMap(({ reference, other }) => [reference, other].map(backendName))),
    ],
  };
}

/** Least relative tolerance of a perplexity: float32 sums of some thousand terms in another order. */
const LEAST_PERPLEXITY = 1e-4;

function leaveOneOut(
  row: ResultRow,
  hypotheses: readonly string[],
  references: readonly string[],
): { bleu: number; chrf: number } {
  const largest = { bleu: 0, chrf: 0 };
  for (let left = 0; left < hypotheses.length; left++) {
    const others = (_: string, index: number) => index !== left;
    const scores = scoreTranslations(
      hypotheses.filter(others),
      references.filter(others),
      row.direction,
    );
    for (const metric of ["bleu", "chrf"] as const) {
      const change = Math.abs(scores[metric].score - row.scores[metric].score);
      largest[metric] = Math.max(largest[metric], change);
    }
  }
  return largest;
}

function backendName({ device }: ResultRow): string {
  return String(device.device);
}
