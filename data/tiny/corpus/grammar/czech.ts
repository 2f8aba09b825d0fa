/**
 * Czech: dropped pronouns, the clitic auxiliary in second place, aspect, agreement of the participle.
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
  adjectiveSingular,
  at,
  person,
  thing,
  thingWithGender,
  time,
  to,
  withPreposition,
} from "./czech_phrases.ts";

/** Subject pronouns; the first and second person are dropped. */
const PRONOUNS: Record<string, string> = {
  "2w": "kdo",
  "0m": "",
  "1m": "",
  "2m": "on",
  "2f": "ona",
  "3p": "",
  "4p": "oni",
};
const CLITICS = ["jsem", "jsi", "", "jsme", ""];
const BE = ["jsem", "jsi", "je", "jsme", "jsou"];
const FINITE: Record<string, string[]> = {
  future: ["budu", "budeš", "bude", "budeme", "budou"],
  must: ["musím", "musíš", "musí", "musíme", "musí"],
  want: ["chci", "chceš", "chce", "chceme", "chtějí"],
  can: ["můžu", "můžeš", "může", "můžeme", "můžou"],
};
/** Governing verbs whose infinitive is imperfective. */
const IMPERFECTIVE = /^(begin|start|stop|like|love|enjoy|hate|learn|continue|refuse|finish)/;

/** Tenses whose participle shows the gender, so that he, she and they are dropped too. */
const SHOWN = new Set(["past", "perfect", "notYet"]);

/** Iterative verbs of motion, for what happens often. */
const ITERATIVES: Record<string, string[]> = {
  go: ["jezdím", "jezdíš", "jezdí", "jezdíme", "jezdí"],
  walk_to: ["chodím", "chodíš", "chodí", "chodíme", "chodí"],
  go_near: ["chodím", "chodíš", "chodí", "chodíme", "chodí"],
  fly: ["létám", "létáš", "létá", "létáme", "létají"],
  run_to: ["běhám", "běháš", "běhá", "běháme", "běhají"],
};

function subject(x: Subject, s: Speaker): Agreed {
  if (x.kind === "pronoun") {
    return { text: PRONOUNS[x.person + x.gender], person: x.person, gender: x.gender };
  }
  if (x.kind === "thing") {
    const { text, gender } = thingWithGender(x, "nominative", s);
    return { text, person: 2, gender };
  }
  const gender = s.forms(x.lexeme)[0];
  return { text: person(x, "nominative", s), person: personOf(x), gender };
}

/** The l-participle in the gender of its subject: přišel, přišla, přišlo, přišli, přišly. */
function participle(forms: readonly string[], gender: string): string {
  if (gender === "f") return forms[6];
  if (gender === "n") return forms[6].replace(/a$/, "o");
  if (gender === "p") return forms[7];
  return gender === "q" ? forms[7].replace(/i$/, "y") : forms[5];
}

/** Finite verb (negated where due), the infinitive after it, and whether the clitic auxiliary belongs to it. */
function verbGroup(
  c: Clause,
  who: Agreed,
  s: Speaker,
): { verb: string; rest: string; clitic: string } {
  const inner = s.forms(c.verb);
  const forms = c.governor ? s.forms(c.governor) : inner;
  const activity = inner[8] === "-";
  const imperfective = inner[inner.length - 2];
  const perfective = activity ? imperfective : inner[inner.length - 1];
  const rest = !c.governor ? "" : IMPERFECTIVE.test(c.governor.id) ? imperfective : perfective;
  const no = c.negated || c.tense === "notYet" ? "ne" : "";
  switch (c.tense) {
    case "past":
    case "perfect":
    case "notYet":
      return { verb: no + participle(forms, who.gender), rest, clitic: CLITICS[who.person] };
    case "progressive":
    case "habitual": {
      const present = c.tense === "habitual" ? ITERATIVES[c.verb.id] ?? forms : forms;
      return { verb: no + present[who.person], rest, clitic: "" };
    }
    case "future":
      if (forms[8] !== "-") return { verb: no + forms[8 + who.person], rest, clitic: "" };
      return {
        verb: no + FINITE.future[who.person],
        rest: words(forms[forms.length - 2], rest),
        clitic: "",
      };
    default:
      return {
        verb: no + FINITE[c.tense][who.person],
        rest: words(c.governor ? forms[forms.length - 1] : perfective, rest),
        clitic: "",
      };
  }
}

