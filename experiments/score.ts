/**
 * The scores of a row: BLEU and chrF of its translations against the references.
 * @module
 */
import type { Direction } from "../data/directions.ts";
import { corpusBleu } from "../metrics/bleu.ts";
import { corpusChrf } from "../metrics/chrf.ts";
import { defaultTokenizer } from "../metrics/tokenizers/tokenize.ts";
import type { RecordedScores } from "./row.ts";

/**
 * Scores translations of one direction, as sacreBLEU would by default: BLEU with the tokenizer of the target language
 * (`zh` for Chinese, else `13a`) and chrF2.
 */
export function scoreTranslations(
  hypotheses: readonly string[],
  references: readonly string[],
  direction: Direction,
): RecordedScores {
  const bleu = corpusBleu(hypotheses, references, { tokenizer: defaultTokenizer(direction) });
  const chrf = corpusChrf(hypotheses, references);
  return {
    bleu: { score: bleu.score, signature: bleu.signature },
    chrf: { score: chrf.score, signature: chrf.signature },
  };
}
