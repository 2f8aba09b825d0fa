import { collapseSpaces } from "../python_text.ts";

const PUNCTUATION_AFTER_NO_NUMBER = /(\P{N})(\p{P})/gu;
const PUNCTUATION_BEFORE_NO_NUMBER = /(\p{P})(\P{N})/gu;
const SYMBOL = /\p{S}/gu;

/**
 * The `intl` tokenizer: mteval-v14 with its `--international-tokenization`. It cuts at Unicode punctuation and
 * symbols, but not inside numbers. What is punctuation is decided by the Unicode version of the JavaScript engine, as it
 * is by that of the `regex` package for sacreBLEU; only code points new between two versions can differ.
 */
export function tokenizeInternational(line: string): string {
  return collapseSpaces(
    line
      .replace(PUNCTUATION_AFTER_NO_NUMBER, "$1 $2 ")
      .replace(PUNCTUATION_BEFORE_NO_NUMBER, " $1 $2")
      .replace(SYMBOL, " $& "),
  );
}
