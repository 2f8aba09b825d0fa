/**
 * One language's side of a sentence: which synonym, which order, decided at random.
 * @module
 */
import type { Language } from "../../directions.ts";
import type { Lexeme } from "./lexicon.ts";
import type { Random } from "./random.ts";

/** How probable the usual wording is wherever there is a choice. */
export const USUAL = 0.78;

/** What a speaker needs of a random stream. */
export type Chooser = Pick<Random, "chance" | "below">;

/** Always takes the usual wording and the first synonym. */
export const ALWAYS_USUAL: Chooser = { chance: () => true, below: () => 0 };

/** Chooses among wordings that mean the same. */
export class Speaker {
  readonly language: Language;
  readonly #random: Chooser;

  /** Speaks `language`, with choices drawn from `random`. */
  constructor(language: Language, random: Chooser) {
    this.language = language;
    this.#random = random;
  }

  /** The forms of one synonym: the first with probability `USUAL`, else one of the others. */
  forms(lexeme: Lexeme): readonly string[] {
    const synonyms = lexeme.forms[this.language];
    if (synonyms.length === 1 || this.#random.chance(USUAL)) return synonyms[0];
    return synonyms[1 + this.#random.below(synonyms.length - 1)];
  }

  /** The first form of one synonym. */
  word(lexeme: Lexeme): string {
    return this.forms(lexeme)[0];
  }

  /** The usual text, or now and then the other one. */
  either<T>(usual: T, other: T): T {
    return this.#random.chance(USUAL) ? usual : other;
  }

  /** True when a less usual wording is due. */
  unusual(): boolean {
    return !this.#random.chance(USUAL);
  }
}

/** Joins the parts that are there with spaces. */
export function words(...parts: (string | undefined | false)[]): string {
  return parts.filter(Boolean).join(" ");
}
