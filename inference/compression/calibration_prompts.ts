/**
 * Calibration samples from sentences alone: the tokens that a model is shown before it translates.
 * @module
 */
import type { Direction } from "../../data/directions.ts";
import { translationPrompt } from "../prompt.ts";
import type { Tokenizer } from "../tokenizer.ts";

/** A sentence and what it is to be translated into. */
export interface CalibrationSentence {
  /** Source and target language. */
  readonly direction: Direction;
  /** The sentence. */
  readonly source: string;
}

/**
 * Token ids of each sentence's prompt, beginning of sequence first, without a translation behind it. Models calibrated so see no token of
 * the target language; `calibrationSequences` shows the translations too.
 *
 * @param tokenizer the model's tokenizer.
 * @param sentences sentences, in the order in which they are to be used.
 * @param maxPositions the most tokens that the model takes.
 * @returns a sequence for each sentence.
 * @throws {RangeError} if a prompt has more tokens than positions; its index and both numbers are named.
 */
export function calibrationPrompts(
  tokenizer: Tokenizer,
  sentences: readonly CalibrationSentence[],
  maxPositions: number,
): number[][] {
  return sentences.map(({ direction, source }, i) => {
    const sequence = [tokenizer.bosId, ...tokenizer.encode(translationPrompt(direction, source))];
    if (sequence.length <= maxPositions) return sequence;
    throw new RangeError(
      `Cannot calibrate on sentence ${i} (counted from 0): its prompt has ${sequence.length} tokens, ` +
        `the model has ${maxPositions} positions`,
    );
  });
}
