/**
 * Batched beam search. One prompt's search is `BeamState`; here prompts share the model's batches.
 * A prompt that is done leaves the batch; nothing in one prompt's search depends on another's.
 * @module
 */
import { BeamState } from "./beam_state.ts";
import type { Decoder, DecoderRun } from "./decoder.ts";
import { checkSearch, type Decoded, type SearchOptions } from "./search_options.ts";

/**
 * Beam search as Hugging Face `generate(num_beams, do_sample=False)` defines it; the best hypothesis a prompt.
 * @param prompts Token sequences, the beginning-of-sequence token included.
 * @returns One `Decoded` a prompt, in the order of `prompts`.
 * @throws {RangeError} When an option or a prompt is out of range, or the model returns logits that are not finite.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { beamSearch, type Decoder } from "mtpress";
 *
 * // After token t it almost surely writes t + 1; 4 ends a sequence.
 * const counting: Decoder = {
 *   vocabularySize: 5,
 *   maxPositions: 10,
 *   start(prompts) {
 *     let last = prompts.map((prompt) => prompt[prompt.length - 1]);
 *     const logits = () =>
 *       Float32Array.from(last.flatMap((t) => [0, 1, 2, 3, 4].map((v) => v === t + 1 ? 9 : 0)));
 *     return Promise.resolve({
 *       get rows() {
 *         return last.length;
 *       },
 *       get logits() {
 *         return logits();
 *       },
 *       step(tokens) {
 *         last = [...tokens];
 *         return Promise.resolve();
 *       },
 *       release() {},
 *     });
 *   },
 * };
 * const options = { beams: 2, maxNewTokens: 5, eosIds: [4] };
 * const [fromZero, fromTwo] = await beamSearch(counting, [[0], [0, 2]], options);
 * deepEqual([fromZero.tokens, fromTwo.tokens], [[1, 2, 3], [3]]);
 * ```
 */
export async function beamSearch(
  decoder: Decoder,
  prompts: readonly (readonly number[])[],
  options: SearchOptions,
): Promise<Decoded[]> {
  const all = await beamSearchAll(decoder, prompts, { ...options, returnSequences: 1 });
  return all.map(([hypothesis]) => hypothesis);
}

/**
 * As `beamSearch()`, but the `returnSequences` best hypotheses a prompt, best first. There are fewer
 * only when the model gives fewer than `returnSequences` sequences a probability above 0.
 * @throws {RangeError} As `beamSearch()`.
 */
export async function beamSearchAll(
  decoder: Decoder,
  prompts: readonly (readonly number[])[],
  options: SearchOptions,
): Promise<Decoded[][]> {
  checkSearch(decoder, prompts, options);
  if (prompts.length === 0) return [];
  const states = prompts.map(() => new BeamState(options));
  const { maxNewTokens, beams } = options;
  const run = await decoder.start(prompts, { maxNewTokens, beams });
  try {
    let active = states;
    while (true) {
      const rows = advance(active, run.logits, decoder.vocabularySize);
      active = active.filter((_, i) => rows[i] >= 0);
      if (active.length === 0) break;
      await step(run, active, rows.filter((row) => row >= 0));
    }
  } finally {
    run.release();
  }
  return states.map((state) => state.results(options.returnSequences ?? 1));
}

/** Advances every state; returns the first row that each had, or -1 for those that are done. */
function advance(active: readonly BeamState[], logits: Float32Array, size: number): number[] {
  let row = 0;
  return active.map((state) => {
    const first = row;
    row += state.running;
    return state.advance(logits, first, size) ? first : -1;
  });
}

/** Runs the model on the hypotheses that go on. */
async function step(
  run: DecoderRun,
  active: readonly BeamState[],
  firstRows: readonly number[],
): Promise<void> {
  const total = active.reduce((sum, state) => sum + state.running, 0);
  const tokens = new Int32Array(total);
  const source = new Int32Array(total);
  let r = 0;
  active.forEach((state, i) => {
    for (let b = 0; b < state.running; b++, r++) {
      tokens[r] = state.tokens[b];
      source[r] = firstRows[i] + state.sources[b];
    }
  });
  await run.step(tokens, source);
}
