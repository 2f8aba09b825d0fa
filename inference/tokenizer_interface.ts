/**
 * What a tokenizer does, whichever file it was read from.
 * @module
 */

/** Text to token ids and back. The same text always gives the same ids. */
export interface Tokenizer {
  /** One more than the largest token id. */
  readonly vocabularySize: number;
  /** The token that begins a sequence. */
  readonly bosId: number;
  /** The token that ends a sequence. */
  readonly eosId: number;
  /** The token that pads; where the folder names none, the unknown token or else the end, for padding is masked. */
  readonly padId: number;
  /**
   * Token ids of a text, without the beginning or the end of a sequence. As in Hugging Face's tokenizers, text that
   * spells a special token, such as `</s>`, becomes that token. Throws a RangeError if a character has no token.
   */
  encode(text: string): number[];
  /**
   * The text of token ids, special tokens left out; bytes that are no UTF-8 show as U+FFFD. Throws a RangeError if an
   * id is no token.
   */
  decode(ids: ArrayLike<number>): string;
}
