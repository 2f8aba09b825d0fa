import { collapseSpaces } from "../python_text.ts";
import { separatePunctuation, separateStops, unescapeEntities } from "./western.ts";

/** Settings of Tercom's normalisation. */
export interface TercomOptions {
  /**
   * Whether punctuation is set apart by the rules for Western languages and XML entities are replaced.
   * @default {false}
   */
  normalized?: boolean;
  /**
   * Whether punctuation is removed.
   * @default {false}
   */
  noPunctuation?: boolean;
  /**
   * Whether `normalized` also sets Chinese and Japanese characters apart, and `noPunctuation` also removes their punctuation.
   * @default {false}
   */
  asianSupport?: boolean;
  /**
   * Whether upper and lower case differ.
   * @default {false}
   */
  caseSensitive?: boolean;
}

const ASIAN_PUNCTUATION = "\\u3001\\u3002\\u3008-\\u3011\\u3014-\\u301f\\uff61-\\uff65\\u30fb" +
  "\\uff0e\\uff0c\\uff1f\\uff1a\\uff1b\\uff01\\uff02\\uff08\\uff09";
const ASIAN_PUNCTUATION_MARK = new RegExp(`[${ASIAN_PUNCTUATION}]`, "g");

// The end of U+3200..U+3F22 is sacreBLEU's; the block ends at U+32FF. Its rules for runs of kana are left out
// because they ask for kana at the very beginning, where normalisation has put a blank.
const ASIAN_CHARACTER = new RegExp(
  "[\\u4e00-\\u9fff\\u3400-\\u4dbf\\u31c0-\\u31ef\\u2e80-\\u2eff\\u3300-\\u33ff" +
    `\\uf900-\\ufaff\\ufe30-\\ufe4f\\u3200-\\u3f22${ASIAN_PUNCTUATION}]`,
  "g",
);
const WESTERN_PUNCTUATION_MARK = /[.,?:;!"()]/g;

/** Tercom's tokenizer, as sacreBLEU's TER uses it. */
export function tokenizeTercom(line: string, options: TercomOptions = {}): string {
  const { normalized, noPunctuation, asianSupport, caseSensitive } = options;
  let text = caseSensitive ? line : line.toLowerCase();
  if (normalized && text !== "") {
    text = normalize(text);
    if (asianSupport) text = text.replace(ASIAN_CHARACTER, " $& ");
  }
  if (noPunctuation) {
    text = text.replace(WESTERN_PUNCTUATION_MARK, "");
    if (asianSupport) text = text.replace(ASIAN_PUNCTUATION_MARK, "");
  }
  return collapseSpaces(text);
}

function normalize(line: string): string {
  const joined = line.replaceAll("\n-", "").replaceAll("\n", " ");
  const separated = separatePunctuation(` ${unescapeEntities(joined)} `);
  return separateStops(separated.replaceAll("'s ", " 's "));
}
