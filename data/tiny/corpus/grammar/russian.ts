/**
 * Russian: aspect, past tense that agrees in gender, no present "to be", free order of adverbials.
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
} from "./russian_phrases.ts";

const PRONOUNS: Record<string, string> = {
  "2w": "кто",
  "0m": "я",
  "1m": "ты",
  "2m": "он",
  "2f": "она",
  "3p": "мы",
  "4p": "они",
};
const BUDU = ["буду", "будешь", "будет", "будем", "будут"];
const WANT = ["хочу", "хочешь", "хочет", "хотим", "хотят"];
const CAN = ["могу", "можешь", "может", "можем", "могут"];
const MUST: Record<string, string> = { m: "должен", f: "должна", n: "должно", p: "должны" };
const WAS: Record<string, string> = { m: "был", f: "была", n: "было", p: "были" };
/** Governing verbs whose infinitive is imperfective. */
const IMPERFECTIVE = /^(begin|start|stop|like|love|enjoy|hate|learn|continue|refuse|finish)/;

/** Verbs of motion for what happens often. */
const ITERATIVES: Record<string, string[]> = {
  go: ["езжу", "ездишь", "ездит", "ездим", "ездят"],
  walk_to: ["хожу", "ходишь", "ходит", "ходим", "ходят"],
  go_near: ["хожу", "ходишь", "ходит", "ходим", "ходят"],
  fly: ["летаю", "летаешь", "летает", "летаем", "летают"],
  run_to: ["бегаю", "бегаешь", "бегает", "бегаем", "бегают"],
};

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

/** The verb with its negation, auxiliaries and infinitives, and the manner before the full verb. */
function verbGroup(c: Clause, who: Agreed, s: Speaker): string {
  const how = c.manner && s.word(c.manner);
  const inner = s.forms(c.verb);
  const forms = c.governor ? s.forms(c.governor) : inner;
  const activity = inner[8] === "-";
  const imperfective = inner[inner.length - 2];
  const perfective = activity || (c.negated && c.tense === "want")
    ? imperfective
    : inner[inner.length - 1];
  const rest = !c.governor ? "" : IMPERFECTIVE.test(c.governor.id) ? imperfective : perfective;
  const infinitive = c.governor ? forms[forms.length - 1] : perfective;
  const no = c.negated || c.tense === "notYet" ? "не" : "";
  const past = forms[{ m: 5, f: 6, p: 7 }[who.gender] ?? 5];
  switch (c.tense) {
    case "past":
    case "perfect":
    case "notYet":
      return words(how, no, past, rest);
    case "progressive":
      return words(how, no, forms[who.person], rest);
    case "habitual":
      return words(how, no, (ITERATIVES[c.verb.id] ?? forms)[who.person], rest);
    case "future":
      if (forms[8] !== "-") return words(how, no, forms[8 + who.person], rest);
      return words(no, BUDU[who.person], how, forms[forms.length - 2], rest);
    case "must":
      return words(no, MUST[who.gender], how, infinitive, rest);
    case "want":
      return words(no, WANT[who.person], how, infinitive, rest);
    case "can":
      return words(no, CAN[who.person], how, infinitive, rest);
  }
}

function adverb(c: Clause, s: Speaker): string {
  if (c.tense === "progressive") return "сейчас";
  if (c.tense === "perfect") return "уже";
  if (c.tense === "notYet") return "ещё";
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
    c.goal && to(c.goal, s),
    c.transport && s.word(c.transport),
  );
  return s.either(words(objects, around, place), words(place, objects, around));
}

const QUESTION_WORDS: Record<string, string> = {
  yesno: "",
  what: "что",
  where: "где",
  when: "когда",
};

function clause(c: Clause, s: Speaker, mode: Mode = "main"): string {
  const who = subject(c.subject, s);
  const when = c.time && c.question !== "when" ? time(c.time, s) : "";
  const [aside, verb, end] = [adverb(c, s), verbGroup(c, who, s), tail(c, s)];
  const core = words(aside, verb, end);
  if (c.question === "what" && c.subject.kind !== "pronoun") {
    return words("что", when, aside, verb, who.text, end);
  }
  if (c.question) return words(QUESTION_WORDS[c.question], who.text, when, core);
  const opening = mode === "main"
    ? s.either(words(when, who.text), words(who.text, when))
    : words(who.text, when);
  return words(opening, core);
}

function state(x: State, s: Speaker): string {
  const who = subject(x.subject, s);
  const when = x.time ? time(x.time, s) : "";
  const verb = x.tense === "past" ? WAS[who.gender] : x.tense === "future" ? BUDU[who.person] : "";
  let predicate = "";
  if (x.adjective) {
    const forms = s.forms(x.adjective);
    predicate = x.than
      ? `${forms[6]}, чем ${thing(x.than, "nominative", s)}`
      : words(x.degree && s.word(x.degree), adjectiveSingular(forms, who.gender, "nominative"));
  } else if (x.job) {
    const dash = x.subject.kind === "pronoun" ? "" : "—";
    predicate = x.tense === "present" ? words(dash, s.forms(x.job)[1]) : s.forms(x.job)[5];
  }
  const opening = s.either(words(when, who.text), words(who.text, when));
  return words(opening, verb, predicate, x.place && at(x.place, s));
}

/** Russian. */
export const russian: Grammar = { clause, state, subject, thing, person, time, at, to };
