/**
 * What decoding asks of a language model: run the prompts once, then append one token a row.
 *
 * A search (greedy, beam) sees only these two interfaces, so that it can be tested with a model
 * that is a few lines long; the real one is `OnnxDecoder` in `onnx_decoder.ts`.
 *
 * How many rows to run at once: on two cores, the embedded model gains nothing beyond about 80 rows (16 prompts with
 * 5 beams), because a step is then bound by arithmetic and each further row only costs memory. Prompts of similar length
 * belong together: padding is computed too.
 *
 * Letters: P prompts, R rows that are being continued, V vocabulary size.
 * @module
 */

/** How a decoder run is to be sized. */
export interface DecoderStartOptions {
  /** The most tokens a row can still grow by: `step()` may be called at most this often. */
  maxNewTokens: number;
  /**
   * Rows that each prompt may become, by which a decoder can tell whether its memory will do.
   * @default {1}
   */
  beams?: number;
}

/** A language model that continues token sequences. */
export interface Decoder {
  /** V, the length of one row of logits. */
  readonly vocabularySize: number;
  /** The most positions (prompt and new tokens together) that one row may have. */
  readonly maxPositions: number;
  /**
   * Runs every prompt once, left-padded to the longest, and keeps the keys and values.
   *
   * A beam search passes each prompt *once* and multiplies rows in its first `step()`, where
   * `source` may name the same row as often as it likes.
   * @param prompts P token sequences, each with at least one token, the beginning-of-sequence
   *   token included; lengths may differ. A row's result does not depend on the other rows.
   * @throws {RangeError} When there is no prompt, a prompt is empty, a token is not in the
   *   vocabulary, the longest prompt and `maxNewTokens` together exceed `maxPositions`, or all rows
   *   together would take more memory than there is.
   */
  start(
    prompts: readonly (readonly number[])[],
    options: DecoderStartOptions,
  ): Promise<DecoderRun>;
}

/** One batch on its way through a decoder. Release it when the batch is done. */
export interface DecoderRun {
  /** R, the number of rows now: P after `start()`, `tokens.length` after `step()`. */
  readonly rows: number;
  /**
   * Logits of the token that follows each row, row-major [R, V], natural scale (no softmax).
   * The array is valid until the next `step()` or `release()`; copy what must live longer.
   */
  readonly logits: Float32Array;
  /**
   * Re-orders the rows and appends one token to each: new row r is old row `source[r]` followed
   * by `tokens[r]`. There may be fewer rows than before (finished ones are left out), as many,
   * or more (a row is named several times). Re-ordering is skipped when it changes nothing.
   * @param tokens R new tokens.
   * @param source R indices of old rows, each in [0, old R).
   * @throws {RangeError} When the lengths differ, are 0, an index or a token is out of range, or
   *   `step()` was already called `maxNewTokens` times.
   */
  step(tokens: Int32Array, source: Int32Array): Promise<void>;
  /** Frees the keys and values. The run cannot be used afterwards; a second call does nothing. */
  release(): void;
}
