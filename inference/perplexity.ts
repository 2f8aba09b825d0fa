/**
 * How probable a model finds given translations.
 * @module
 */
import type { Direction } from "../data/directions.ts";
import type { Decoder } from "./decoder.ts";
import { logProbability, normalise } from "./log_softmax.ts";
import { oneLine, translationPrompt } from "./prompt.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** A prompt and the tokens whose probability after it is asked for, at least one. */
export interface ForcedPair {
  /** Token ids, the beginning-of-sequence token included. */
  prompt: readonly number[];
  /** The tokens that follow. */
  target: readonly number[];
}

/**
 * For each pair the natural log-probability of its target after its prompt. Pairs leave the batch as their
 * targets end; a pair's result does not depend on the others.
 * @returns Sums of float32 log-probabilities, in the order of `pairs`.
 * @throws {RangeError} When the decoder refuses a pair, or its logits are not finite.
 */
export async function targetLogProbabilities(
  decoder: Decoder,
  pairs: readonly ForcedPair[],
): Promise<number[]> {
  if (pairs.length === 0) return [];
  const V = decoder.vocabularySize;
  const sums = pairs.map(() => 0);
  const norm = { max: 0, logSum: 0 };
  const longest = pairs.reduce((most, { target }) => Math.max(most, target.length), 0);
  const run = await decoder.start(pairs.map(({ prompt }) => prompt), { maxNewTokens: longest });
  try {
    let active = pairs.map((_, i) => i); // active[r] is the pair in row r
    for (let t = 0; active.length > 0; t++) {
      active.forEach((i, r) => {
        const x = run.logits[r * V + pairs[i].target[t]];
        sums[i] += logProbability(x, normalise(run.logits, r * V, V, norm));
      });
      const source = active.flatMap((i, r) => t + 1 < pairs[i].target.length ? [r] : []);
      if (source.length === 0) break;
      active = source.map((r) => active[r]);
      const tokens = Int32Array.from(active, (i) => pairs[i].target[t]);
      await run.step(tokens, Int32Array.from(source));
    }
  } finally {
    run.release();
  }
  return sums;
}

/**
 * The tokens of a prompt, and of its translation behind it with the end-of-sequence token.
 * The two are tokenized as one text, as a model meets them in training.
 * @throws {RangeError} When a token would span the end of the prompt.
 */
export function translationPair(
  tokenizer: Tokenizer,
  direction: Direction,
  source: string,
  reference: string,
): ForcedPair {
  const text = translationPrompt(direction, source);
  const prompt = tokenizer.encode(text);
  const whole = tokenizer.encode(`${text} ${oneLine(reference)}`);
  if (!prompt.every((token, i) => token === whole[i])) {
    throw new RangeError(
      `Cannot score ${JSON.stringify(reference)}: a token of it would begin inside of the prompt`,
    );
  }
  return {
    prompt: [tokenizer.bosId, ...prompt],
    target: [...whole.slice(prompt.length), tokenizer.eosId],
  };
}

/**
 * Perplexity per token of reference translations, end-of-sequence tokens included: exp of the mean
 * -ln p over all tokens of all references. Pairs with nothing but white space on a side are left out.
 * @throws {RangeError} Before any work: when the lists' lengths differ, no pair is left, or a pair has more
 *   tokens than the model has positions (its index and both numbers are named).
 */
export async function referencePerplexity(
  decoder: Decoder,
  tokenizer: Tokenizer,
  sources: readonly string[],
  references: readonly string[],
  options: { direction: Direction; batchSize: number },
): Promise<number> {
  const pairs = checkedPairs(decoder, tokenizer, sources, references, options.direction);
  pairs.sort((a, b) => b.target.length - a.target.length);
  let sum = 0;
  for (let start = 0; start < pairs.length; start += options.batchSize) {
    const batch = pairs.slice(start, start + options.batchSize);
    for (const logP of await targetLogProbabilities(decoder, batch)) sum += logP;
  }
  return Math.exp(-sum / pairs.reduce((tokens, { target }) => tokens + target.length, 0));
}

function checkedPairs(
  decoder: Decoder,
  tokenizer: Tokenizer,
  sources: readonly string[],
  references: readonly string[],
  direction: Direction,
): ForcedPair[] {
  if (sources.length !== references.length) {
    throw new RangeError(
      `Cannot score ${references.length} references of ${sources.length} sources: there must be as many`,
    );
  }
  const pairs = sources.flatMap((source, i) => {
    if (source.trim() === "" || references[i].trim() === "") return [];
    const pair = translationPair(tokenizer, direction, source, references[i]);
    const length = pair.prompt.length + pair.target.length;
    if (length > decoder.maxPositions) {
      throw new RangeError(
        `Cannot score sentence ${i} (counted from 0): prompt and reference have ${length} tokens, ` +
          `the model has ${decoder.maxPositions} positions`,
      );
    }
    return [pair];
  });
  if (pairs.length === 0) {
    throw new RangeError("Cannot score references: there must be at least one that is not empty");
  }
  return pairs;
}
