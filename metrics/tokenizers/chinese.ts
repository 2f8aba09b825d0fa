import { collapseSpaces, strip } from "../python_text.ts";
import { separatePunctuation, separateStops } from "./western.ts";

/**
 * Characters that sacreBLEU's `zh` tokenizer sets apart. It names extension B and the compatibility supplement
 * with four hexadecimal digits too few, and thereby covers U+2001 to U+2A6D (dashes, curly quotes, the euro sign,
 * arrows, box drawing) and U+2F81 to U+2FA1, but no ideograph above U+FFFF. A score that is to equal sacreBLEU's
 * has to do the same.
 */
const CHINESE = new RegExp(
  "[" + [
    "\\u3400-\\u4db5", // CJK extension A
    "\\u4e00-\\u9fbb", // CJK unified ideographs
    "\\uf900-\\ufa2d\\ufa30-\\ufa6a\\ufa70-\\ufad9", // compatibility ideographs
    "\\u2001-\\u2a6d", // meant: extension B
    "\\u2f81-\\u2fa1", // meant: compatibility supplement
    "\\uff00-\\uffef", // half and full width forms
    "\\u2e80-\\u2eff\\u2f00-\\u2fdf\\u2ff0-\\u2fff", // radicals, description characters
    "\\u3000-\\u303f", // CJK punctuation
    "\\u31c0-\\u31ef", // strokes
    "\\u3100-\\u312f\\u31a0-\\u31bf", // Bopomofo
    "\\ufe10-\\ufe1f\\ufe30-\\ufe4f", // vertical and compatibility forms
    "\\u3200-\\u32ff\\u3300-\\u33ff", // enclosed and squared forms
  ].join("") + "]",
  "g",
);

/** The `zh` tokenizer: every Chinese character is a token, the rest is cut by the rules for Western languages. */
export function tokenizeChinese(line: string): string {
  const separated = strip(line).replace(CHINESE, " $& ");
  return collapseSpaces(separateStops(separatePunctuation(separated)));
}
