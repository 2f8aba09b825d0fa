/**
 * English: do-support, -s, progressive and perfect, one order for objects, time first or last.
 * @module
 */
import {
  type Agreed,
  type Case,
  type Clause,
  type Grammar,
  type Mode,
  personOf,
  type PersonPhrase,
  type State,
  type Subject,
  type ThingPhrase,
  type Time,
} from "../features.ts";
import type { Lexeme } from "../lexicon.ts";
import { type Speaker, words } from "../speaker.ts";

const PRONOUNS: Record<string, string> = {
  "2w": "who",
  "0m": "I",
  "1m": "you",
  "2m": "he",
  "2f": "she",
  "3p": "we",
  "4p": "they",
};
const BE = {
  present: ["am", "are", "is", "are", "are"],
  past: ["was", "were", "was", "were", "were"],
};
/** Verbs whose recipient takes "for" instead of "to" when it comes last. */
const FOR = new Set([
  "buy_for",
  "order_for",
  "buy",
  "cook",
  "find",
  "choose",
  "get",
  "make",
  "bake",
  "fetch",
]);

/** "a" or "an" before a word. */
export function article(next: string): string {
  return /^([aeio]|umb|unu|unc|ugly|und|hour|honest)/i.test(next) && !/^(one|euro)/.test(next)
    ? "an"
    : "a";
}

function person(p: PersonPhrase, _which: Case, s: Speaker): string {
  const word = s.word(p.lexeme);
  if (p.lexeme.classes.has("name")) return word;
  return `${p.owner ?? "the"} ${word}`;
}

function thing(t: ThingPhrase, _which: Case, s: Speaker): string {
  const forms = s.forms(t.lexeme);
  const adjective = t.adjective && s.forms(t.adjective)[0];
  const singular = words(adjective, forms[0]);
  const plural = words(adjective, forms[1]);
  switch (t.determiner) {
    case "definite":
      return `the ${singular}`;
    case "indefinite":
      return `${article(singular)} ${singular}`;
    case "this":
      return `this ${singular}`;
    case "owned":
      return `${t.owner} ${singular}`;
    case "some":
      return `${s.either("some", "a few")} ${plural}`;
    case "number":
      return `${s.word(t.numeral!)} ${plural}`;
    case "bare":
      return t.mass ? singular : plural;
  }
}

function subject(x: Subject, s: Speaker): Agreed {
  if (x.kind === "pronoun") {
    return { text: PRONOUNS[x.person + x.gender], person: x.person, gender: x.gender };
  }
  const text = x.kind === "person" ? person(x, "nominative", s) : thing(x, "nominative", s);
  return { text, person: personOf(x), gender: "" };
}

function time(t: Time, s: Speaker): string {
  return words(s.word(t.lexeme), t.clock && `at ${t.clock}`);
}

/** At a place or in a city. */
function at(place: Lexeme, s: Speaker): string {
  return place.classes.has("city") ? `in ${s.word(place)}` : s.forms(place)[1];
}

/** To a place or city. */
function to(place: Lexeme, s: Speaker): string {
  return place.classes.has("city") ? `to ${s.word(place)}` : s.forms(place)[2];
}

/** The auxiliary, if any, and the main verb with what stands between. */
function verbGroup(c: Clause, who: number, s: Speaker): { auxiliary: string; main: string } {
  const forms = s.forms(c.verb);
  const [base, third, past, participle, ing] = c.governor ? s.forms(c.governor) : forms;
  const tail = c.governor ? (c.governor.id === "stop" ? ` ${forms[4]}` : ` to ${forms[0]}`) : "";
  const not = c.negated ? "not" : "";
  const frequency = c.frequency && s.word(c.frequency);
  const supported = c.negated || c.question;
  const group = (auxiliary: string, main: string) => ({
    auxiliary: words(auxiliary, not),
    main: words(frequency, main) + tail,
  });
  switch (c.tense) {
    case "past":
      return supported ? group("did", base) : group("", past);
    case "habitual":
      if (supported) return group(who === 2 ? "does" : "do", base);
      return group("", who === 2 ? third : base);
    case "progressive":
      return group(BE.present[who], ing);
    case "future":
      return group("will", base);
    case "must":
      return s.either(group("must", base), group("", `${who === 2 ? "has" : "have"} to ${base}`));
    case "want":
      if (supported) return group(who === 2 ? "does" : "do", `want to ${base}`);
      return group("", `${who === 2 ? "wants" : "want"} to ${base}`);
    case "can":
      return c.negated ? { auxiliary: "cannot", main: base + tail } : group("can", base);
    case "perfect":
      return group(who === 2 ? "has" : "have", `already ${participle}`);
    case "notYet":
      return group(`${who === 2 ? "has" : "have"} not`, participle);
  }
}

function clause(c: Clause, s: Speaker, mode: Mode = "main"): string {
  const who = subject(c.subject, s);
  const { auxiliary, main } = verbGroup(c, who.person, s);
  const object = c.question !== "what" && c.object && thing(c.object, "accusative", s);
  const target = c.target && person(c.target, "accusative", s);
  let objects = words(target, object);
  if (c.recipient) {
    const recipient = person(c.recipient, "dative", s);
    const preposition = FOR.has(c.verb.id) ? "for" : "to";
    objects = s.either(words(recipient, object), words(object, preposition, recipient));
  }
  const when = c.time && c.question !== "when" && time(c.time, s);
  const tail = words(
    objects,
    c.manner && s.word(c.manner),
    c.goal && to(c.goal, s),
    c.transport && s.word(c.transport),
    c.companion && `with ${person(c.companion, "instrumental", s)}`,
    c.place && at(c.place, s),
    c.tense === "notYet" && "yet",
  );
  if (c.question) {
    const asked = c.question === "yesno" ? "" : c.question;
    const [first, ...rest] = auxiliary.split(" ");
    return words(asked, first, who.text, ...rest, main, tail, when);
  }
  const core = words(who.text, auxiliary, main, tail);
  const first = when && mode === "main" && s.unusual();
  return first ? words(when, core) : words(core, when);
}

function state(x: State, s: Speaker): string {
  const who = subject(x.subject, s);
  const be = x.tense === "future" ? "will be" : BE[x.tense][who.person];
  let predicate = "";
  if (x.adjective) {
    const [positive, comparative] = s.forms(x.adjective);
    predicate = x.than
      ? `${comparative} than ${thing(x.than, "nominative", s)}`
      : words(x.degree && s.word(x.degree), positive);
  } else if (x.job) {
    const job = s.word(x.job);
    predicate = `${article(job)} ${job}`;
  }
  return words(who.text, be, predicate, x.place && at(x.place, s), x.time && time(x.time, s));
}

/** English. */
export const english: Grammar = { clause, state, subject, thing, person, time, at, to };
