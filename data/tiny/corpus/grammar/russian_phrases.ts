/**
 * Russian noun phrases: case, animacy, possessives, numerals, vocalised prepositions.
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

/** Endings of мо-, тво-, сво- by case, then gender: m (inanimate), a (animate), f, n, p (persons). */
const MOJ: Record<Case, Record<string, string>> = {
  nominative: { m: "й", a: "й", f: "я", n: "ё", p: "и" },
  genitive: { m: "его", a: "его", f: "ей", n: "его", p: "их" },
  accusative: { m: "й", a: "его", f: "ю", n: "ё", p: "их" },
  dative: { m: "ему", a: "ему", f: "ей", n: "ему", p: "им" },
  instrumental: { m: "им", a: "им", f: "ей", n: "им", p: "ими" },
};
const NASH: Record<Case, Record<string, string>> = {
  nominative: { m: "", a: "", f: "а", n: "е", p: "и" },
  genitive: { m: "его", a: "его", f: "ей", n: "его", p: "их" },
  accusative: { m: "", a: "его", f: "у", n: "е", p: "их" },
  dative: { m: "ему", a: "ему", f: "ей", n: "ему", p: "им" },
  instrumental: { m: "им", a: "им", f: "ей", n: "им", p: "ими" },
};
const ETOT: Record<string, Record<string, string>> = {
  nominative: { m: "этот", a: "этот", f: "эта", n: "это" },
  accusative: { m: "этот", a: "этого", f: "эту", n: "это" },
};
const STEMS: Partial<Record<Owner, string>> = { my: "мо", your: "тво" };

/** мой, твой, наш, or свой when the owner is the subject. */
export function possessive(owner: Owner, reflexive: boolean, gender: string, which: Case): string {
  if (reflexive) return "сво" + MOJ[which][gender];
  if (owner === "our") return "наш" + NASH[which][gender];
  const stem = STEMS[owner];
  if (stem) return stem + MOJ[which][gender];
  throw new RangeError(
    `Cannot decline the Russian possessive of ${owner}: only свой stands for it here`,
  );
}

/** "с" or "со" before the next word: со студентом, со своим, с сестрой. */
export function withPreposition(next: string): string {
  return `${/^([сзшж][бвгджзклмнпрстфхцчшщ]|щ)/i.test(next) ? "со" : "с"} ${next}`;
}

/** The masculine or neuter genitive of an adjective, which is also the accusative of what lives: нового, хорошего, синего. */
export function adjectiveGenitive(masculine: string): string {
  const stem = masculine.slice(0, -2);
  const soft = masculine.endsWith("ий") && !/[гкх]$/.test(stem);
  return stem + (soft ? "его" : "ого");
}

/** An adjective beside a noun: nominative or accusative singular. */
export function adjectiveSingular(forms: readonly string[], gender: string, which: Case): string {
  const [m, f, n, fAccusative] = forms;
  if (gender === "f") return which === "accusative" ? fAccusative : f;
  if (gender === "n") return n;
  return gender === "a" && which === "accusative" ? adjectiveGenitive(m) : m;
}

/** A person in any case. */
export function person(p: PersonPhrase, which: Case, s: Speaker): string {
  const forms = s.forms(p.lexeme);
  const noun = forms[PERSON_CASES[which]];
  if (!p.owner) return noun;
  const gender = forms[0] === "m" ? "a" : forms[0];
  return `${possessive(p.owner, p.reflexive ?? false, gender, which)} ${noun}`;
}

/**
 * A noun after 2, 3 or 4: the genitive singular, but with its own adjective in the plural: две стиральные машины, два письменных стола.
 */
function paucal(forms: readonly string[]): string {
  const [adjective, ...rest] = forms[2].split(" ");
  if (rest.length === 0 || !/(ого|его|ой|ей)$/.test(adjective)) return forms[2];
  const plural = forms[forms[0] === "f" ? 4 : 6].split(" ")[0];
  return words(plural, ...rest);
}

function counted(t: ThingPhrase, forms: readonly string[], which: Case, s: Speaker): string {
  const gender = forms[0];
  const adjective = t.adjective && s.forms(t.adjective);
  const numeral = s.forms(t.numeral!);
  const few = numeral.length > 1;
  if (few && which === "accusative" && t.lexeme.classes.has("animal")) {
    return words(numeral[3], adjective?.[5], forms[6]);
  }
  const word = few ? numeral[{ m: 0, f: 1, n: 2 }[gender]!] : numeral[0];
  const described = few && gender === "f" ? adjective?.[4] : adjective?.[5];
  return words(word, described, few ? paucal(forms) : forms[6]);
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
  if (t.determiner === "number") return { text: counted(t, forms, which, s), gender };
  const alive = gender === "m" && t.lexeme.classes.has("animal") ? "a" : gender;
  const noun = which === "accusative" ? forms[3] : forms[1];
  const adjective = t.adjective && s.forms(t.adjective);
  const described = words(adjective && adjectiveSingular(adjective, alive, which), noun);
  switch (t.determiner) {
    case "this":
      return { text: words(ETOT[which][alive], described), gender };
    case "owned":
      return {
        text: words(possessive(t.owner!, t.reflexive ?? false, alive, which), described),
        gender,
      };
    case "some":
      return { text: words("несколько", adjective?.[5], forms[6]), gender };
    case "bare":
      if (t.mass) return { text: described, gender };
      return { text: words(adjective?.[t.lexeme.classes.has("animal") ? 5 : 4], forms[5]), gender };
    default:
      return { text: described, gender };
  }
}

/** A time, with its clock time. */
export function time(t: Time, s: Speaker): string {
  return words(s.word(t.lexeme), t.clock && `в ${t.clock}`);
}

/** At a place or in a city. */
export function at(place: Lexeme, s: Speaker): string {
  return s.forms(place)[place.classes.has("city") ? 0 : 3];
}

/** To a place or city. */
export function to(place: Lexeme, s: Speaker): string {
  return s.forms(place)[place.classes.has("city") ? 1 : 4];
}
