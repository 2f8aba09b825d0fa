import { unescapeEntities } from "./western.ts";
import { characterKinds, westernWords } from "./western_words.ts";

const KINDS = characterKinds();

/** The words of the `13a` tokenizer: WMT's mteval-v13a, made for languages with blanks between words. */
export function words13a(line: string): string[] {
  const joined = line
    .replaceAll("<skipped>", "")
    .replaceAll("-\n", "")
    .replaceAll("\n", " ");
  return westernWords(unescapeEntities(joined), KINDS, true);
}
