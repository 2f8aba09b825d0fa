/**
 * The six grammars by language.
 * @module
 */
import type { Language } from "../../../directions.ts";
import type { Grammar } from "../features.ts";
import { chinese } from "./chinese.ts";
import { czech } from "./czech.ts";
import { english } from "./english.ts";
import { german } from "./german.ts";
import { icelandic } from "./icelandic.ts";
import { russian } from "./russian.ts";

/** The realiser of each language. */
export const GRAMMARS: Readonly<Record<Language, Grammar>> = {
  en: english,
  de: german,
  cs: czech,
  is: icelandic,
  zh: chinese,
  ru: russian,
};
