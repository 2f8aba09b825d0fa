/**
 * How old somebody is: a dative in Czech and Russian.
 * @module
 */
import { GRAMMARS } from "../grammar/all.ts";
import type { Subject } from "../features.ts";
import { words } from "../speaker.ts";
import type { Template } from "../template.ts";

import { czechCount, icelandicCount, russianCount } from "../grammar/counting.ts";

/** Plausible ages: the youngest, and how many. */
function ageRange(id: string): [number, number] {
  if (/^(girl|boy|child)$/.test(id)) return [4, 12];
  if (/^grand/.test(id)) return [60, 32];
  if (/^(mother|father|uncle|aunt|boss)$/.test(id)) return [38, 30];
  return /^(student|son|daughter)$/.test(id) ? [18, 12] : [21, 40];
}

const PRONOUN_DATIVES: Record<"cs" | "ru", Record<string, string>> = {
  cs: { "0m": "mi", "1m": "ti", "2m": "mu", "2f": "jí" },
  ru: { "0m": "мне", "1m": "тебе", "2m": "ему", "2f": "ей" },
};
const AM: Record<string, string[]> = {
  en: ["am", "are", "is"],
  de: ["bin", "bist", "ist"],
  is: ["er", "ert", "er"],
};

const age: Template = {
  name: "age",
  weight: 3,
  draw(world) {
    const pronouns = [[0, "m"], [1, "m"], [2, "m"], [2, "f"]] as const;
    let subject: Subject = world.person();
    while (subject.kind === "person" && subject.lexeme.classes.has("plural")) {
      subject = world.person();
    }
    if (world.chance(0.3)) {
      const [person, gender] = world.pick(pronouns);
      subject = { kind: "pronoun", person, gender };
    }
    const who = subject;
    const [from, span] = who.kind === "pronoun" ? [18, 60] : ageRange(who.lexeme.id);
    const years = from + world.pick([...Array(span).keys()]);
    return {
      say: {
        en: (s) => {
          const { text, person } = GRAMMARS.en.subject(who, s);
          return words(text, AM.en[person], `${years} years old`);
        },
        de: (s) => {
          const { text, person } = GRAMMARS.de.subject(who, s);
          return words(text, AM.de[person], `${years} Jahre alt`);
        },
        cs: (s) => {
          const count = `${years} ${czechCount(years, "rok", "roky", "let")}`;
          if (who.kind === "person") {
            return words(GRAMMARS.cs.person(who, "dative", s), "je", count);
          }
          return words("je", PRONOUN_DATIVES.cs[who.person + who.gender], count);
        },
        is: (s) => {
          const { text, person, gender } = GRAMMARS.is.subject(who, s);
          const old = { m: "gamall", f: "gömul", n: "gamalt" }[gender] ?? "gamall";
          return words(text, AM.is[person], `${years}`, icelandicCount(years, "árs", "ára"), old);
        },
        zh: (s) => `${GRAMMARS.zh.subject(who, s).text}${years}岁`,
        ru: (s) => {
          const count = `${years} ${russianCount(years, "год", "года", "лет")}`;
          if (who.kind === "person") return words(GRAMMARS.ru.person(who, "dative", s), count);
          return words(PRONOUN_DATIVES.ru[who.person + who.gender], count);
        },
      },
    };
  },
};

/** Ages. */
export const AGES: readonly Template[] = [age];
