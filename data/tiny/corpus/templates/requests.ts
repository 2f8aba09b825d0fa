/**
 * Templates that ask for something: please give, I would like.
 * @module
 */
import { GRAMMARS } from "../grammar/all.ts";
import type { Subject, ThingPhrase } from "../features.ts";
import { type Speaker, words } from "../speaker.ts";
import type { Template } from "../template.ts";

const GIVE = [
  { id: "give", en: "give", de: "gib", cs: "dej", is: "gefðu", zh: ["请给", ""], ru: "дай" },
  {
    id: "bring",
    en: "bring",
    de: "bring",
    cs: "přines",
    is: "færðu",
    zh: ["请给", "带"],
    ru: "принеси",
  },
  { id: "show", en: "show", de: "zeig", cs: "ukaž", is: "sýndu", zh: ["请给", "看"], ru: "покажи" },
] as const;

const please: Template = {
  name: "please_give",
  weight: 4,
  draw(world) {
    const verb = world.pick(GIVE);
    const you: Subject = { kind: "pronoun", person: 1, gender: "m" };
    let to = world.other(you);
    while (to.reflexive) to = world.other(you);
    const noun = world.pick(
      world.lexicon.nouns.filter((n) => n.classes.has("portable") && !n.classes.has("furniture")),
    );
    world.pairs.push(`${verb.id} ${noun.id}`);
    const what = world.describe(noun, false, {
      kind: "thing",
      lexeme: noun,
      mass: false,
      determiner: "definite",
    });
    const both = (
      language: keyof typeof GRAMMARS,
      s: Speaker,
    ) => [
      GRAMMARS[language].person(to, "dative", s),
      GRAMMARS[language].thing(what, "accusative", s),
    ];
    return {
      say: {
        en: (s) => {
          const [who, thing] = both("en", s);
          return s.either(
            `please ${verb.en} ${who} ${thing}`,
            `please ${verb.en} ${thing} to ${who}`,
          );
        },
        de: (s) => words("bitte", verb.de, ...both("de", s)),
        cs: (s) => words(s.either(`prosím, ${verb.cs}`, `${verb.cs} prosím`), ...both("cs", s)),
        is: (s) => words(s.either(`vinsamlegast ${verb.is}`, verb.is), ...both("is", s)),
        zh: (s) => {
          const [who, thing] = both("zh", s);
          return verb.zh[1] === "看"
            ? `请给${who}看${thing}`
            : `${verb.zh[0]}${who}${verb.zh[1]}${thing}`;
        },
        ru: (s) =>
          words(s.either(`пожалуйста, ${verb.ru}`, `${verb.ru}, пожалуйста,`), ...both("ru", s)),
      },
    };
  },
};

const WOULD_LIKE = {
  de: ["ich möchte", "wir möchten"],
  cs: ["chtěl bych", "chtěli bychom"],
  is: ["ég vil gjarnan fá", "við viljum gjarnan fá"],
  ru: ["я хотел бы заказать", "мы хотели бы заказать"],
};

const order: Template = {
  name: "would_like",
  weight: 3,
  draw(world) {
    const us = world.chance(0.4) ? 1 : 0;
    const drink = world.chance(0.4);
    const noun = drink
      ? world.pick(world.lexicon.mass.filter((n) => n.classes.has("drinkable")))
      : world.pick(world.lexicon.nouns.filter((n) => n.classes.has("dish")));
    const adjective = world.chance(0.4) ? world.adjective(noun) : undefined;
    const numbered = !drink && (us === 1 || world.chance(0.3));
    const what: ThingPhrase = {
      kind: "thing",
      lexeme: noun,
      mass: drink,
      determiner: drink ? "bare" : numbered ? "number" : "indefinite",
      numeral: numbered ? world.pick(world.lexicon.numerals.slice(0, 4)) : undefined,
      adjective,
    };
    const thing = (language: keyof typeof GRAMMARS, s: Speaker) =>
      GRAMMARS[language].thing(what, "accusative", s);
    return {
      say: {
        en: (s) =>
          words(us ? "we" : "I", s.either("would like", "would like to order"), thing("en", s)),
        de: (s) => words(WOULD_LIKE.de[us], s.either("bitte", "gern"), thing("de", s)),
        cs: (s) => words(WOULD_LIKE.cs[us], thing("cs", s)),
        is: (s) => words(WOULD_LIKE.is[us], thing("is", s)),
        zh: (s) => `${us ? "我们" : "我"}${s.either("想要", "想点")}${thing("zh", s)}`,
        ru: (s) => words(WOULD_LIKE.ru[us], thing("ru", s)),
      },
    };
  },
};

/** Requests. */
export const REQUESTS: readonly Template[] = [please, order];
