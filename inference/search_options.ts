/**
 * What a search (greedy or beam) is asked for and what it gives back.
 * @module
 */
import type { Decoder } from "./decoder.ts";

/** Options that greedy and beam search share. */
export interface GreedyOptions {
  /** The most tokens to generate for a prompt, the end-of-sequence token included. */
  maxNewTokens: number;
  /** Tokens that end a sequence; an empty list means that only `maxNewTokens` ends one. */
  eosIds: readonly number[];
  /**
   * Exponent p of the length penalty: a hypothesis of n generated tokens (the end-of-sequence token
   * included) and summed log-probability s scores s / n^p. Greedy search uses it for the score only.
   * @default {1}
   */
  lengthPenalty?: number;
}

/** Options of beam search; the names mean what they mean in Hugging Face `generate()`. */
export interface SearchOptions extends GreedyOptions {
  /** Hypotheses kept a prompt (`num_beams`). */
  beams: number;
  /**
   * When a prompt with `beams` finished hypotheses stops. `true`: at once. `false`: when the best
   * running hypothesis, scored at its present length, no longer beats the worst finished one.
   * `"never"`: the same, but scored at the most favourable length it could still reach.
   * @default {false}
   */
  earlyStopping?: boolean | "never";
  /**
   * Hypotheses `beamSearchAll()` returns a prompt (`num_return_sequences`), at most `beams`.
   * @default {1}
   */
  returnSequences?: number;
}

/** One generated sequence. */
export interface Decoded {
  /** Generated tokens, without the prompt and without the end-of-sequence token. */
  tokens: number[];
  /** `true` when an end-of-sequence token ended it, `false` when `maxNewTokens` did. */
  finished: boolean;
  /** Summed natural log-probability (float32) over n^p; see `lengthPenalty`. */
  score: number;
}

/**
 * Refuses options that no search can follow, before anything runs.
 * @throws {RangeError} Naming the option, its value and the rule.
 */
export function checkSearch(
  decoder: Decoder,
  prompts: readonly (readonly number[])[],
  options: SearchOptions,
): void {
  const { maxNewTokens, eosIds, beams, lengthPenalty = 1, returnSequences = 1 } = options;
  wholeFrom1("maxNewTokens", maxNewTokens);
  wholeFrom1("beams", beams);
  wholeFrom1("returnSequences", returnSequences);
  if (returnSequences > beams) {
    throw new RangeError(
      `Cannot return ${returnSequences} sequences from ${beams} beams: returnSequences must be at most beams`,
    );
  }
  if (!Number.isFinite(lengthPenalty)) {
    throw new RangeError(`Cannot search with lengthPenalty ${lengthPenalty}: it must be finite`);
  }
  for (const id of eosIds) {
    if (!Number.isInteger(id) || id < 0 || id >= decoder.vocabularySize) {
      throw new RangeError(
        `Cannot search with end token ${id}: it must be in [0, ${decoder.vocabularySize})`,
      );
    }
  }
  const longest = prompts.reduce((most, prompt) => Math.max(most, prompt.length), 0);
  if (longest + maxNewTokens > decoder.maxPositions) {
    throw new RangeError(
      `Cannot search ${maxNewTokens} tokens after a prompt of ${longest}: ` +
        `the model has ${decoder.maxPositions} positions`,
    );
  }
}

function wholeFrom1(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(
      `Cannot search with ${name} ${value}: it must be a whole number of at least 1`,
    );
  }
}
