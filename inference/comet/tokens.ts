/**
 * Sentences as token sequences, and batches of them.
 * @module
 */
import type { XlmrTokenizer } from "../sentencepiece/xlmr_tokenizer.ts";
import { PAD_ID } from "./encoder_graph.ts";

/**
 * A sentence as the encoder takes it: `<s>`, the text's first tokens, `</s>`.
 *
 * @param limit the most tokens of a sequence, `<s>` and `</s>` included.
 */
export function sentenceTokens(tokenizer: XlmrTokenizer, text: string, limit: number): number[] {
  const { bosId, eosId } = tokenizer;
  return [bosId, ...tokenizer.encode(text).slice(0, limit - 2), eosId];
}

/** Sequences of about one length, padded to the longest. */
export interface TokenBatch {
  /** The places of the sequences in the list that was batched. */
  readonly places: readonly number[];
  /** Length of the longest. */
  readonly length: number;
  /** Tokens, row by row, padded on the right [rows, length]. */
  readonly ids: BigInt64Array;
  /** 1 for a token, 0 for padding [rows, length]. */
  readonly mask: BigInt64Array;
}

/**
 * Batches sequences by length, the longest first, so that rows are padded little and a lack of memory shows at once.
 *
 * @param sequences token sequences, none empty.
 * @param batchSize the most rows of a batch.
 */
export function* tokenBatches(
  sequences: readonly (readonly number[])[],
  batchSize: number,
): Generator<TokenBatch> {
  const order = sequences.map((_, place) => place);
  order.sort((a, b) => sequences[b].length - sequences[a].length || a - b);
  for (let from = 0; from < order.length; from += batchSize) {
    const places = order.slice(from, from + batchSize);
    const length = sequences[places[0]].length;
    const ids = new BigInt64Array(places.length * length).fill(BigInt(PAD_ID));
    const mask = new BigInt64Array(places.length * length);
    for (const [row, place] of places.entries()) {
      for (const [column, id] of sequences[place].entries()) {
        ids[row * length + column] = BigInt(id);
        mask[row * length + column] = 1n;
      }
    }
    yield { places, length, ids, mask };
  }
}
