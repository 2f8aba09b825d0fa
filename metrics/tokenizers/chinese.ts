import { strip } from "../python_text.ts";
import { characterKinds, westernWords } from "./western_words.ts";

/**
 * Characters that sacreBLEU's `zh` tokenizer sets apart. It names extension B and the compatibility supplement
 * with four hexadecimal digits too few, and thereby covers U+2001 to U+2A6D (dashes, curly quotes, the euro sign,
 * arrows, box drawing) and U+2F81 to U+2FA1, but no ideograph above U+FFFF. A score that is to equal sacreBLEU's
 * has to do the same.
 */
const CHINESE: readonly (readonly [number, number])[] = [
  [0x3400, 0x4db5], // CJK extension A
  [0x4e00, 0x9fbb], // CJK unified ideographs
  [0xf900, 0xfa2d], // compatibility ideographs
  [0xfa30, 0xfa6a],
  [0xfa70, 0xfad9],
  [0x2001, 0x2a6d], // meant: extension B
  [0x2f81, 0x2fa1], // meant: compatibility supplement
  [0xff00, 0xffef], // half and full width forms
  [0x2e80, 0x2eff], // radicals, description characters
  [0x2f00, 0x2fdf],
  [0x2ff0, 0x2fff],
  [0x3000, 0x303f], // CJK punctuation
  [0x31c0, 0x31ef], // strokes
  [0x3100, 0x312f], // Bopomofo
  [0x31a0, 0x31bf],
  [0xfe10, 0xfe1f], // vertical and compatibility forms
  [0xfe30, 0xfe4f],
  [0x3200, 0x32ff], // enclosed and squared forms
  [0x3300, 0x33ff],
];

const KINDS = characterKinds(CHINESE);

/** The words of the `zh` tokenizer: every Chinese character is one, the rest is cut by the rules for Western languages. */
export function wordsChinese(line: string): string[] {
  return westernWords(strip(line), KINDS, false);
}
