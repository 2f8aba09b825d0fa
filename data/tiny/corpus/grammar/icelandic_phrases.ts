/**
 * Icelandic noun phrases: the suffixed article, strong and weak adjectives, possessives after the noun.
 * @module
 */
import type { Case, Owner, PersonPhrase, ThingPhrase, Time } from "../features.ts";
import type { Lexeme } from "../lexicon.ts";
import { type Speaker, words } from "../speaker.ts";

/** minn by case and gender; þinn and sinn differ in the first letter. */
const MINN: Record<string, Record<string, string>> = {
  nominative: { m: "minn", f: "mín", n: "mitt", mp: "mínir", fp: "mínar", np: "mín" },
  accusative: { m: "minn", f: "mína", n: "mitt", mp: "mína", fp: "mínar", np: "mín" },
  dative: { m: "mínum", f: "minni", n: "mínu", mp: "mínum", fp: "mínum", np: "mínum" },
};
const THIS: Record<string, Record<string, string>> = {
  nominative: { m: "þessi", f: "þessi", n: "þetta" },
  accusative: { m: "þennan", f: "þessa", n: "þetta" },
};
const SOME: Record<string, string> = { m: "nokkra", f: "nokkrar", n: "nokkur" };
const WEAK: Record<string, Record<string, string>> = {
  nominative: { m: "i", f: "a", n: "a" },
  accusative: { m: "a", f: "u", n: "a" },
};

/** minn, þinn, okkar; sinn when the owner is a third person and the subject. */
export function possessive(owner: Owner, reflexive: boolean, gender: string, which: Case): string {
  if (owner === "our") return "okkar";
  const minn = MINN[which][gender];
  if (owner === "my") return minn;
  if (owner === "your") return minn.replace("m", "þ");
  if (reflexive) return minn.replace("m", "s");
  return { his: "hans", her: "hennar", their: "þeirra" }[owner];
}

/** A weak adjective: nýi, nýja, nýju; an ending in u turns the stem's last a into ö (gömlu), in -að- into u (biluðu). */
export function weakAdjective(forms: readonly string[], gender: string, which: Case): string {
  const stem = forms[4];
  if (forms[0] === forms[2]) return forms[0]; // indeclinable, such as spennandi
  const ending = WEAK[which][gender];
  if (ending === "i") return stem.replace(/j$/, "") + "i";
  if (ending === "u") {
    return stem.replace(/(\p{L}{3,})að$/u, "$1uð").replace(/a([^aáeéiíoóuúyýæö]*)$/, "ö$1") + "u";
  }
  return stem + ending;
}

/** A strong adjective in the singular. */
export function strongAdjective(forms: readonly string[], gender: string, which: Case): string {
  const [m, f, n, mAccusative, stem] = forms;
  if (gender === "n" || m === n) return n;
  if (gender === "m") return which === "accusative" ? mAccusative : m;
  return which === "accusative" ? stem + "a" : f;
}

/** A strong adjective in the accusative plural. */
function pluralAdjective(forms: readonly string[], gender: string): string {
  const [m, f, n, , stem] = forms;
  if (m === n) return m;
  if (gender === "n") return f;
  return stem + (gender === "m" ? "a" : "ar");
}

/** A person in nominative, accusative or dative (also for the instrumental: after "með"). */
export function person(p: PersonPhrase, which: Case, s: Speaker): string {
  const forms = s.forms(p.lexeme);
  const form = which === "instrumental" ? "dative" : which;
  const index = { nominative: 1, accusative: 2, dative: 3, genitive: 0 }[form];
  if (p.lexeme.classes.has("name")) return forms[index];
  if (!p.owner) return forms[index + 3];
  return `${forms[index]} ${possessive(p.owner, p.reflexive ?? false, forms[0], form)}`;
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
  const adjective = t.adjective && s.forms(t.adjective);
  const accusative = which === "accusative";
  const weak = adjective && weakAdjective(adjective, gender, which);
  const strong = adjective && strongAdjective(adjective, gender, which);
  const plural = words(adjective && pluralAdjective(adjective, gender), forms[6]);
  const indefinite = forms[accusative ? 2 : 1];
  const definite = forms[accusative ? 4 : 3];
  switch (t.determiner) {
    case "definite":
      return { text: words(weak, definite), gender };
    case "this":
      return { text: words(THIS[which][gender], weak, indefinite), gender };
    case "owned":
      return {
        text: words(weak, definite, possessive(t.owner!, t.reflexive ?? false, gender, which)),
        gender,
      };
    case "some":
      return { text: words(SOME[gender], plural), gender };
    case "number": {
      const numeral = s.forms(t.numeral!);
      return { text: words(numeral[{ m: 0, f: 1, n: 2 }[gender]!] ?? numeral[0], plural), gender };
    }
    case "bare":
      return { text: t.mass ? words(strong, indefinite) : plural, gender };
    case "indefinite":
      return { text: words(strong, indefinite), gender };
  }
}

/** A time, with its clock time. */
export function time(t: Time, s: Speaker): string {
  return words(s.word(t.lexeme), t.clock && `klukkan ${t.clock}`);
}

/** At a place or in a city. */
export function at(place: Lexeme, s: Speaker): string {
  return s.forms(place)[place.classes.has("city") ? 0 : 3];
}

/** To a place or city. */
export function to(place: Lexeme, s: Speaker): string {
  return s.forms(place)[place.classes.has("city") ? 1 : 4];
}