function adverb(c: Clause, s: Speaker): string {
  if (c.tense === "progressive") return s.either("právě", "zrovna");
  if (c.tense === "perfect") return "už";
  if (c.tense === "notYet") return "ještě";
  return c.frequency ? s.word(c.frequency) : "";
}

/** Objects and adverbials after the verb. */
function tail(c: Clause, s: Speaker): string {
  const object = c.object && c.question !== "what" && thing(c.object, "accusative", s);
  const target = c.target &&
    person(c.target, c.verb.classes.has("dative") ? "dative" : "accusative", s);
  const place = c.place && at(c.place, s);
  const objects = words(c.recipient && person(c.recipient, "dative", s), target, object);
  const around = words(
    c.companion && withPreposition(person(c.companion, "instrumental", s)),
    c.transport && s.word(c.transport),
    c.goal && to(c.goal, s),
  );
  return s.either(words(objects, around, place), words(place, objects, around));
}

const QUESTION_WORDS: Record<string, string> = { yesno: "", what: "co", where: "kde", when: "kdy" };

function clause(c: Clause, s: Speaker, mode: Mode = "main"): string {
  const agreed = subject(c.subject, s);
  const dropped = c.subject.kind === "pronoun" && c.subject.gender !== "w" && SHOWN.has(c.tense);
  const who = dropped ? { ...agreed, text: "" } : agreed;
  const group = verbGroup(c, who, s);
  const { verb, clitic } = group;
  const when = c.time && c.question !== "when" ? time(c.time, s) : "";
  const manner = c.manner ? s.word(c.manner) : "";
  const [how, rest] = group.rest ? ["", words(manner, group.rest)] : [manner, ""]; // before the full verb
  const aside = adverb(c, s);
  const end = tail(c, s);
  if (c.question === "yesno") {
    return words(aside || verb, clitic, who.text, when, aside && verb, how, rest, end);
  }
  if (c.question === "what" && c.subject.kind !== "pronoun") {
    return words("co", clitic, when, aside, how, verb, rest, who.text, end);
  }
  if (c.question) {
    return words(QUESTION_WORDS[c.question], clitic, who.text, when, aside, how, verb, rest, end);
  }
  if (mode !== "main") return words(clitic, who.text, when, aside, how, verb, rest, end);
  const opening = who.text
    ? s.either([who.text, when], [when, who.text]).filter(Boolean)
    : [when].filter(Boolean);
  if (opening.length === 0 && aside) return words(aside, clitic, how, verb, rest, end);
  if (opening.length === 0) return words(verb, clitic, rest, how, end);
  if (!who.text && !aside && s.unusual()) return words(verb, clitic, when, how, rest, end);
  const [first, ...others] = opening;
  return words(first, clitic, ...others, aside, how, verb, rest, end);
}

function state(x: State, s: Speaker): string {
  const who = subject(x.subject, s);
  const gender = who.gender === "a" ? "m" : who.gender;
  const when = x.time ? time(x.time, s) : "";
  let predicate = "";
  if (x.adjective) {
    const forms = s.forms(x.adjective);
    const comparative = forms[3]; // soft: the same in all genders
    predicate = x.than
      ? `${comparative} než ${thing(x.than, "nominative", s)}`
      : words(x.degree && s.word(x.degree), adjectiveSingular(forms, gender, "nominative"));
  } else if (x.job) predicate = s.forms(x.job)[x.tense === "present" ? 1 : 5];
  const rest = words(predicate, x.place && at(x.place, s));
  const past: Record<string, string> = { m: "byl", f: "byla", n: "bylo", p: "byli", q: "byly" };
  const verb = x.tense === "past"
    ? past[gender]
    : (x.tense === "future" ? FINITE.future : BE)[who.person];
  const clitic = x.tense === "past" ? CLITICS[who.person] : "";
  const shown = x.tense === "past" && x.subject.kind === "pronoun" ? "" : who.text;
  if (!shown) return when ? words(when, clitic, verb, rest) : words(verb, clitic, rest);
  return when
    ? s.either(words(shown, verb, when, rest), words(when, verb, shown, rest))
    : words(shown, verb, rest);
}

/** Czech. */
export const czech: Grammar = { clause, state, subject, thing, person, time, at, to };
