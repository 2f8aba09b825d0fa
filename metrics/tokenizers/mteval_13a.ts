import { collapseSpaces } from "../python_text.ts";
import { separatePunctuation, separateStops, unescapeEntities } from "./western.ts";

/** The `13a` tokenizer: WMT's mteval-v13a, made for languages with blanks between words. */
export function tokenize13a(line: string): string {
  const joined = line
    .replaceAll("<skipped>", "")
    .replaceAll("-\n", "")
    .replaceAll("\n", " ");
  return collapseSpaces(separateStops(separatePunctuation(` ${unescapeEntities(joined)} `)));
}
