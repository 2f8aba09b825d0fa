/**
 * The scores of a row: BLEU and chrF of its translations against the references.
 * @module
 */
import type { Direction } from "../data/directions.ts";
import { corpusBleu } from "../metrics/bleu.ts";
import { corpusChrf } from "../metrics/chrf.ts";
import { type BleuTokenizer, defaultTokenizer } from "../metrics/tokenizers/tokenize.ts";
import type { QuirkId } from "./protocol/quirks.ts";
import { quirkReferences } from "./protocol/references.ts";
import type { RecordedScores } from "./row.ts";

/**
 * Scores translations of one direction, as sacreBLEU would by default: BLEU with the tokenizer of the target language
 * (`zh` for Chinese, else `13a`) and chrF2.
 *
 * @param quirks The study's quirks that are on; those that are not about scoring have no effect.
 */
export function scoreTranslations(
  hypotheses: readonly string[],
  references: readonly string[],
  direction: Direction,
  quirks: readonly QuirkId[] = [],
): RecordedScores {
  const judged = quirkReferences(references, quirks);
  const bleu = corpusBleu(hypotheses, judged, { tokenizer: scoringTokenizer(direction, quirks) });
  const chrf = corpusChrf(hypotheses, judged);
  return {
    bleu: { score: bleu.score, signature: bleu.signature },
    chrf: { score: chrf.score, signature: chrf.signature },
  };
}

/** BLEU's tokenizer for a direction: the target language's, or under `chinese-13a` always `13a`. */
export function scoringTokenizer(
  direction: Direction,
  quirks: readonly QuirkId[] = [],
): BleuTokenizer {
  const tokenizer = defaultTokenizer(direction);
  return tokenizer === "zh" && quirks.includes("chinese-13a") ? "13a" : tokenizer;
}
