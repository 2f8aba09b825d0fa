/**
 * Chinese: measure words, 了 after finished acts, time before place before verb, no inflection and no spaces.
 * @module
 */
import {
  type Agreed,
  type Case,
  type Clause,
  type Grammar,
  type Owner,
  personOf,
  type PersonPhrase,
  type State,
  type Subject,
  type ThingPhrase,
  type Time,
} from "../features.ts";
import type { Lexeme } from "../lexicon.ts";
import type { Speaker } from "../speaker.ts";

const PRONOUNS: Record<string, string> = {
  "2w": "谁",
  "0m": "我",
  "1m": "你",
  "2m": "他",
  "2f": "她",
  "3p": "我们",
  "4p": "他们",
};
const OWNERS: Record<Owner, string> = {
  my: "我",
  your: "你",
  his: "他",
  her: "她",
  our: "我们",
  their: "他们",
};
/** Adjectives of one syllable that stand before a noun without 的. */
const SHORT = new Set([..."新旧大小好老"]);

const text = (...parts: (string | undefined | false)[]) => parts.filter(Boolean).join("");

function person(p: PersonPhrase, _which: Case, s: Speaker): string {
  const word = s.word(p.lexeme);
  if (!p.owner) return word;
  return OWNERS[p.owner] + (p.lexeme.classes.has("kin") ? s.either("", "的") : "的") + word;
}

function thing(t: ThingPhrase, which: Case, s: Speaker): string {
  const [noun, measure] = s.forms(t.lexeme);
  const adjective = t.adjective && s.word(t.adjective);
  const described = text(adjective, adjective && !SHORT.has(adjective) && "的", noun);
  switch (t.determiner) {
    case "definite":
      if (t.mass) return described;
      return which === "accusative"
        ? s.either(`那${measure}${described}`, described)
        : `那${measure}${described}`;
    case "this":
      return `这${t.mass ? "种" : measure}${described}`;
    case "owned":
      return `${OWNERS[t.owner!]}的${described}`;
    case "indefinite":
      return `一${measure}${described}`;
    case "some":
      return s.either(`一些${described}`, `几${measure}${described}`);
    case "number":
      return `${s.word(t.numeral!)}${measure}${described}`;
    case "bare":
      return described;
  }
}

function subject(x: Subject, s: Speaker): Agreed {
  const agreed = { person: personOf(x), gender: "" };
  if (x.kind === "pronoun") return { text: PRONOUNS[x.person + x.gender], ...agreed };
  return {
    text: x.kind === "person" ? person(x, "nominative", s) : thing(x, "nominative", s),
    ...agreed,
  };
}

function time(t: Time, s: Speaker): string {
  return s.word(t.lexeme) + (t.clock ?? "");
}

/** At a place or in a city. */
function at(place: Lexeme, s: Speaker): string {
  return `在${s.forms(place)[place.classes.has("city") ? 0 : 1]}`;
}

/** A place or city one goes to: the bare noun after the verb. */
function to(place: Lexeme, s: Speaker): string {
  return s.word(place);
}

/** What stands before the verb for tense and negation, and 了 where the act is finished. */
function aspect(c: Clause, s: Speaker): { before: string; done: string } {
  switch (c.tense) {
    case "past":
      return c.negated ? { before: s.either("没有", "没"), done: "" } : { before: "", done: "了" };
    case "perfect":
      return { before: "已经", done: "了" };
    case "notYet":
      return { before: s.either("还没有", "还没"), done: "" };
    case "progressive":
      return { before: s.either("正在", "在"), done: "" };
    case "habitual":
      return { before: c.negated ? "不" : "", done: "" };
    case "future":
      return { before: c.negated ? "不会" : "会", done: "" };
    case "must":
      return { before: "必须", done: "" };
    case "want":
      return { before: c.negated ? "不想" : "想", done: "" };
    case "can":
      return { before: c.negated ? "不能" : "可以", done: "" };
  }
}

/** The verb with 了, its objects and its goal. */
function predicate(c: Clause, done: string, s: Speaker): string {
  const [verb] = s.forms(c.verb);
  const object = c.question === "what" ? "什么" : c.object ? thing(c.object, "accusative", s) : "";
  const receiver = c.recipient ?? c.target;
  const objects = text(
    receiver && person(receiver, "accusative", s),
    object,
    c.goal && to(c.goal, s),
  );
  return verb + (c.verb.classes.has("infinitive") ? "" : done) + objects;
}

function clause(c: Clause, s: Speaker): string {
  const who = subject(c.subject, s).text;
  const when = c.question === "when" ? "什么时候" : c.time ? time(c.time, s) : "";
  const asksPlace = c.question === "where";
  const focus = (asksPlace || c.question === "when") && c.tense === "past"; // 是 ... 的
  const { before, done } = aspect(c, s);
  const governor = c.governor && s.word(c.governor);
  const lead = c.manner && s.word(c.manner);
  const where = text(
    c.companion && `和${person(c.companion, "instrumental", s)}一起`,
    asksPlace ? "在哪里" : c.place && at(c.place, s),
    c.transport && s.word(c.transport),
  );
  const opening = c.question ? who + when : s.either(who + when, when + who);
  const frequency = c.frequency && s.word(c.frequency);
  const place = c.negated || /没/.test(before) || c.tense === "progressive"
    ? [before, where]
    : [where, before];
  const order = ["future", "want", "must", "can", "perfect"].includes(c.tense)
    ? [before, where]
    : place;
  const main = text(
    frequency,
    ...order,
    lead,
    governor,
    predicate(c, focus || governor ? "" : done, s),
  );
  return opening + main.replace("在在", "在") + (focus ? "的" : "") +
    (c.question === "yesno" ? "吗" : "");
}

function state(x: State, s: Speaker): string {
  const who = subject(x.subject, s).text;
  const when = x.time ? time(x.time, s) : "";
  const opening = s.either(who + when, when + who);
  if (x.job) return opening + "是" + s.word(x.job);
  if (!x.adjective) return opening + (x.tense === "future" ? "会" : "") + at(x.place!, s);
  const adjective = s.word(x.adjective);
  if (x.than) return `${who}比${thing(x.than, "nominative", s)}${adjective}`;
  const degree = x.degree ? s.word(x.degree) : "很";
  return text(opening, x.tense === "future" && "会", degree, adjective, degree === "太" && "了");
}

/** Chinese. */
export const chinese: Grammar = { clause, state, subject, thing, person, time, at, to };
