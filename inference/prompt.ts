/**
 * The prompt that asks for a translation.
 * @module
 */
import {
  type Direction,
  languageName,
  sourceLanguage,
  targetLanguage,
} from "../data/directions.ts";

/**
 * One line of text: each run of white space that holds a line break, a tab or another control character becomes one
 * space, or nothing at either end of the text. Other spaces are kept as they are.
 *
 * @param text any text.
 * @returns the text without line breaks.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { oneLine } from "mtpress";
 *
 * equal(oneLine("One line,\r\n\tanother  line.\n"), "One line, another  line.");
 * ```
 */
export function oneLine(text: string): string {
  // Unicode's line breaks, tab, and the separators U+001C to U+001F
  // deno-lint-ignore no-control-regex
  const breaks = /[\t-\r\u001c-\u001f\u0085\u2028\u2029]/;
  // deno-lint-ignore no-control-regex
  return text.replace(/[\s\u001c-\u001f\u0085]+/g, (run, at: number) => {
    if (!breaks.test(run)) return run;
    return at === 0 || at + run.length === text.length ? "" : " ";
  });
}

/**
 * ALMA's prompt (Xu et al. 2023, arXiv 2309.11674): the task, the sentence behind its language's name, and the name of
 * the language to continue in. The sentence is put on one line first, see `oneLine`; it may be empty.
 *
 * @param direction source and target, such as `"en-de"`.
 * @param sentence the sentence to translate.
 * @returns the prompt's text, without the token that begins a sequence.
 * @throws {RangeError} if the direction is not made of two different languages that `languageName()` knows.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { translationPrompt } from "mtpress";
 *
 * equal(
 *   translationPrompt("en-de", "The dog sleeps."),
 *   "Translate this from English to German:\nEnglish: The dog sleeps.\nGerman:",
 * );
 * ```
 */
export function translationPrompt(direction: Direction, sentence: string): string {
  const source = languageName(sourceLanguage(direction));
  const target = languageName(targetLanguage(direction));
  return `Translate this from ${source} to ${target}:\n${source}: ${oneLine(sentence)}\n${target}:`;
}
