/**
 * The k best of many scored candidates, found in one pass and without a sort.
 *
 * Kept in order by insertion: of n candidates in random order about k ln(n / k) are ever inserted,
 * so almost all cost one comparison. Equal scores keep the order in which they came.
 * @module
 */
import { logProbability, normalise, type Normaliser } from "./log_softmax.ts";

/** The best candidates so far, best first: candidate c continues row `rows[c]` with `tokens[c]`. */
export class Shortlist {
  /** How many candidates there are now, at most `capacity`. */
  length = 0;
  /** Their scores, falling. */
  readonly scores: Float32Array;
  /** The row each continues. */
  readonly rows: Int32Array;
  /** The token each appends. */
  readonly tokens: Int32Array;
  readonly #row: Normaliser = { max: 0, logSum: 0 };

  /** Makes an empty list that keeps `capacity` candidates. */
  constructor(readonly capacity: number) {
    this.scores = new Float32Array(capacity);
    this.rows = new Int32Array(capacity);
    this.tokens = new Int32Array(capacity);
  }

  /** Empties the list. */
  clear(): void {
    this.length = 0;
  }

  /**
   * Offers every continuation of one row: token v scores `score` + log-softmax(logits)[v], in float32.
   * A token of logit -Infinity is impossible and is never kept.
   * @param logits Holds the row at [start, start + size).
   * @throws {RangeError} When the logits have no softmax.
   */
  offerRow(logits: Float32Array, start: number, size: number, row: number, score: number): void {
    const { max, logSum } = normalise(logits, start, size, this.#row);
    let worst = this.#worst();
    for (let v = 0; v < size; v++) {
      // logProbability(), written out: this loop sees every candidate
      const s = Math.fround(
        Math.fround(Math.fround(logits[start + v] - max) - logSum) + score,
      );
      if (s > worst) {
        this.#insert(s, row, v);
        worst = this.#worst();
      }
    }
  }

  /** A score must be above this to be kept. */
  #worst(): number {
    return this.length < this.capacity ? -Infinity : this.scores[this.capacity - 1];
  }

  #insert(score: number, row: number, token: number): void {
    const { scores, rows, tokens } = this;
    let c = this.length < this.capacity ? this.length++ : this.capacity - 1;
    for (; c > 0 && scores[c - 1] < score; c--) {
      scores[c] = scores[c - 1];
      rows[c] = rows[c - 1];
      tokens[c] = tokens[c - 1];
    }
    scores[c] = score;
    rows[c] = row;
    tokens[c] = token;
  }
}

/**
 * The most probable token of one row (the first of equals) and its float32 log-probability.
 * @throws {RangeError} When the logits have no softmax.
 */
export function best(
  logits: Float32Array,
  start: number,
  size: number,
): { token: number; logProbability: number } {
  const row = normalise(logits, start, size, { max: 0, logSum: 0 });
  return {
    token: logits.indexOf(row.max, start) - start,
    logProbability: logProbability(row.max, row),
  };
}
