/**
 * XLM-R's tokenizer, for COMET: ids equal to those of `XLMRobertaTokenizerFast` in Python's transformers, which `unbabel-comet` uses. But:
 * - lone surrogates, which Python refuses, count as U+FFFD;
 * - grapheme clusters are those of the runtime's ICU, whose version of Unicode may be newer than Python's.
 *
 * Characters are replaced by `charsmap.ts`, words are cut here, and the best pieces of each word are found by `@huggingface/tokenizers`.
 * @module
 */
import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import { characterRules } from "./charsmap.ts";
import { FRONT_TOKENS, MASK_TOKEN, readUnigramVocabulary } from "./unigram_file.ts";

/** Text to XLM-R's token ids. */
export interface XlmrTokenizer {
  /** One more than the largest token id. */
  readonly vocabularySize: number;
  /** The token that begins a sequence, `<s>`. */
  readonly bosId: number;
  /** The token that ends a sequence, `</s>`. */
  readonly eosId: number;
  /** The token that pads, `<pad>`. */
  readonly padId: number;
  /** Token ids of a text, without `<s>` and `</s>`. Text that spells a special token becomes that token. */
  encode(text: string): number[];
}

const SPACE = "\u2581";

/** Unicode's White_Space, as Rust splits on it; JavaScript's `\s` has U+FEFF and lacks U+0085. */
const WHITE_SPACE = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/** Special tokens as text spells them; the mask takes the white space before it. */
const SPECIAL = new RegExp(`(${FRONT_TOKENS.join("|")}|(?:${WHITE_SPACE.source})?${MASK_TOKEN})`);

/** The library's Unigram model, for words that begin with U+2581. */
function unigramModel(vocab: readonly (readonly [string, number])[]): HuggingFaceTokenizer {
  const word = { Regex: `${SPACE}[^${SPACE}]*` };
  return new HuggingFaceTokenizer({
    version: "1.0",
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: "Split", pattern: word, behavior: "Isolated", invert: false },
    post_processor: null,
    decoder: null,
    model: { type: "Unigram", unk_id: FRONT_TOKENS.indexOf("<unk>"), vocab },
  }, {});
}

/**
 * Loads XLM-R's tokenizer.
 *
 * @param folder a folder with `sentencepiece.bpe.model` or `tokenizer.json`; the first is read where both are there.
 * @returns the tokenizer.
 * @throws {Deno.errors.NotFound} if the folder has neither file.
 * @throws {SyntaxError} if the file is not what its name says.
 * @throws {RangeError} if it is a tokenizer, but not of XLM-R's kind.
 *
 * @example Usage
 * ```ts
 * import { rejects } from "node:assert/strict";
 * import { loadXlmrTokenizer, tinyModelFolder } from "mtpress";
 *
 * await rejects(loadXlmrTokenizer(tinyModelFolder()), /model.type must be "Unigram", not "BPE"/);
 * ```
 */
export async function loadXlmrTokenizer(folder: string): Promise<XlmrTokenizer> {
  const { tokens, charsmap, file } = await readUnigramVocabulary(folder);
  const replace = characterRules(charsmap, file);
  const model = unigramModel(tokens);
  const idOf = (token: string) => tokens.findIndex(([name]) => name === token);
  const special = new Map([...FRONT_TOKENS, MASK_TOKEN].map((token) => [token, idOf(token)]));
  const encodePart = (part: string): number[] => {
    const id = special.get(part.endsWith(MASK_TOKEN) ? MASK_TOKEN : part);
    if (id !== undefined) return [id];
    const words = replace(part).split(WHITE_SPACE).filter((word) => word !== "");
    if (words.length === 0) return [];
    const marked = words.map((word) => word.startsWith(SPACE) ? word : SPACE + word).join("");
    return model.encode(marked, { add_special_tokens: false }).ids;
  };
  return {
    vocabularySize: tokens.length,
    bosId: special.get("<s>")!,
    eosId: special.get("</s>")!,
    padId: special.get("<pad>")!,
    encode: (text) => text.toWellFormed().split(SPECIAL).flatMap(encodePart),
  };
}
