/**
 * Calibration samples from sentence pairs: the tokens that a model is shown when it translates.
 * @module
 */
import type { Direction } from "../../data/directions.ts";
import { translationPair } from "../perplexity.ts";
import type { Tokenizer } from "../tokenizer.ts";

/** A sentence and its translation. */
export interface CalibrationPair {
  /** Source and target language. */
  readonly direction: Direction;
  /** The sentence. */
  readonly source: string;
  /** Its translation. */
  readonly target: string;
}

/**
 * Token ids of each pair's prompt, translation and end, exactly those that perplexity is measured on: beginning of sequence, prompt,
 * translation, end of sequence. Nothing is cut: a pair that is too long is refused.
 *
 * @param tokenizer the model's tokenizer.
 * @param pairs sentences with their translations, in the order in which they are to be used.
 * @param maxPositions the most tokens that the model takes.
 * @param eosId the token that ends each sequence; the tokenizer's unless given.
 * @returns a sequence for each pair.
 * @throws {RangeError} if a pair has more tokens than positions; its index and both numbers are named.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { calibrationSequences, loadTokenizer, tinyModelFolder } from "mtpress";
 *
 * const tokenizer = await loadTokenizer(tinyModelFolder());
 * const pair = { direction: "en-de", source: "The dog sleeps.", target: "Der Hund schläft." } as const;
 * const [sequence] = calibrationSequences(tokenizer, [pair], 256);
 * equal(sequence[0], tokenizer.bosId);
 * equal(sequence.at(-1), tokenizer.eosId);
 * ```
 */
export function calibrationSequences(
  tokenizer: Tokenizer,
  pairs: readonly CalibrationPair[],
  maxPositions: number,
  eosId: number = tokenizer.eosId,
): number[][] {
  return pairs.map(({ direction, source, target }, i) => {
    const pair = translationPair(tokenizer, direction, source, target);
    const sequence = [...pair.prompt, ...pair.target.slice(0, -1), eosId];
    if (sequence.length > maxPositions) {
      throw new RangeError(
        `Cannot calibrate on pair ${i} (counted from 0): prompt and translation have ${sequence.length} tokens, ` +
          `the model has ${maxPositions} positions`,
      );
    }
    return sequence;
  });
}
