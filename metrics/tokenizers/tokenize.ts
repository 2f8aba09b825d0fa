import { splitWords } from "../python_text.ts";
import { wordsChinese } from "./chinese.ts";
import { tokenizeInternational } from "./international.ts";
import { words13a } from "./mteval_13a.ts";

/** Names of BLEU's tokenizers, as in the `tok` field of a signature. */
export type BleuTokenizer = "13a" | "zh" | "intl" | "char" | "none";

/** A line's tokens, as a line with blanks between them and as words. */
export interface LineTokenizer {
  /** The line as sacreBLEU's tokenizer gives it. */
  line(text: string): string;
  /** Its words, which BLEU counts. */
  words(text: string): string[];
}

const fromWords = (words: (text: string) => string[]): LineTokenizer => ({
  line: (text) => words(text).join(" "),
  words,
});
const fromLine = (line: (text: string) => string): LineTokenizer => ({
  line,
  words: (text) => splitWords(line(text)),
});

const TOKENIZERS: Readonly<Record<BleuTokenizer, LineTokenizer>> = {
  "13a": fromWords(words13a),
  zh: fromWords(wordsChinese),
  intl: fromLine(tokenizeInternational),
  char: fromLine((line) => [...line].join(" ")),
  none: fromLine((line) => line),
};

/** Names of the tokenizers that {@link tokenize} knows. */
export const BLEU_TOKENIZERS: readonly BleuTokenizer[] = Object.keys(TOKENIZERS) as BleuTokenizer[];

/**
 * Cuts a line into tokens with blanks between them, exactly as sacreBLEU's tokenizer of that name.
 * @throws {RangeError} If there is no tokenizer of that name.
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { tokenize } from "mtpress";
 *
 * equal(tokenize("It costs 5.50, right?", "13a"), "It costs 5.50 , right ?");
 * equal(tokenize("你好，world!", "zh"), "你 好 ， world !");
 * ```
 */
export function tokenize(line: string, tokenizer: BleuTokenizer): string {
  return tokenizerNamed(tokenizer).line(line);
}

/**
 * The tokenizer behind a name.
 * @throws {RangeError} If there is no tokenizer of that name.
 */
export function tokenizerNamed(name: BleuTokenizer): LineTokenizer {
  if (!Object.hasOwn(TOKENIZERS, name)) {
    throw new RangeError(
      `Cannot tokenize with "${name}": the tokenizers are ${BLEU_TOKENIZERS.join(", ")}`,
    );
  }
  return TOKENIZERS[name];
}

/**
 * The tokenizer that sacreBLEU takes for a direction's target language: `zh` for Chinese, else `13a`. Those that it takes for
 * Japanese and Korean rest on MeCab's dictionaries, which are not here.
 * @param direction Source and target language, such as `"en-zh"`.
 * @throws {SyntaxError} If it is not two language codes with a hyphen between them.
 * @throws {RangeError} If the target is Japanese or Korean; `char` is one that can be chosen for them.
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { defaultTokenizer } from "mtpress";
 *
 * equal(defaultTokenizer("en-zh"), "zh");
 * equal(defaultTokenizer("zh-en"), "13a");
 * ```
 */
export function defaultTokenizer(direction: string): BleuTokenizer {
  const codes = direction.match(/^([a-z]{2,3})-([a-z]{2,3})$/);
  if (codes === null) {
    throw new SyntaxError(
      `Cannot choose a tokenizer for "${direction}": a direction is two language codes, such as en-zh`,
    );
  }
  const [, , target] = codes;
  if (target === "ja" || target === "ko") {
    throw new RangeError(
      `Cannot choose a tokenizer for "${direction}": sacreBLEU's for ${target} needs MeCab, which is not here`,
    );
  }
  return target === "zh" ? "zh" : "13a";
}
