/**
 * The rules for Western languages that mteval-v13a, the `zh` tokenizer and Tercom share: blanks around ASCII
 * punctuation, but full stop, comma and hyphen only where no digit speaks against it.
 * @module
 */

/** ASCII punctuation and symbols except `'`, `,`, `-` and `.` (and the blank). */
const PUNCTUATION = /([{-~[-` -&(-+:-@/])/g;
const STOP_AFTER_NO_DIGIT = /([^0-9])([.,])/g;
const STOP_BEFORE_NO_DIGIT = /([.,])([^0-9])/g;
const HYPHEN_AFTER_DIGIT = /([0-9])(-)/g;

/** Sets blanks around ASCII punctuation other than apostrophe, comma, hyphen and full stop. */
export function separatePunctuation(line: string): string {
  return line.replace(PUNCTUATION, " $1 ");
}

/** Sets blanks around full stops and commas outside numbers, and around hyphens behind digits. */
export function separateStops(line: string): string {
  return line
    .replace(STOP_AFTER_NO_DIGIT, "$1 $2 ")
    .replace(STOP_BEFORE_NO_DIGIT, " $1 $2")
    .replace(HYPHEN_AFTER_DIGIT, "$1 $2 ");
}

/** Replaces four XML entities, in this order: `&amp;lt;` becomes `<`, but `&amp;quot;` becomes `&quot;`. */
export function unescapeEntities(line: string): string {
  if (!line.includes("&")) return line;
  return line
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">");
}
