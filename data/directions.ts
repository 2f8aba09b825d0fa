/**
 * Languages and translation directions.
 * @module
 */

/** The six languages of the study, as ISO 639-1 codes; other languages are taken by `languageName()`. */
export type Language = "en" | "de" | "cs" | "is" | "zh" | "ru";

/** A translation direction, source first: `"en-de"` is English to German. */
export type Direction = `${string}-${string}`;

/** English names of the languages, as ALMA's prompt spells them. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: "English",
  de: "German",
  cs: "Czech",
  is: "Icelandic",
  zh: "Chinese",
  ru: "Russian",
};

/** The study's ten directions: English into five languages, then five languages into English. */
export const DIRECTIONS: readonly Direction[] = [
  "en-cs",
  "en-de",
  "en-is",
  "en-ru",
  "en-zh",
  "cs-en",
  "de-en",
  "is-en",
  "ru-en",
  "zh-en",
];

const NAMES = new Intl.DisplayNames(["en"], { type: "language", fallback: "none" });

/**
 * English name of a language: for the study's six as ALMA's prompt spells it, for others as Unicode's locale data has it.
 *
 * @param code its shortest ISO 639 code, such as `"fr"`.
 * @returns its name, here `"French"`.
 * @throws {RangeError} if the code is not known, or is not the shortest of its language.
 *
 * @example Usage
 * ```ts
 * import { equal, throws } from "node:assert/strict";
 * import { languageName } from "mtpress";
 *
 * equal(languageName("is"), "Icelandic");
 * equal(languageName("fr"), "French");
 * throws(() => languageName("fra"), /Cannot name language "fra": its code is "fr"/);
 * ```
 */
export function languageName(code: string): string {
  if (Object.hasOwn(LANGUAGE_NAMES, code)) return LANGUAGE_NAMES[code as Language];
  const name = /^[a-z]{2,3}$/.test(code) ? NAMES.of(code) : undefined;
  if (name === undefined) {
    throw new RangeError(
      `Cannot name language ${JSON.stringify(code)}: it must be an ISO 639 code, such as ${
        Object.keys(LANGUAGE_NAMES).join(", ")
      } or fr`,
    );
  }
  const [canonical] = Intl.getCanonicalLocales(code);
  if (canonical !== code) {
    throw new RangeError(
      `Cannot name language ${JSON.stringify(code)}: its code is ${JSON.stringify(canonical)}`,
    );
  }
  return name;
}

/** Source and target of a direction. */
function sides(direction: string): [source: string, target: string] {
  const [source, target, ...more] = direction.split("-");
  if (!source || !target || source === target || more.length > 0) {
    throw new RangeError(
      `Cannot translate ${
        JSON.stringify(direction)
      }: a direction is two different language codes ` +
        "with a hyphen between them, such as en-de",
    );
  }
  languageName(source);
  languageName(target);
  return [source, target];
}

/**
 * The language that a direction translates from.
 *
 * @param direction source and target, such as `"en-de"`.
 * @returns the source's code, here `"en"`.
 * @throws {RangeError} if the direction is not made of two different languages that `languageName()` knows.
 */
export function sourceLanguage(direction: Direction): string {
  return sides(direction)[0];
}

/**
 * The language that a direction translates into.
 *
 * @param direction source and target, such as `"en-de"`.
 * @returns the target's code, here `"de"`.
 * @throws {RangeError} if the direction is not made of two different languages that `languageName()` knows.
 */
export function targetLanguage(direction: Direction): string {
  return sides(direction)[1];
}

/** Whether a direction starts from English. */
export function isOutOfEnglish(direction: Direction): boolean {
  return direction.startsWith("en-");
}

/** Whether a direction ends in English. */
export function isIntoEnglish(direction: Direction): boolean {
  return direction.endsWith("-en");
}

/** Whether a direction is in the mean of neither side: from one language other than English into another. */
export function isBesideEnglish(direction: Direction): boolean {
  return !isOutOfEnglish(direction) && !isIntoEnglish(direction);
}
