/**
 * German: verb second, verb last in subordinate clauses, perfect with haben or sein, separable verbs.
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
import { at, definiteArticle, person, thing, time, to } from "./german_phrases.ts";

const PRONOUNS: Record<string, string> = {
  "2w": "wer",
  "0m": "ich",
  "1m": "du",
  "2m": "er",
  "2f": "sie",
  "3p": "wir",
  "4p": "sie",
};
const AUXILIARIES: Record<string, string[]> = {
  haben: ["habe", "hast", "hat", "haben", "haben"],
  sein: ["bin", "bist", "ist", "sind", "sind"],
  werden: ["werde", "wirst", "wird", "werden", "werden"],
  must: ["muss", "musst", "muss", "müssen", "müssen"],
  want: ["will", "willst", "will", "wollen", "wollen"],
  can: ["kann", "kannst", "kann", "können", "können"],
};
const WAS = ["war", "warst", "war", "waren", "waren"];
/** Verbs that take an infinitive without "zu". */
const MODALS = new Set([
  "wollen",
  "mögen",
  "möchten",
  "können",
  "dürfen",
  "müssen",
  "sollen",
  "lassen",
  "gehen",
]);

/** Finite verb, what closes the clause, and the separable prefix the finite verb lost. */
interface VerbGroup {
  finite: string;
  end: string;
  prefix: string;
}

function subject(x: Subject, s: Speaker): Agreed {
  if (x.kind === "pronoun") {
    return { text: PRONOUNS[x.person + x.gender], person: x.person, gender: x.gender };
  }
  const text = x.kind === "person" ? person(x, "nominative", s) : thing(x, "nominative", s);
  return { text, person: personOf(x), gender: "" };
}

function verbGroup(c: Clause, forms: readonly string[], who: number, s: Speaker): VerbGroup {
  const [infinitive, participle, auxiliary] = forms.slice(4);
  const present = { finite: forms[Math.min(who, 3)], end: "", prefix: (forms[7] ?? "").slice(1) };
  switch (c.tense) {
    case "progressive":
    case "habitual":
      return present;
    case "past":
    case "perfect":
    case "notYet":
      return { finite: AUXILIARIES[auxiliary][who], end: participle, prefix: "" };
    case "future":
      if (c.time && s.unusual()) return present; // the time already says it
      return { finite: AUXILIARIES.werden[who], end: infinitive, prefix: "" };
    default:
      return { finite: AUXILIARIES[c.tense][who], end: infinitive, prefix: "" };
  }
}

/** "zu lesen", "anzurufen". */
function zuInfinitive(forms: readonly string[]): string {
  const prefix = forms[7]?.slice(1);
  return prefix ? `${prefix}zu${forms[4].slice(prefix.length)}` : `zu ${forms[4]}`;
}

function particle(c: Clause, s: Speaker): string {
  if (c.tense === "progressive") return "gerade";
  if (c.tense === "perfect") return s.either("schon", "bereits");
  if (c.tense === "notYet") return bareObject(c) ? "noch" : "noch nicht";
  return c.negated && !bareObject(c) ? "nicht" : "";
}

const bareObject = (c: Clause) =>
  c.object?.determiner === "bare" || c.object?.determiner === "indefinite";

/** Everything between the finite verb and the end, apart from the subject and a fronted time. */
function middle(c: Clause, s: Speaker, when: string): string {
  const receiver = c.recipient ?? (c.verb.classes.has("dative") ? c.target : undefined);
  const dative = receiver && person(receiver, "dative", s);
  const accusative = c.target && !receiver && person(c.target, "accusative", s);
  const object = c.object && c.question !== "what" &&
    thing(c.object, "accusative", s, c.negated || c.tense === "notYet");
  const known = object && !bareObject(c) && c.object!.determiner !== "some" &&
    c.object!.determiner !== "number";
  const adverb = particle(c, s);
  const closeObject = known && /nicht|schon|bereits/.test(adverb);
  const people = words(dative, accusative);
  const early = words(people, closeObject && object);
  const frequency = c.frequency && s.word(c.frequency);
  const opening = s.either(words(when, frequency, early), words(early, when, frequency));
  return words(
    opening,
    adverb,
    c.companion && `mit ${person(c.companion, "dative", s)}`,
    c.place && at(c.place, s),
    !closeObject && object,
    c.manner && s.word(c.manner),
    c.transport && s.word(c.transport),
    c.goal && to(c.goal, s),
  );
}

const QUESTION_WORDS: Record<string, string> = {
  yesno: "",
  what: "was",
  where: "wo",
  when: "wann",
};

function clause(c: Clause, s: Speaker, mode: Mode = "main"): string {
  const who = subject(c.subject, s);
  const forms = s.forms(c.verb);
  const governor = c.governor && s.forms(c.governor);
  const group = verbGroup(c, governor ?? forms, who.person, s);
  const when = c.time && c.question !== "when" ? time(c.time, s) : "";
  const fronted = mode === "main" && !c.question && when !== "" && s.unusual();
  let inner = middle(c, s, fronted ? "" : when);
  let after = "";
  if (governor && MODALS.has(governor[4])) inner = words(inner, forms[4]);
  else if (governor) {
    const { time: _t, frequency, ...rest } = c;
    after = ", " +
      words(middle({ ...rest, tense: "habitual", negated: false }, s, ""), zuInfinitive(forms));
    inner = words(!fronted && when, frequency && s.word(frequency), particle(c, s));
  }
  if (mode !== "main") {
    return words(who.text, inner, group.end, group.prefix + group.finite) + after;
  }
  if (c.question) {
    return words(
      QUESTION_WORDS[c.question],
      group.finite,
      who.text,
      inner,
      group.end,
      group.prefix,
    ) + after;
  }
  const head = fronted ? [when, group.finite, who.text] : [who.text, group.finite];
  return words(...head, inner, group.end, group.prefix) + after;
}

function state(x: State, s: Speaker): string {
  const who = subject(x.subject, s);
  const future = x.tense === "future";
  const finite = x.tense === "past"
    ? WAS[who.person]
    : AUXILIARIES[future ? "werden" : "sein"][who.person];
  let predicate = "";
  if (x.adjective) {
    const [, positive, comparative] = s.forms(x.adjective);
    predicate = x.than
      ? `${comparative} als ${thing(x.than, "nominative", s)}`
      : words(x.degree && s.word(x.degree), positive);
  } else if (x.job) predicate = s.forms(x.job)[1];
  const rest = words(x.place && at(x.place, s), predicate, future && "sein");
  const when = x.time && time(x.time, s);
  if (when && s.unusual()) return words(when, finite, who.text, rest);
  return words(who.text, finite, when, rest);
}

/** German. */
export const german: Grammar = { clause, state, subject, thing, person, time, at, to };

/** "der Zug": a noun of the files `places` and `departures` with its article. */
export function withArticle(forms: readonly string[]): string {
  return `${definiteArticle(forms[0], "nominative")} ${forms[1]}`;
}
