/**
 * Templates about how long somebody lives or was somewhere.
 * @module
 */
import { GRAMMARS } from "../grammar/all.ts";
import type { Lexeme } from "../lexicon.ts";
import { type Speaker, words } from "../speaker.ts";
import { type Template } from "../template.ts";

/** "three weeks" in the accusative of each language. */
function span(numeral: Lexeme, unit: Lexeme, s: Speaker): string {
  const count = Number([...numeral.classes][0]);
  const [numbers, forms] = [s.forms(numeral), s.forms(unit)];
  const form = (gender: string) => numbers[{ m: 0, f: 1, n: 2 }[gender]!] ?? numbers[0];
  switch (s.language) {
    case "en":
    case "de":
      return `${numbers[0]} ${forms[0]}`;
    case "cs":
    case "ru":
      return `${form(forms[0])} ${forms[count <= 4 ? 1 : 2]}`;
    case "is":
      return `${form(forms[0])} ${forms[1]}`;
    case "zh":
      return numbers[0] + forms[0];
  }
}

const LIVE: Record<string, string[]> = {
  de: ["wohne", "wohnst", "wohnt", "wohnen", "wohnen"],
  cs: ["bydlím", "bydlíš", "bydlí", "bydlíme", "bydlí"],
  is: ["hef", "hefur", "hefur", "höfum", "hafa"],
  ru: ["живу", "живёшь", "живёт", "живём", "живут"],
};

const lives: Template = {
  name: "has_lived",
  weight: 3,
  draw(world) {
    const subject = world.subject();
    const city = world.pick(world.lexicon.cities);
    const unit = world.pick(world.lexicon.durations.filter((d) => d.id !== "day"));
    const numeral = world.pick(world.lexicon.numerals);
    return {
      say: {
        en: (s) => {
          const { text, person } = GRAMMARS.en.subject(subject, s);
          return words(
            text,
            person === 2 ? "has" : "have",
            "lived",
            GRAMMARS.en.at(city, s),
            "for",
            span(numeral, unit, s),
          );
        },
        de: (s) => {
          const { text, person } = GRAMMARS.de.subject(subject, s);
          const since = `seit ${span(numeral, unit, s).replace(/e$/, "en")}`;
          const verb = LIVE.de[person];
          return s.either(
            words(text, verb, since, GRAMMARS.de.at(city, s)),
            words(since, verb, text, GRAMMARS.de.at(city, s)),
          );
        },
        cs: (s) => {
          const { text, person } = GRAMMARS.cs.subject(subject, s);
          const [where, long] = [GRAMMARS.cs.at(city, s), `už ${span(numeral, unit, s)}`];
          return words(text, LIVE.cs[person], ...s.either([where, long], [long, where]));
        },
        is: (s) => {
          const { text, person } = GRAMMARS.is.subject(subject, s);
          return words(
            text,
            LIVE.is[person],
            "búið",
            GRAMMARS.is.at(city, s),
            "í",
            span(numeral, unit, s),
          );
        },
        zh: (s) =>
          `${GRAMMARS.zh.subject(subject, s).text}在${s.word(city)}${s.either("住了", "生活了")}${
            span(numeral, unit, s)
          }`,
        ru: (s) => {
          const { text, person } = GRAMMARS.ru.subject(subject, s);
          const [where, long] = [GRAMMARS.ru.at(city, s), `уже ${span(numeral, unit, s)}`];
          return words(
            text,
            ...s.either([long, LIVE.ru[person], where], [LIVE.ru[person], where, long]),
          );
        },
      },
    };
  },
};

/** Forms of "to be" in the past, by person; Czech and Russian go by gender. */
const WERE: Record<string, string[]> = {
  en: ["was", "were", "was", "were", "were"],
  de: ["war", "warst", "war", "waren", "waren"],
  is: ["var", "varst", "var", "vorum", "voru"],
};
const CZECH_WAS: Record<string, string> = { m: "byl", f: "byla", n: "bylo", p: "byli", q: "byly" };
const RUSSIAN_WAS: Record<string, string> = { m: "был", f: "была", p: "были" };

const stayed: Template = {
  name: "stayed",
  weight: 3,
  draw(world) {
    const subject = world.subject();
    const city = world.pick(world.lexicon.cities);
    const unit = world.pick(world.lexicon.durations.filter((d) => d.id !== "year"));
    const numeral = world.pick(world.lexicon.numerals.slice(0, 9));
    return {
      say: {
        en: (s) => {
          const { text, person } = GRAMMARS.en.subject(subject, s);
          return words(
            text,
            WERE.en[person],
            GRAMMARS.en.at(city, s),
            "for",
            span(numeral, unit, s),
          );
        },
        de: (s) => {
          const { text, person } = GRAMMARS.de.subject(subject, s);
          return words(
            text,
            WERE.de[person],
            span(numeral, unit, s),
            s.either("", "lang"),
            GRAMMARS.de.at(city, s),
          );
        },
        cs: (s) => {
          const { text, person, gender } = GRAMMARS.cs.subject(subject, s);
          const [where, long] = [GRAMMARS.cs.at(city, s), span(numeral, unit, s)];
          if (text) {
            return words(text, CZECH_WAS[gender], ...s.either([where, long], [long, where]));
          }
          const clitic = ["jsem", "jsi", "", "jsme", ""][person];
          return words(
            ...s.either([CZECH_WAS[gender], clitic, where], [where, clitic, CZECH_WAS[gender]]),
            long,
          );
        },
        is: (s) => {
          const { text, person } = GRAMMARS.is.subject(subject, s);
          return words(text, WERE.is[person], GRAMMARS.is.at(city, s), "í", span(numeral, unit, s));
        },
        zh: (s) =>
          `${GRAMMARS.zh.subject(subject, s).text}在${s.word(city)}${s.either("待了", "停留了")}${
            span(numeral, unit, s)
          }`,
        ru: (s) => {
          const { text, gender } = GRAMMARS.ru.subject(subject, s);
          const [where, long] = [GRAMMARS.ru.at(city, s), span(numeral, unit, s)];
          return words(text, RUSSIAN_WAS[gender], ...s.either([where, long], [long, where]));
        },
      },
    };
  },
};

/** Stays. */
export const STAYS: readonly Template[] = [lives, stayed];
