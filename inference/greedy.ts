/**
 * Batched greedy search: the most probable token, until an end token or the limit.
 * @module
 */
import type { Decoder } from "./decoder.ts";
import { checkSearch, type Decoded, type GreedyOptions } from "./search_options.ts";
import { best } from "./shortlist.ts";

/**
 * Greedy search, as Hugging Face `generate(num_beams=1, do_sample=False)`. Of equal logits the first wins.
 * A prompt that is done leaves the batch; the others' results do not depend on it.
 * @param prompts Token sequences, the beginning-of-sequence token included.
 * @returns One `Decoded` a prompt, in the order of `prompts`, scored as beam search would score it.
 * @throws {RangeError} When an option or a prompt is out of range, or the model returns logits that are not finite.
 */
export async function greedySearch(
  decoder: Decoder,
  prompts: readonly (readonly number[])[],
  options: GreedyOptions,
): Promise<Decoded[]> {
  checkSearch(decoder, prompts, { ...options, beams: 1 });
  if (prompts.length === 0) return [];
  const { maxNewTokens, eosIds, lengthPenalty = 1 } = options;
  const results: Decoded[] = prompts.map(() => ({ tokens: [], finished: false, score: 0 }));
  const run = await decoder.start(prompts, { maxNewTokens });
  try {
    let active = results; // active[r] is what row r of the logits continues
    for (let length = 1;; length++) {
      const source: number[] = [];
      active.forEach((result, row) => {
        const next = best(run.logits, row * decoder.vocabularySize, decoder.vocabularySize);
        result.score = Math.fround(result.score + next.logProbability);
        result.finished = eosIds.includes(next.token);
        if (!result.finished) result.tokens.push(next.token);
        if (!result.finished && length < maxNewTokens) source.push(row);
        else result.score = Math.fround(result.score / Math.fround(length ** lengthPenalty));
      });
      if (source.length === 0) break;
      active = source.map((row) => active[row]);
      const tokens = Int32Array.from(active, ({ tokens }) => tokens[tokens.length - 1]);
      await run.step(tokens, Int32Array.from(source));
    }
  } finally {
    run.release();
  }
  return results;
}
