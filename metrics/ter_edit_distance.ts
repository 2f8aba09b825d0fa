/**
 * The edit distance under TER: Levenshtein's, restricted to a band around the line from corner to corner, with the
 * alignment that Tercom's preferences single out.
 *
 * A candidate shift permutes words lo..hi-1 of the hypothesis only. Its distance is the length of a shortest path in the
 * same band, so it is found from the rows before lo (forward distances F), new rows lo+1..hi, and the rows after hi
 * (backward distances B, computed once for all candidates): min over j of F'[hi][j] + B[hi][j].
 * @module
 */

/** Operations of the alignment, as seen when the hypothesis is rewritten into the reference. */
export const Operation = { match: 0, substitute: 1, delete: 2, insert: 3 } as const;

const BEAM = 25; // Tercom's
const INFINITE = 1e9; // unreachable cell; INFINITE + 1 still fits an Int32

/** Edit distances of one hypothesis and its permutations to one reference; buffers are kept between uses. */
export class EditDistance {
  #reference: Int32Array = new Int32Array(0);
  #hypothesis: Int32Array = new Int32Array(0);
  #forward = new Int32Array(0);
  #backward = new Int32Array(0);
  #operations = new Uint8Array(0);
  #rows = new Int32Array(0); // two rows for candidates
  #backwardReady = false;

  /**
   * Sets the texts and computes their distance with its alignment.
   * @param hypothesis Word numbers; kept until the next call.
   * @param reference Word numbers; kept until the next call.
   */
  start(hypothesis: Int32Array, reference: Int32Array): number {
    this.#hypothesis = hypothesis;
    this.#reference = reference;
    this.#backwardReady = false;
    const m = reference.length;
    const size = (hypothesis.length + 1) * (m + 1);
    if (this.#forward.length < size) {
      this.#forward = new Int32Array(2 * size);
      this.#operations = new Uint8Array(2 * size);
    }
    for (let j = 0; j <= m; j++) this.#forward[j] = j;
    this.#operations.fill(Operation.insert, 0, m + 1);
    for (let i = 1; i <= hypothesis.length; i++) {
      const at = i * (m + 1);
      this.#nextRow(i, hypothesis[i - 1], this.#forward, at - m - 1, at, this.#operations);
    }
    return this.#forward[size - 1];
  }

  /** The operations of the alignment, from the first words to the last. */
  alignment(): number[] {
    const m = this.#reference.length;
    const trace: number[] = [];
    for (let i = this.#hypothesis.length, j = m; i > 0 || j > 0;) {
      const operation = this.#operations[i * (m + 1) + j];
      trace.push(operation);
      if (operation !== Operation.insert) i--;
      if (operation !== Operation.delete) j--;
    }
    return trace.reverse();
  }

  /**
   * The distance of a permuted hypothesis.
   * @param words The permuted hypothesis, different from the one given to {@link start} only in `lo..hi-1`.
   */
  distanceOf(words: Int32Array, lo: number, hi: number): number {
    const m = this.#reference.length;
    if (!this.#backwardReady) this.#fillBackward();
    if (this.#rows.length < 2 * (m + 1)) this.#rows = new Int32Array(4 * (m + 1));
    this.#rows.set(this.#forward.subarray(lo * (m + 1), (lo + 1) * (m + 1)));
    let [previous, current] = [0, m + 1];
    for (let i = lo + 1; i <= hi; i++) {
      this.#nextRow(i, words[i - 1], this.#rows, previous, current);
      [previous, current] = [current, previous];
    }
    let least = INFINITE;
    const after = hi * (m + 1);
    for (let j = 0; j <= m; j++) {
      least = Math.min(least, this.#rows[previous + j] + this.#backward[after + j]);
    }
    return least;
  }

  /** First and last column + 1 of row i's band. The last row reaches to the end; row 0 is whole. */
  #band(i: number): [number, number] {
    const [n, m] = [this.#hypothesis.length, this.#reference.length];
    if (i === 0) return [0, m + 1];
    const ratio = m / n;
    const width = ratio / 2 > BEAM ? Math.ceil(ratio / 2 + BEAM) : BEAM;
    const middle = Math.floor(i * ratio);
    return [Math.max(0, middle - width), i === n ? m + 1 : Math.min(m + 1, middle + width)];
  }

  /** Row i of forward distances, written at `at`, from the row at `above`. Of equal ways, the first below wins. */
  #nextRow(
    i: number,
    word: number,
    cells: Int32Array,
    above: number,
    at: number,
    operations?: Uint8Array,
  ): void {
    const reference = this.#reference;
    const m = reference.length;
    const [from, to] = this.#band(i);
    if (from > 0) cells.fill(INFINITE, at, at + from);
    if (to <= m) cells.fill(INFINITE, at + to, at + m + 1);
    let left = INFINITE;
    for (let j = from; j < to; j++) {
      let operation: number = Operation.delete;
      let cost = cells[above + j] + 1;
      if (j > 0) {
        const same = word === reference[j - 1];
        const diagonal = cells[above + j - 1] + (same ? 0 : 1);
        if (diagonal <= cost) {
          cost = diagonal;
          operation = same ? Operation.match : Operation.substitute;
        }
        if (left + 1 < cost) {
          cost = left + 1;
          operation = Operation.insert;
        }
      }
      left = cost < INFINITE ? cost : INFINITE;
      cells[at + j] = left;
      if (operations !== undefined) operations[at + j] = operation;
    }
  }

  /** B[i][j], the distance from words i.. of the hypothesis to words j.. of the reference within the band. */
  #fillBackward(): void {
    const [n, m] = [this.#hypothesis.length, this.#reference.length];
    if (this.#backward.length < (n + 1) * (m + 1)) {
      this.#backward = new Int32Array(this.#forward.length);
    }
    const B = this.#backward;
    B.fill(INFINITE, 0, (n + 1) * (m + 1));
    B[n * (m + 1) + m] = 0;
    for (let i = n; i >= 0; i--) {
      const [from, to] = this.#band(i);
      const at = i * (m + 1);
      for (let j = to - 1; j >= from; j--) {
        let cost = B[at + j];
        if (j < m) cost = Math.min(cost, B[at + j + 1] + 1);
        if (i < n) {
          const below = at + m + 1 + j;
          cost = Math.min(cost, B[below] + 1);
          if (j < m) {
            const same = this.#hypothesis[i] === this.#reference[j];
            cost = Math.min(cost, B[below + 1] + (same ? 0 : 1));
          }
        }
        B[at + j] = cost;
      }
    }
    this.#backwardReady = true;
  }
}
