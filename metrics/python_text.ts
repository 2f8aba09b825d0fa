/**
 * Text operations with Python's meaning, kept in one place because sacreBLEU's scores depend on them.
 *
 * But unlike JavaScript's own:
 * - white space includes U+001C to U+001F and U+0085 and excludes U+FEFF;
 * - decimals are rounded half to even where the binary value is an exact tie.
 * @module
 */

/** Whether a UTF-16 code unit is white space for Python's `str.isspace`; all such characters are below U+10000. */
export function isPythonSpace(unit: number): boolean {
  if (unit <= 0x20) return unit === 0x20 || (unit >= 9 && unit <= 13) || unit >= 0x1c;
  if (unit < 0x1680) return unit === 0x85 || unit === 0xa0;
  return unit === 0x1680 || (unit >= 0x2000 && unit <= 0x200a) || unit === 0x2028 ||
    unit === 0x2029 || unit === 0x202f || unit === 0x205f || unit === 0x3000;
}

/** Removes trailing white space, as Python's `str.rstrip()`. */
export function stripEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isPythonSpace(text.charCodeAt(end - 1))) end--;
  return end === text.length ? text : text.slice(0, end);
}

/** Removes leading and trailing white space, as Python's `str.strip()`. */
export function strip(text: string): string {
  let start = 0;
  while (start < text.length && isPythonSpace(text.charCodeAt(start))) start++;
  return stripEnd(start === 0 ? text : text.slice(start));
}

/** Splits at runs of white space into non-empty words, as Python's `str.split()`. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (!isPythonSpace(text.charCodeAt(i))) continue;
    if (start < i) words.push(text.slice(start, i));
    start = i + 1;
  }
  if (start < text.length) words.push(text.slice(start));
  return words;
}

/** Collapses white space to single blanks and removes it at both ends. */
export function collapseSpaces(text: string): string {
  return splitWords(text).join(" ");
}

/**
 * Prints a number with a fixed count of decimals, as Python's `f"{value:.2f}"`: exact ties go to the even digit
 * (`6.25` is `6.2`, where `toFixed(1)` gives `6.3`).
 */
export function formatFixed(value: number, decimals: number): string {
  const rounded = value.toFixed(decimals);
  const exact = value.toFixed(60); // every tie of a double below 1e15 ends long before 60 decimals
  const cut = exact.length - 60 + decimals;
  if (!/^50*$/.test(exact.slice(cut))) return rounded;
  const truncated = decimals === 0 ? exact.slice(0, cut - 1) : exact.slice(0, cut);
  return Number(truncated.at(-1)) % 2 === 0 ? truncated : rounded;
}
