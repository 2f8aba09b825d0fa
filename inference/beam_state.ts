/**
 * Beam search of one prompt: the running hypotheses, the finished ones, and when to stop.
 *
 * With B beams, a step takes the K = max(2, 1 + n) B best continuations (n end tokens), so that at
 * least B of them go on. Of the first B, those that end are finished hypotheses; the B best that do not
 * end run on. Hypotheses are scored s / length^p in float32. This is what `generate(num_beams=B)` of
 * Hugging Face transformers 5 does, stated in `SearchOptions`. But:
 * - equal scores are resolved by row, then by token (PyTorch leaves it open);
 * - where fewer than K continuations exist (a vocabulary smaller than K, tokens of probability 0),
 *   the missing ones are left out; transformers fills up with copies of score -1e9.
 * @module
 */
import type { Decoded, SearchOptions } from "./search_options.ts";
import { Shortlist } from "./shortlist.ts";

interface Finished {
  /** Where in the trail the hypothesis came from: index of its last entry, -1 for the prompt. */
  parent: number;
  lastToken: number;
  byEos: boolean;
  score: number;
}

/** One prompt's beams. Call `advance()` with each step's logits until it returns `false`. */
export class BeamState {
  /** R: hypotheses running now (1 before the first step, then up to `beams`). */
  running = 1;
  /** The tokens that the running hypotheses append, best first; the first `running` are valid. */
  readonly tokens: Int32Array;
  /** The former hypothesis that each continues. */
  readonly sources: Int32Array;

  readonly #options: Required<Omit<SearchOptions, "returnSequences">>;
  readonly #shortlist: Shortlist;
  readonly #scores: Float32Array;
  readonly #finished: Finished[] = [];
  // Each kept continuation is appended once: its token, and the entry it continues.
  readonly #trailTokens: number[] = [];
  readonly #trailParents: number[] = [];
  #entries: Int32Array; // entry in the trail of each running hypothesis
  #nextEntries: Int32Array;
  #length = 0; // generated tokens so far

  /** Begins with the bare prompt. Options are taken as checked by `checkSearch()`. */
  constructor(options: SearchOptions) {
    const { beams, maxNewTokens, eosIds, lengthPenalty = 1, earlyStopping = false } = options;
    this.#options = { beams, maxNewTokens, eosIds, lengthPenalty, earlyStopping };
    this.#shortlist = new Shortlist(Math.max(2, 1 + eosIds.length) * beams);
    this.#scores = new Float32Array(beams);
    this.tokens = new Int32Array(beams);
    this.sources = new Int32Array(beams);
    this.#entries = new Int32Array(beams).fill(-1);
    this.#nextEntries = new Int32Array(beams);
  }

  /**
   * Takes one step.
   * @param logits Row-major; this prompt's running hypotheses are rows [firstRow, firstRow + running).
   * @param size V, the vocabulary size.
   * @returns Whether the prompt goes on; if so `running`, `tokens` and `sources` say how.
   * @throws {RangeError} When a row of logits has no softmax.
   */
  advance(logits: Float32Array, firstRow: number, size: number): boolean {
    this.#shortlist.clear();
    for (let r = 0; r < this.running; r++) {
      this.#shortlist.offerRow(logits, (firstRow + r) * size, size, r, this.#scores[r]);
    }
    this.#length++;
    this.#sift();
    return this.running > 0 && !this.#done();
  }

  /** The best `count` hypotheses, best first. */
  results(count: number): Decoded[] {
    return this.#finished.slice(0, count).map(({ parent, lastToken, byEos, score }) => {
      const tokens = byEos ? [] : [lastToken];
      for (let e = parent; e >= 0; e = this.#trailParents[e]) tokens.push(this.#trailTokens[e]);
      return { tokens: tokens.reverse(), finished: byEos, score };
    });
  }

  /** Parts the candidates into hypotheses that end here and hypotheses that run on. */
  #sift(): void {
    const { beams, eosIds, maxNewTokens, lengthPenalty } = this.#options;
    const { scores, rows, tokens, length } = this.#shortlist;
    const penalty = Math.fround(this.#length ** lengthPenalty);
    const atLimit = this.#length === maxNewTokens;
    let kept = 0;
    for (let c = 0; c < length; c++) {
      const byEos = eosIds.includes(tokens[c]);
      if (byEos || atLimit) {
        if (c >= beams) continue;
        const score = Math.fround(scores[c] / penalty);
        this.#finish({ parent: this.#entries[rows[c]], lastToken: tokens[c], byEos, score });
      } else if (kept < beams) {
        this.#scores[kept] = scores[c];
        this.tokens[kept] = tokens[c];
        this.sources[kept] = rows[c];
        this.#nextEntries[kept] = this.#trailTokens.push(tokens[c]) - 1;
        this.#trailParents.push(this.#entries[rows[c]]);
        kept++;
      }
    }
    this.running = kept;
    [this.#entries, this.#nextEntries] = [this.#nextEntries, this.#entries];
  }

  /** Files a finished hypothesis by score, after equals; the worst beyond `beams` falls out. */
  #finish(hypothesis: Finished): void {
    let at = this.#finished.length;
    while (at > 0 && this.#finished[at - 1].score < hypothesis.score) at--;
    this.#finished.splice(at, 0, hypothesis);
    if (this.#finished.length > this.#options.beams) this.#finished.pop();
  }

  /** Whether `beams` hypotheses are finished and no better one is to be expected. */
  #done(): boolean {
    const { beams, maxNewTokens, lengthPenalty, earlyStopping } = this.#options;
    if (this.#finished.length < beams) return false;
    if (earlyStopping === true) return true;
    const length = earlyStopping === "never" && lengthPenalty > 0 ? maxNewTokens : this.#length;
    const hope = Math.fround(this.#scores[0] / Math.fround(length ** lengthPenalty));
    return !(hope > this.#finished[beams - 1].score);
  }
}
