/**
 * What a row of each lexicon file must look like: the classes it may carry and the number of forms in each language's cell.
 * @module
 */
import type { Language } from "../../directions.ts";

/** The languages in the column order of every file. */
export const LANGUAGES: readonly Language[] = ["en", "de", "cs", "is", "zh", "ru"];

/** The rule of one file: its leading columns, and for each language the allowed numbers of forms in a cell. */
export interface Format {
  /** Columns before the languages, `id` first. */
  readonly columns: readonly string[];
  /** Allowed numbers of `/`-separated forms; one is the rule where a language is not named. */
  readonly forms: Partial<Record<Language, readonly number[]>>;
  /** The letters a gender (the first form) may be, in the languages that have one. */
  readonly genders?: Partial<Record<Language, string>>;
}

const columns = ["id", "classes"];
const adverbial: Format = { columns, forms: {} };

/** Format of each file of the folder `lexicon`, by its name without `.tsv`. */
export const FORMATS = {
  nouns: {
    columns,
    forms: { en: [2], de: [3, 4], cs: [7], is: [7], zh: [2], ru: [7] },
    genders: { de: "mfn", cs: "mafn", is: "mfn", ru: "mfn" },
  },
  mass: {
    columns,
    forms: { de: [2], cs: [4], is: [5], ru: [4] },
    genders: { de: "mfn", cs: "mafn", is: "mfn", ru: "mfn" },
  },
  adjectives: { columns, forms: { en: [2], de: [3], cs: [4], is: [6], ru: [7] } },
  verbs: {
    columns: ["id", "frame", "objects"],
    forms: { en: [5], de: [7, 8], cs: [11, 15], is: [12], ru: [11, 15] },
  },
  persons: {
    columns,
    forms: { de: [4], cs: [6], is: [4, 7], ru: [6] },
    genders: { de: "mfnp", cs: "mfnpq", is: "m f n mp fp np", ru: "mfnp" },
  },
  places: {
    columns,
    forms: { en: [3], de: [4], cs: [5], is: [5], zh: [2], ru: [5] },
    genders: { de: "mfn", cs: "mfn", is: "mfn", ru: "mfn" },
  },
  departures: {
    columns,
    forms: { de: [2], cs: [2], is: [2], ru: [2] },
    genders: { de: "mfn", cs: "mfn", is: "mfn", ru: "mfn" },
  },
  cities: { columns, forms: { cs: [2], is: [2], ru: [2] } },
  countries: { columns, forms: { de: [2], cs: [2], is: [2], ru: [2] } },
  tongues: { columns, forms: { cs: [2], ru: [2] } },
  numerals: { columns, forms: { cs: [1, 3], is: [1, 3], ru: [1, 4] } },
  times: adverbial,
  frequencies: adverbial,
  manners: adverbial,
  degrees: adverbial,
  durations: { columns, forms: { cs: [3], is: [2], ru: [3] } },
  transports: adverbial,
  weathers: adverbial,
} as const satisfies Record<string, Format>;

/** The name of a lexicon file. */
export type LexiconName = keyof typeof FORMATS;
