/**
 * Czech noun phrases: case, animacy, possessives, numerals that govern the genitive, vocalised prepositions.
 * @module
 */
import type { Case, Owner, PersonPhrase, ThingPhrase, Time } from "../features.ts";
import type { Lexeme } from "../lexicon.ts";
import { type Speaker, words } from "../speaker.ts";

/** Where a case stands among a person's forms. */
const PERSON_CASES: Record<Case, number> = {
  nominative: 1,
  genitive: 2,
  accusative: 3,
  dative: 4,
  instrumental: 5,
};

/** Possessive endings by case, then gender: m (inanimate), a (animate), f, n, p (plural persons), q (děti). */
const MUJ: Record<Case, Record<string, string>> = {
  nominative: { m: "ůj", a: "ůj", f: "oje", n: "oje", p: "oji", q: "oje" },
  genitive: { m: "ého", a: "ého", f: "é", n: "ého", p: "ých", q: "ých" },
  accusative: { m: "ůj", a: "ého", f: "ou", n: "oje", p: "oje", q: "oje" },
  dative: { m: "ému", a: "ému", f: "é", n: "ému", p: "ým", q: "ým" },
  instrumental: { m: "ým", a: "ým", f: "ou", n: "ým", p: "ými", q: "ými" },
};
const NAS: Record<Case, Record<string, string>> = {
  nominative: { m: "náš", a: "náš", f: "naše", n: "naše", p: "naši", q: "naše" },
  genitive: { m: "našeho", a: "našeho", f: "naší", n: "našeho", p: "našich", q: "našich" },
  accusative: { m: "náš", a: "našeho", f: "naši", n: "naše", p: "naše", q: "naše" },
  dative: { m: "našemu", a: "našemu", f: "naší", n: "našemu", p: "našim", q: "našim" },
  instrumental: { m: "naším", a: "naším", f: "naší", n: "naším", p: "našimi", q: "našimi" },
};
const TENTO: Record<string, Record<string, string>> = {
  nominative: { m: "tento", a: "tento", f: "tato", n: "toto" },
  accusative: { m: "tento", a: "tohoto", f: "tuto", n: "toto" },
};

/** můj, tvůj, náš, or svůj when the owner is the subject. */
export function possessive(owner: Owner, reflexive: boolean, gender: string, which: Case): string {
  if (reflexive) return "sv" + MUJ[which][gender];
  if (owner === "our") return NAS[which][gender];
  if (owner === "my") return "m" + MUJ[which][gender];
  if (owner === "your") return "tv" + MUJ[which][gender];
  throw new RangeError(
    `Cannot decline the Czech possessive of ${owner}: only svůj stands for it here`,
  );
}

/** "s" or "se" before the next word. */
export function withPreposition(next: string): string {
  return `${/^[szšž]/i.test(next) ? "se" : "s"} ${next}`;
}

/** "v" or "ve" before a clock time, as it is read: ve dvě, ve tři, ve dvanáct, v pět. */
export function atClock(clock: string): string {
  const hour = Number(clock.split(":")[0]);
  return `${[2, 3, 4, 12, 13, 14, 20, 21, 22, 23].includes(hour) ? "ve" : "v"} ${clock}`;
}

/** An adjective beside a noun: nominative or accusative singular. */
export function adjectiveSingular(forms: readonly string[], gender: string, which: Case): string {
  const [m, f, n] = forms;
  if (gender === "f") return which === "accusative" ? f.replace(/á$/, "ou") : f;
  if (gender === "n") return n;
  if (gender === "a" && which === "accusative") {
    return m.slice(0, -1) + (m.endsWith("ý") ? "ého" : "ího");
  }
  return m;
}

/** An adjective with a counted plural: accusative after 2 to 4, genitive after more. */
function adjectivePlural(forms: readonly string[], gender: string, genitive: boolean): string {
  const stem = forms[0].slice(0, -1);
  const hard = forms[0].endsWith("ý");
  if (genitive) return stem + (hard ? "ých" : "ích");
  return stem + (hard ? (gender === "n" ? "á" : "é") : "í");
}

/** A person in any case. */
export function person(p: PersonPhrase, which: Case, s: Speaker): string {
  const forms = s.forms(p.lexeme);
  const noun = forms[PERSON_CASES[which]];
  if (!p.owner) return noun;
  const gender = forms[0] === "m" ? "a" : forms[0];
  return `${possessive(p.owner, p.reflexive ?? false, gender, which)} ${noun}`;
}

/** A thing in the nominative or accusative. */
export function thing(t: ThingPhrase, which: Case, s: Speaker): string {
  return thingWithGender(t, which, s).text;
}

/** A thing and the gender it was said with. */
export function thingWithGender(
  t: ThingPhrase,
  which: Case,
  s: Speaker,
): { text: string; gender: string } {
  const forms = s.forms(t.lexeme);
  const gender = forms[0];
  const noun = which === "accusative" ? forms[3] : forms[1];
  const adjective = t.adjective && s.forms(t.adjective);
  const described = words(adjective && adjectiveSingular(adjective, gender, which), noun);
  const counted = (genitive: boolean) =>
    words(adjective && adjectivePlural(adjective, gender, genitive), forms[genitive ? 6 : 5]);
  switch (t.determiner) {
    case "this":
      return { text: words(TENTO[which][gender], described), gender };
    case "owned":
      return {
        text: words(possessive(t.owner!, t.reflexive ?? false, gender, which), described),
        gender,
      };
    case "some":
      return { text: words(s.either("několik", "pár"), counted(true)), gender };
    case "number": {
      const numeral = s.forms(t.numeral!);
      const word = numeral[{ m: 0, a: 0, f: 1, n: 2 }[gender]!] ?? numeral[0];
      return { text: words(word, counted(Number([...t.numeral!.classes][0]) > 4)), gender };
    }
    case "bare":
      return { text: t.mass ? described : counted(false), gender };
    default:
      return { text: described, gender };
  }
}

/** A time, with its clock time. */
export function time(t: Time, s: Speaker): string {
  return words(s.word(t.lexeme), t.clock && atClock(t.clock));
}

/** At a place or in a city. */
export function at(place: Lexeme, s: Speaker): string {
  return s.forms(place)[place.classes.has("city") ? 0 : 3];
}

/** To a place or city. */
export function to(place: Lexeme, s: Speaker): string {
  return s.forms(place)[place.classes.has("city") ? 1 : 4];
}
