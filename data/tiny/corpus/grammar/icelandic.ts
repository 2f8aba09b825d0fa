/**
 * Icelandic: verb second with inversion, "vera að", "mun", supine after "hafa" and "geta", subjunctive in reported speech.
 * @module
 */
import {
  type Agreed,
  type Clause,
  type Grammar,
  type Mode,
  personOf,
  type State,
  type Subject,
} from "../features.ts";
import { type Speaker, words } from "../speaker.ts";
import {
  at,
  person,
  strongAdjective,
  thing,
  thingWithGender,
  time,
  to,
} from "./icelandic_phrases.ts";

const PRONOUNS: Record<string, string> = {
  "2w": "hver",
  "0m": "ég",
  "1m": "þú",
  "2m": "hann",
  "2f": "hún",
  "3p": "við",
  "4p": "þeir",
};

/** Auxiliaries: indicative, then present subjunctive. */
const AUXILIARIES: Record<string, [string[], string[]]> = {
  vera: [["er", "ert", "er", "erum", "eru"], ["sé", "sért", "sé", "séum", "séu"]],
  hafa: [["hef", "hefur", "hefur", "höfum", "hafa"], ["hafi", "hafir", "hafi", "höfum", "hafi"]],
  munu: [["mun", "munt", "mun", "munum", "munu"], ["muni", "munir", "muni", "munum", "muni"]],
  verða: [["verð", "verður", "verður", "verðum", "verða"], [
    "verði",
    "verðir",
    "verði",
    "verðum",
    "verði",
  ]],
  þurfa: [["þarf", "þarft", "þarf", "þurfum", "þurfa"], [
    "þurfi",
    "þurfir",
    "þurfi",
    "þurfum",
    "þurfi",
  ]],
  vilja: [["vil", "vilt", "vill", "viljum", "vilja"], [
    "vilji",
    "viljir",
    "vilji",
    "viljum",
    "vilji",
  ]],
  geta: [["get", "getur", "getur", "getum", "geta"], ["geti", "getir", "geti", "getum", "geti"]],
};
const WAS = ["var", "varst", "var", "vorum", "voru"];
/** Governing verbs followed by the bare infinitive. */
const BARE = new Set(["vilja", "munu", "skulu", "mega"]);

function subject(x: Subject, s: Speaker): Agreed {
  if (x.kind === "pronoun") {
    return { text: PRONOUNS[x.person + x.gender], person: x.person, gender: x.gender };
  }
  if (x.kind === "thing") {
    const { text, gender } = thingWithGender(x, "nominative", s);
    return { text, person: 2, gender };
  }
  return { text: person(x, "nominative", s), person: personOf(x), gender: s.forms(x.lexeme)[0] };
}

/** The present subjunctive of a full verb, from its infinitive: kaupi, kaupir, kaupi, (kaupum), kaupi. */
export function presentSubjunctive(forms: readonly string[], who: number): string {
  if (who === 3) return forms[3];
  const stem = forms[10].replace(/a$/, "").replace(/([gk])j$/, "$1");
  return stem + (who === 1 ? "ir" : "i");
}

/** Finite verb and what closes the verb group ("að kaupa", "keypt"). */
function verbGroup(c: Clause, who: number, mode: Mode, s: Speaker): [string, string] {
  const inner = s.forms(c.verb);
  const forms = c.governor ? s.forms(c.governor) : inner;
  const tail = c.governor ? (BARE.has(forms[10]) ? inner[10] : `að ${inner[10]}`) : "";
  const [infinitive, supine] = forms.slice(10);
  const reported = mode === "reported";
  const auxiliary = (verb: string) => AUXILIARIES[verb][reported ? 1 : 0][who];
  switch (c.tense) {
    case "past":
      return reported ? [auxiliary("hafa"), words(supine, tail)] : [forms[5 + who], tail];
    case "perfect":
    case "notYet":
      return [auxiliary("hafa"), words(supine, tail)];
    case "habitual":
      return [reported ? presentSubjunctive(forms, who) : forms[who], tail];
    case "progressive":
      return [auxiliary("vera"), words("að", infinitive, tail)];
    case "future":
      if (c.time && !reported && s.unusual()) return [forms[who], tail]; // the time already says it
      return [auxiliary("munu"), words(infinitive, tail)];
    case "must":
      return [auxiliary(s.either("verða", "þurfa")), words("að", infinitive, tail)];
    case "want":
      return [auxiliary("vilja"), words(infinitive, tail)];
    case "can":
      return [auxiliary("geta"), words(supine, tail)];
  }
}

function adverb(c: Clause, s: Speaker): string {
  if (c.tense === "perfect") return "þegar";
  if (c.tense === "notYet") return s.either("ekki enn", "enn ekki");
  return words(c.frequency && s.word(c.frequency), c.negated && "ekki");
}

const QUESTION_WORDS: Record<string, string> = {
  yesno: "",
  what: "hvað",
  where: "hvar",
  when: "hvenær",
};

function clause(c: Clause, s: Speaker, mode: Mode = "main"): string {
  const who = subject(c.subject, s);
  const [finite, group] = verbGroup(c, who.person, mode, s);
  const when = c.time && c.question !== "when" ? time(c.time, s) : "";
  const receiver = c.recipient ?? (c.verb.classes.has("dative") ? c.target : undefined);
  const now = c.tense === "progressive" && !when ? s.either("", "núna") : "";
  const tail = words(
    receiver && person(receiver, "dative", s),
    c.target && !receiver && person(c.target, "accusative", s),
    c.object && c.question !== "what" && thing(c.object, "accusative", s),
    c.manner && s.word(c.manner),
    c.goal && to(c.goal, s),
    c.transport && s.word(c.transport),
    c.companion && `með ${person(c.companion, "dative", s)}`,
    c.place && at(c.place, s),
    now,
  );
  const rest = words(adverb(c, s), group, tail);
  if (c.question) return words(QUESTION_WORDS[c.question], finite, who.text, rest, when);
  if (mode === "main" && when && s.unusual()) return words(when, finite, who.text, rest);
  return words(who.text, finite, rest, when);
}

function state(x: State, s: Speaker): string {
  const who = subject(x.subject, s);
  const gender = who.gender.replace("p", "") || "m";
  const finite = x.tense === "past"
    ? WAS[who.person]
    : AUXILIARIES[x.tense === "future" ? "verða" : "vera"][0][who.person];
  let predicate = "";
  if (x.adjective) {
    const forms = s.forms(x.adjective);
    predicate = x.than
      ? `${gender === "n" ? forms[5].replace(/i$/, "a") : forms[5]} en ${
        thing(x.than, "nominative", s)
      }`
      : words(x.degree && s.word(x.degree), strongAdjective(forms, gender, "nominative"));
  } else if (x.job) predicate = s.forms(x.job)[1];
  const rest = words(predicate, x.place && at(x.place, s));
  const when = x.time && time(x.time, s);
  if (when && s.unusual()) return words(when, finite, who.text, rest);
  return words(who.text, finite, rest, when);
}

/** Icelandic. */
export const icelandic: Grammar = { clause, state, subject, thing, person, time, at, to };
