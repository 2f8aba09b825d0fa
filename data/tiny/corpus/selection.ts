/**
 * What goes with what, so that sentences stay sensible: which objects a verb takes, where it happens, which adjective fits a noun.
 * @module
 */
import type { Lexeme, Lexicon } from "./lexicon.ts";
import { SCENES, VERBS } from "./usage.ts";

/** A noun with its kind. */
export interface Noun {
  readonly lexeme: Lexeme;
  readonly mass: boolean;
}

function suits(id: string, tense: string): boolean {
  if (tense === "attitude") return VERBS.states.has(id);
  if (tense === "habitual") return VERBS.habits.has(id);
  if (VERBS.states.has(id) || (VERBS.harm.has(id) && tense !== "past")) return false;
  return tense !== "progressive" || !VERBS.notProgressive.has(id);
}

const meets = (a: ReadonlySet<string>, b: ReadonlySet<string>) => [...a].some((x) => b.has(x));

/** The lists the drawing needs, made once. */
export class Selection {
  readonly nouns: readonly Noun[];
  readonly #objects = new Map<Lexeme, readonly Noun[]>();
  readonly #adjectives = new Map<Lexeme, readonly Lexeme[]>();
  readonly #verbs = new Map<string, readonly Lexeme[]>();

  /** Indexes the lexicon. */
  constructor(readonly lexicon: Lexicon) {
    this.nouns = [
      ...lexicon.nouns.map((lexeme) => ({ lexeme, mass: false })),
      ...lexicon.mass.map((lexeme) => ({ lexeme, mass: true })),
    ];
    for (const verb of lexicon.verbs) {
      this.#objects.set(verb, this.nouns.filter((n) => meets(verb.objects, n.lexeme.classes)));
    }
    for (const { lexeme } of this.nouns) {
      this.#adjectives.set(lexeme, lexicon.adjectives.filter((a) => this.#fits(a, lexeme)));
    }
  }

  #fits(adjective: Lexeme, noun: Lexeme): boolean {
    if (
      /^(heavy|light)$/.test(adjective.id) &&
      (noun.classes.has("document") || noun.classes.has("payable"))
    ) return false;
    if (adjective.id === "old" && (noun.classes.has("animal") || noun.classes.has("eatable"))) {
      return false;
    }
    return adjective.classes.has("any") || meets(adjective.classes, noun.classes);
  }

  /** The verbs of a frame that can be said in a tense. */
  verbs(frame: string, tense: string): readonly Lexeme[] {
    const key = `${frame} ${tense}`;
    let list = this.#verbs.get(key);
    if (!list) {
      list = this.lexicon.verbs.filter((v) => v.classes.has(frame) && suits(v.id, tense));
      this.#verbs.set(key, list);
    }
    return list;
  }

  /** What a verb's object may be. */
  objects(verb: Lexeme): readonly Noun[] {
    return this.#objects.get(verb)!;
  }

  /** The adjectives that fit a noun. */
  adjectives(noun: Lexeme): readonly Lexeme[] {
    return this.#adjectives.get(noun)!;
  }

  /** The places where an act may happen; empty if it is better left unsaid. */
  scenes(verb: Lexeme): readonly Lexeme[] {
    const classes = SCENES[verb.id];
    return classes ? this.lexicon.places.filter((p) => classes.some((c) => p.classes.has(c))) : [];
  }
}
