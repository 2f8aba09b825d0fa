/**
 * Templates about places: where they are, what they are like, when they are open.
 * @module
 */
import { GRAMMARS } from "../grammar/all.ts";
import { adjectiveSingular as czechAdjective } from "../grammar/czech_phrases.ts";
import { withArticle } from "../grammar/german.ts";
import { strongAdjective } from "../grammar/icelandic_phrases.ts";
import {
  adjectiveSingular as russianAdjective,
  withPreposition as russianWith,
} from "../grammar/russian_phrases.ts";
import type { Time } from "../features.ts";
import { words } from "../speaker.ts";
import type { Template } from "../template.ts";
import { ADJECTIVES } from "../usage.ts";
import type { World } from "../world.ts";
import { degreeFor } from "./description.ts";

/** A building or site in a town. */
const publicPlace = (world: World) =>
  world.pick(
    world.lexicon.places.filter((p) => ["public", "shop", "eatery"].some((c) => p.classes.has(c))),
  );

const whereIs: Template = {
  name: "where_is",
  weight: 3,
  draw(world) {
    const place = publicPlace(world);
    const city = world.chance(0.6) ? world.pick(world.lexicon.cities) : undefined;
    return {
      asks: true,
      say: {
        en: (s) => words("where is the", s.word(place), city && GRAMMARS.en.at(city, s)),
        de: (s) => words("wo ist", withArticle(s.forms(place)), city && GRAMMARS.de.at(city, s)),
        cs: (s) => words("kde je", city && GRAMMARS.cs.at(city, s), s.forms(place)[1]),
        is: (s) => words("hvar er", s.forms(place)[2], city && GRAMMARS.is.at(city, s)),
        zh: (s) =>
          `${city ? s.word(city) + "的" : ""}${s.word(place)}${s.either("在哪里", "在哪儿")}`,
        ru: (s) => words("где", city && GRAMMARS.ru.at(city, s), "находится", s.forms(place)[1]),
      },
    };
  },
};

const nextTo: Template = {
  name: "next_to",
  weight: 3,
  draw(world) {
    const place = publicPlace(world);
    let other = publicPlace(world);
    while (other === place) other = publicPlace(world);
    return {
      say: {
        en: (s) => words("the", s.word(place), "is next to the", s.word(other)),
        de: (s) => {
          const [gender, noun] = s.forms(other);
          return words(
            withArticle(s.forms(place)),
            s.either("ist", "liegt"),
            "neben",
            gender === "f" ? "der" : "dem",
            noun,
          );
        },
        cs: (s) =>
          words(s.forms(place)[1], "je", s.either("vedle", "hned vedle"), s.forms(other)[2]),
        is: (s) =>
          words(s.forms(place)[2], "er við hliðina á", s.forms(other)[3].replace(/^\S+ /, "")),
        zh: (s) => `${s.word(place)}在${s.word(other)}${s.either("旁边", "的旁边")}`,
        ru: (s) => words(s.forms(place)[1], "находится рядом", russianWith(s.forms(other)[2])),
      },
    };
  },
};

const placeIs: Template = {
  name: "place_is",
  weight: 4,
  draw(world) {
    const place = publicPlace(world);
    const city = world.chance(0.7) ? world.pick(world.lexicon.cities) : undefined;
    const priced = ["eatery", "shop"].some((c) => place.classes.has(c)) || place.id === "hotel";
    const wanted = priced ? ADJECTIVES.ofShops : ADJECTIVES.ofPlaces;
    const adjective = world.pick(world.lexicon.adjectives.filter((a) => wanted.has(a.id)));
    const degree = degreeFor(world, adjective);
    return {
      say: {
        en: (s) =>
          words(
            "the",
            s.word(place),
            city && GRAMMARS.en.at(city, s),
            "is",
            s.word(degree),
            s.word(adjective),
          ),
        de: (s) =>
          words(
            withArticle(s.forms(place)),
            city && GRAMMARS.de.at(city, s),
            "ist",
            s.word(degree),
            s.forms(adjective)[1],
          ),
        cs: (s) => {
          const [gender, noun] = s.forms(place);
          return words(
            noun,
            city && GRAMMARS.cs.at(city, s),
            "je",
            s.word(degree),
            czechAdjective(s.forms(adjective), gender, "nominative"),
          );
        },
        is: (s) => {
          const [gender, , noun] = s.forms(place);
          return words(
            noun,
            city && GRAMMARS.is.at(city, s),
            "er",
            s.word(degree),
            strongAdjective(s.forms(adjective), gender, "nominative"),
          );
        },
        zh: (s) => {
          const very = s.word(degree);
          return `${city ? s.word(city) + "的" : ""}${s.word(place)}${very}${s.word(adjective)}${
            very === "太" ? "了" : ""
          }`;
        },
        ru: (s) => {
          const [gender, noun] = s.forms(place);
          return words(
            noun,
            city && GRAMMARS.ru.at(city, s),
            s.word(degree),
            russianAdjective(s.forms(adjective), gender, "nominative"),
          );
        },
      },
    };
  },
};

const OPEN: Record<string, [Record<string, string>, Record<string, string>]> = {
  cs: [{ m: "otevřený", f: "otevřená", n: "otevřené" }, {
    m: "zavřený",
    f: "zavřená",
    n: "zavřené",
  }],
  is: [{ m: "opinn", f: "opin", n: "opið" }, { m: "lokaður", f: "lokuð", n: "lokað" }],
  ru: [{ m: "открыт", f: "открыта", n: "открыто" }, { m: "закрыт", f: "закрыта", n: "закрыто" }],
};

const openingHours: Template = {
  name: "opening_hours",
  weight: 3,
  draw(world) {
    const place = world.pick(world.lexicon.places.filter((p) => p.classes.has("hours")));
    const shut = world.chance(0.5) ? 1 : 0;
    const day: Time = {
      lexeme: world.pick(
        world.lexicon.times.filter((t) =>
          ["weekday", "today", "regular"].some((c) => t.classes.has(c))
        ),
      ),
    };
    return {
      say: {
        en: (s) =>
          words("the", s.word(place), "is", shut ? "closed" : "open", GRAMMARS.en.time(day, s)),
        de: (s) => {
          const on = GRAMMARS.de.time(day, s);
          const state = shut ? "geschlossen" : s.either("geöffnet", "offen");
          return s.either(
            words(withArticle(s.forms(place)), "ist", on, state),
            words(on, "ist", withArticle(s.forms(place)), state),
          );
        },
        cs: (s) => {
          const [gender, noun] = s.forms(place);
          const on = GRAMMARS.cs.time(day, s);
          return words(s.either(`${noun} je ${on}`, `${on} je ${noun}`), OPEN.cs[shut][gender]);
        },
        is: (s) => {
          const [gender, , noun] = s.forms(place);
          return words(noun, "er", OPEN.is[shut][gender], GRAMMARS.is.time(day, s));
        },
        zh: (s) =>
          `${
            s.either(
              s.word(place) + GRAMMARS.zh.time(day, s),
              GRAMMARS.zh.time(day, s) + s.word(place),
            )
          }${shut ? s.either("关门", "不开门") : "开门"}`,
        ru: (s) => {
          const [gender, noun] = s.forms(place);
          const on = GRAMMARS.ru.time(day, s);
          return words(s.either(`${on} ${noun}`, `${noun} ${on}`), OPEN.ru[shut][gender]);
        },
      },
    };
  },
};

/** Places. */
export const PLACES: readonly Template[] = [whereIs, nextTo, placeIs, openingHours];
