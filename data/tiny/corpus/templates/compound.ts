/**
 * Templates with two clauses: and, but, because, and what somebody says, thinks or knows.
 * @module
 */
import type { Language } from "../../../directions.ts";
import type { Clause, Subject, Tense } from "../features.ts";
import { sayAll, tell, type Template } from "../template.ts";
import type { World } from "../world.ts";

const JOINTS: Record<string, Record<Language, readonly [string, string]>> = {
  and: {
    en: [" and ", " and "],
    de: [" und ", " und "],
    cs: [" a ", " a "],
    is: [" og ", " og "],
    zh: ["，", "，"],
    ru: [", а ", ", а "],
  },
  but: {
    en: [", but ", ", but "],
    de: [", aber ", ", doch "],
    cs: [", ale ", ", ale "],
    is: [", en ", ", en "],
    zh: ["，但是", "，可是"],
    ru: [", но ", ", но "],
  },
  because: {
    en: [" because ", " because "],
    de: [", weil ", ", weil "],
    cs: [", protože ", ", protože "],
    is: [" af því að ", " því að "],
    zh: ["，因为", "，因为"],
    ru: [", потому что ", ", так как "],
  },
};

/** A short clause: at most one adverbial. */
function short(world: World, frames: readonly string[], tense: Tense, time = 0.15): Clause {
  return world.event({ frame: world.pick(frames), tense, time, extras: 0.05 });
}

/** True for the same pronoun, or the same person with the same owner. */
function sameSubject(a: Subject, b: Subject): boolean {
  if (a.kind === "pronoun") {
    return b.kind === a.kind && a.person === b.person && a.gender === b.gender;
  }
  return b.kind !== "pronoun" && a.lexeme === b.lexeme && a.owner === b.owner;
}

const ACTS = ["transitive", "transitive", "person", "ditransitive", "motion"];

function joined(
  name: string,
  weight: number,
  joint: string,
  tenses: readonly [Tense, Tense][],
): Template {
  return {
    name,
    weight,
    draw(world) {
      const [first, second] = world.pick(tenses);
      const a = short(world, ACTS, first, 0.4);
      let b = short(world, ACTS, second, 0);
      while (sameSubject(a.subject, b.subject)) {
        b = short(world, ACTS, second, 0);
      }
      const mode = joint === "because" ? "subordinate" : "main";
      return {
        say: sayAll((language, s) => {
          const [usual, other] = JOINTS[joint][language];
          return tell(a, language, s) + s.either(usual, other) + tell(b, language, s, mode);
        }),
      };
    },
  };
}

const COMMA: Record<Language, string> = {
  en: " that ",
  de: ", dass ",
  cs: ", že ",
  is: " að ",
  zh: "",
  ru: ", что ",
};

/** Somebody says, thinks or knows; Icelandic puts what is said or thought, but not what is known, in the subjunctive. */
function reporting(
  name: string,
  weight: number,
  ids: readonly string[],
  mode: "reported" | "subordinate",
): Template {
  return {
    name,
    weight,
    draw(world) {
      const verb = world.pick(
        world.lexicon.verbs.filter((v) => v.classes.has("clause") && ids.includes(v.id)),
      );
      const subject = world.subject();
      const tense = world.pick<Tense>(["past", "past", "future", "future", "progressive"]);
      const inner = short(world, tense === "progressive" ? ["transitive"] : ACTS, tense, 0.35);
      const outer: Clause = { subject, verb, tense: "habitual" };
      return {
        say: sayAll((language, s) =>
          tell(outer, language, s) + COMMA[language] + tell(inner, language, s, mode)
        ),
      };
    },
  };
}

/** Whether, if: the weather decides. */
const ifRain: Template = {
  name: "if_rain",
  weight: 2,
  draw(world) {
    const c = world.event({
      frame: world.pick(["motion", "transitive"]),
      tense: "future",
      negated: world.chance(0.6),
      time: 0,
      extras: 0,
    });
    return {
      say: {
        en: (s) => s.either(`if it rains, ${tell(c, "en", s)}`, `${tell(c, "en", s)} if it rains`),
        de: (s) => `${tell(c, "de", s)}, wenn es regnet`,
        cs: (s) =>
          s.either(
            `pokud bude pršet, ${tell(c, "cs", s)}`,
            `jestli bude pršet, ${tell(c, "cs", s)}`,
          ),
        is: (s) => `${tell(c, "is", s)} ef það rignir`,
        zh: (s) => s.either(`如果下雨，${tell(c, "zh", s)}`, `要是下雨，${tell(c, "zh", s)}`),
        ru: (s) =>
          s.either(
            `если пойдёт дождь, ${tell(c, "ru", s)}`,
            `${tell(c, "ru", s)}, если пойдёт дождь`,
          ),
      },
    };
  },
};

/** Sentences of two clauses. */
export const COMPOUNDS: readonly Template[] = [
  joined("and", 8, "and", [["past", "past"], ["future", "future"], ["progressive", "progressive"]]),
  joined("but", 7, "but", [["past", "past"], ["past", "future"], ["want", "must"]]),
  joined("because", 9, "because", [["past", "past"], ["future", "want"], ["must", "want"], [
    "past",
    "want",
  ]]),
  reporting("says_that", 5, ["say"], "reported"),
  reporting("thinks_that", 5, ["think", "believe", "hope", "claim"], "reported"),
  reporting("knows_that", 4, ["know"], "subordinate"),
  ifRain,
];
