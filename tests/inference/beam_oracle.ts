/**
 * Beam search written to be seen to be right: one prompt, plain arrays, float64, full sorts.
 * It shares nothing with `inference/beam.ts` but the meaning of the options.
 * @module
 */
import type { Decoded, SearchOptions } from "../../inference/search_options.ts";

interface Hypothesis {
  tokens: number[];
  sum: number;
}

/** log-softmax in float64. */
export function logSoftmax(logits: ArrayLike<number>): number[] {
  const x = Array.from(logits);
  const max = Math.max(...x);
  const logSum = Math.log(x.reduce((sum, value) => sum + Math.exp(value - max), 0));
  return x.map((value) => value - max - logSum);
}

/**
 * All `beams` finished hypotheses, best first, and the narrowest gap between scores that decided anything.
 * @param logitsAfter The model: logits that follow the generated tokens.
 */
export function slowBeamSearch(
  logitsAfter: (tokens: readonly number[]) => ArrayLike<number>,
  options: SearchOptions,
): { hypotheses: Decoded[]; margin: number } {
  const { beams, eosIds, maxNewTokens, lengthPenalty = 1, earlyStopping = false } = options;
  const scored = (h: Hypothesis, length: number) => h.sum / length ** lengthPenalty;
  let margin = Infinity;
  const cut = (scores: number[], kept: number) => {
    if (scores.length > kept) margin = Math.min(margin, scores[kept - 1] - scores[kept]);
  };
  let running: Hypothesis[] = [{ tokens: [], sum: 0 }];
  let finished: Decoded[] = [];
  for (let length = 1; length <= maxNewTokens && running.length > 0; length++) {
    const candidates = running
      .flatMap((h) =>
        logSoftmax(logitsAfter(h.tokens))
          .map((logP, token) => ({ tokens: [...h.tokens, token], sum: h.sum + logP }))
      )
      .sort((a, b) => b.sum - a.sum);
    const ends = (h: Hypothesis) => length === maxNewTokens || eosIds.includes(h.tokens.at(-1)!);
    cut(candidates.map((h) => h.sum), beams);
    finished.push(
      ...candidates.slice(0, beams).filter(ends).map((h) => {
        const byEos = eosIds.includes(h.tokens.at(-1)!);
        const tokens = byEos ? h.tokens.slice(0, -1) : h.tokens;
        return { tokens, finished: byEos, score: scored(h, length) };
      }),
    );
    finished.sort((a, b) => b.score - a.score);
    cut(finished.map((f) => f.score), beams);
    finished = finished.slice(0, beams);
    const open = candidates.filter((h) => !ends(h));
    cut(open.map((h) => h.sum), beams);
    running = open.slice(0, beams);
    if (finished.length < beams || running.length === 0) continue;
    if (earlyStopping === true) break;
    const reach = earlyStopping === "never" && lengthPenalty > 0 ? maxNewTokens : length;
    const gap = scored(running[0], reach) - finished[beams - 1].score;
    margin = Math.min(margin, Math.abs(gap));
    if (gap <= 0) break;
  }
  finished.slice(1).forEach((f, i) => margin = Math.min(margin, finished[i].score - f.score));
  return { hypotheses: finished, margin };
}
