/** The languages of the study, as ISO 639-1 codes. */
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

/** Source and target of a direction. */
function sides(direction: string): [Language, Language] {
  const codes = direction.split("-");
  const [source, target] = codes;
  if (
    codes.length === 2 && codes.every((code) => Object.hasOwn(LANGUAGE_NAMES, code)) &&
    source !== target
  ) {
    return [source as Language, target as Language];
  }
  throw new RangeError(
    `Cannot translate ${JSON.stringify(direction)}: a direction is two different codes of ${
      Object.keys(LANGUAGE_NAMES).join(", ")
    } with a hyphen between them`,
  );
}

/**
 * The language that a direction translates from.
 *
 * @param direction source and target, such as `"en-de"`.
 * @returns the source's code, here `"en"`.
 * @throws {RangeError} if the direction is not made of two different known languages.
 */
export function sourceLanguage(direction: Direction): Language {
  return sides(direction)[0];
}

/**
 * The language that a direction translates into.
 *
 * @param direction source and target, such as `"en-de"`.
 * @returns the target's code, here `"de"`.
 * @throws {RangeError} if the direction is not made of two different known languages.
 */
export function targetLanguage(direction: Direction): Language {
  return sides(direction)[1];
}
