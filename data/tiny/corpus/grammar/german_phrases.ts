/**
 * German noun phrases: articles, possessives and adjective endings in nominative, accusative and dative.
 * @module
 */
import type { Case, Owner, PersonPhrase, ThingPhrase, Time } from "../features.ts";
import type { Lexeme } from "../lexicon.ts";
import { type Speaker, words } from "../speaker.ts";

type Endings = Record<string, Record<string, string>>;

/** Endings by case, then gender (p: plural). */
const DER: Endings = {
  nominative: { m: "der", f: "die", n: "das", p: "die" },
  accusative: { m: "den", f: "die", n: "das", p: "die" },
  dative: { m: "dem", f: "der", n: "dem", p: "den" },
};
const DIESER: Endings = {
  nominative: { m: "dieser", f: "diese", n: "dieses" },
  accusative: { m: "diesen", f: "diese", n: "dieses" },
};
/** Endings of ein, kein, mein ... */
const EIN: Endings = {
  nominative: { m: "", f: "e", n: "", p: "e" },
  accusative: { m: "en", f: "e", n: "", p: "e" },
  dative: { m: "em", f: "er", n: "em", p: "en" },
};
/** Adjective endings after der-words, and after ein-words or nothing. */
const WEAK: Endings = {
  nominative: { m: "e", f: "e", n: "e" },
  accusative: { m: "en", f: "e", n: "e" },
};
const STRONG: Endings = {
  nominative: { m: "er", f: "e", n: "es" },
  accusative: { m: "en", f: "e", n: "es" },
};
const OWNERS: Record<Owner, string> = {
  my: "mein",
  your: "dein",
  his: "sein",
  her: "ihr",
  our: "unser",
  their: "ihr",
};

/** The definite article. */
export function definiteArticle(gender: string, which: Case): string {
  return DER[which][gender];
}

/** ein, kein, mein ... with its ending. */
export function einWord(stem: string, gender: string, which: Case): string {
  return stem + EIN[which][gender];
}

/** A person with article or possessive. */
export function person(p: PersonPhrase, which: Case, s: Speaker): string {
  const [gender, nominative, accusative, dative] = s.forms(p.lexeme);
  const noun = which === "nominative" ? nominative : which === "accusative" ? accusative : dative;
  if (p.lexeme.classes.has("name")) return noun;
  return p.owner
    ? `${einWord(OWNERS[p.owner], gender, which)} ${noun}`
    : `${definiteArticle(gender, which)} ${noun}`;
}

/** The stem that takes endings: leise loses its e, teuer and sauer the inner one. */
function attributive(stem: string): string {
  return stem.replace(/e$/, "").replace(/^(teu|sau)er$/, "$1r");
}

/** A thing; `negated` turns "ein" and the missing article of substances into "kein". */
export function thing(t: ThingPhrase, which: Case, s: Speaker, negated = false): string {
  const [gender, nominative, plural, weakAccusative] = s.forms(t.lexeme);
  const noun = which === "accusative" ? weakAccusative ?? nominative : nominative;
  const stem = t.adjective && s.forms(t.adjective)[0];
  const adjective = (ending: string) => stem && attributive(stem) + ending;
  const weak = adjective(WEAK[which][gender]);
  const strong = adjective(STRONG[which][gender]);
  switch (t.determiner) {
    case "definite":
      return words(DER[which][gender], weak, noun);
    case "this":
      return words(DIESER[which][gender], weak, noun);
    case "owned":
      return words(einWord(OWNERS[t.owner!], gender, which), strong, noun);
    case "indefinite":
      return words(einWord(negated ? "kein" : "ein", gender, which), strong, noun);
    case "some":
      return words(s.either("einige", "ein paar"), adjective("e"), plural);
    case "number":
      return words(s.word(t.numeral!), adjective("e"), plural);
    case "bare":
      if (!t.mass) return words(negated && "keine", adjective(negated ? "en" : "e"), plural);
      return words(negated && einWord("kein", gender, which), strong, nominative);
  }
}

/** A time, with its clock time. */
export function time(t: Time, s: Speaker): string {
  return words(s.word(t.lexeme), t.clock && `um ${t.clock} Uhr`);
}

/** At a place or in a city. */
export function at(place: Lexeme, s: Speaker): string {
  return place.classes.has("city") ? `in ${s.word(place)}` : s.forms(place)[2];
}

/** To a place or city. */
export function to(place: Lexeme, s: Speaker): string {
  return place.classes.has("city") ? `nach ${s.word(place)}` : s.forms(place)[3];
}
