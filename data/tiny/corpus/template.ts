/**
 * What a template is: it draws a meaning and says it in six languages.
 * @module
 */
import type { Language } from "../../directions.ts";
import type { Clause, Mode, State } from "./features.ts";
import { LANGUAGES } from "./formats.ts";
import { GRAMMARS } from "./grammar/all.ts";
import type { Speaker } from "./speaker.ts";
import type { World } from "./world.ts";

/** How each language says one meaning, without capital letter and final mark. */
export type Say = Readonly<Record<Language, (speaker: Speaker) => string>>;

/** A drawn meaning: its wordings, and whether it asks. */
export interface Draft {
  readonly say: Say;
  readonly asks?: boolean;
}

/** A named kind of sentence. */
export interface Template {
  readonly name: string;
  /** How often it is drawn, relative to the others. */
  readonly weight: number;
  /** Draws a meaning. */
  draw(world: World): Draft;
}

/** The same function for every language, given the language. */
export function sayAll(say: (language: Language, speaker: Speaker) => string): Say {
  const all = {} as Record<Language, (speaker: Speaker) => string>;
  for (const language of LANGUAGES) all[language] = (speaker) => say(language, speaker);
  return all;
}

/** One language's wording of a clause. */
export function tell(clause: Clause, language: Language, speaker: Speaker, mode?: Mode): string {
  return GRAMMARS[language].clause(clause, speaker, mode);
}

/** The draft of a single clause. */
export function clauseDraft(clause: Clause): Draft {
  return {
    say: sayAll((language, s) => tell(clause, language, s)),
    asks: Boolean(clause.question),
  };
}

/** The draft of a single clause with "to be". */
export function stateDraft(state: State): Draft {
  return { say: sayAll((language, s) => GRAMMARS[language].state(state, s)) };
}

/** Capital letter and final mark. */
export function finish(text: string, language: Language, asks = false): string {
  const mark = language === "zh" ? (asks ? "？" : "。") : asks ? "?" : ".";
  return text[0].toUpperCase() + text.slice(1) + mark;
}
