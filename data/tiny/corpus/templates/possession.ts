/**
 * What somebody has: "у ... есть" in Russian.
 * @module
 */
import type { ThingPhrase } from "../features.ts";
import { GRAMMARS } from "../grammar/all.ts";
import { type Speaker, words } from "../speaker.ts";
import type { Template } from "../template.ts";
import { NOUNS } from "../usage.ts";
import { thing } from "./description.ts";

const HAVE: Record<string, string[]> = {
  en: ["have", "have", "has", "have", "have"],
  de: ["habe", "hast", "hat", "haben", "haben"],
  cs: ["mám", "máš", "má", "máme", "mají"],
  is: ["á", "átt", "á", "eigum", "eiga"],
};
const RUSSIAN_OWNERS: Record<string, string> = {
  "0m": "меня",
  "1m": "тебя",
  "2m": "него",
  "2f": "неё",
  "3p": "нас",
  "4p": "них",
};

const possession: Template = {
  name: "possession",
  weight: 4,
  draw(world) {
    const subject = world.subject();
    const kinds = [
      "vehicle",
      "device",
      "toy",
      "instrument",
      "animal",
      "furniture",
      "container",
      "jewel",
    ];
    const kind = world.pick(kinds);
    const noun = world.pick(
      world.lexicon.nouns.filter((n) => n.classes.has(kind) && !NOUNS.unowned.has(n.id)),
    );
    const adjective = world.chance(0.5) ? world.adjective(noun) : undefined;
    const what: ThingPhrase = world.chance(0.7) ? thing(noun, "indefinite", adjective) : {
      ...thing(noun, "number", adjective),
      numeral: world.pick(world.lexicon.numerals.slice(0, 5)),
    };
    const plain = (language: "en" | "de" | "cs" | "is") => (s: Speaker) => {
      const who = GRAMMARS[language].subject(subject, s);
      return words(
        who.text,
        HAVE[language][who.person],
        GRAMMARS[language].thing(what, "accusative", s),
      );
    };
    return {
      say: {
        en: plain("en"),
        de: plain("de"),
        cs: plain("cs"),
        is: plain("is"),
        zh: (s) =>
          `${GRAMMARS.zh.subject(subject, s).text}有${GRAMMARS.zh.thing(what, "accusative", s)}`,
        ru: (s) => {
          const owner = subject.kind === "pronoun"
            ? RUSSIAN_OWNERS[subject.person + subject.gender]
            : subject.kind === "person"
            ? GRAMMARS.ru.person(subject, "genitive", s)
            : "";
          return words(
            "у",
            owner,
            what.determiner === "number" ? "" : "есть",
            GRAMMARS.ru.thing(what, "nominative", s),
          );
        },
      },
    };
  },
};

/** Possession. */
export const POSSESSION: readonly Template[] = [possession];
