/**
 * Templates about the weather, here and there.
 * @module
 */
import { GRAMMARS } from "../grammar/all.ts";
import { type Speaker, words } from "../speaker.ts";
import type { Template } from "../template.ts";

const weather: Template = {
  name: "weather",
  weight: 3,
  draw(world) {
    const city = world.pick(world.lexicon.cities);
    const tense = world.pick(["past", "future"] as const);
    const past = tense === "past";
    const when = world.time(tense);
    const what = world.pick(world.lexicon.weathers);
    const on = (language: keyof typeof GRAMMARS, s: Speaker) => GRAMMARS[language].time(when, s);
    return {
      say: {
        en: (s) =>
          words("it", past ? "was" : "will be", s.word(what), GRAMMARS.en.at(city, s), on("en", s)),
        de: (s) => {
          const [time, place] = [on("de", s), GRAMMARS.de.at(city, s)];
          const verb = past ? "war" : "wird";
          return words(
            s.either(`es ${verb} ${time} ${place}`, `${time} ${verb} es ${place}`),
            s.word(what),
            !past && "sein",
          );
        },
        cs: (s) =>
          words(
            ...s.either([on("cs", s), past ? "bylo" : "bude", GRAMMARS.cs.at(city, s)], [
              GRAMMARS.cs.at(city, s),
              past ? "bylo" : "bude",
              on("cs", s),
            ]),
            s.word(what),
          ),
        is: (s) =>
          words("það", past ? "var" : "verður", s.word(what), GRAMMARS.is.at(city, s), on("is", s)),
        zh: (s) =>
          `${s.either(s.word(city) + on("zh", s), on("zh", s) + s.word(city))}${past ? "" : "会"}${
            s.word(what)
          }`,
        ru: (s) =>
          words(
            ...s.either([on("ru", s), GRAMMARS.ru.at(city, s)], [
              GRAMMARS.ru.at(city, s),
              on("ru", s),
            ]),
            past ? "было" : "будет",
            s.word(what),
          ),
      },
    };
  },
};

const rain: Template = {
  name: "rain",
  weight: 3,
  draw(world) {
    const place = world.pick(world.lexicon.cities);
    const tense = world.pick(["past", "future"] as const);
    const past = tense === "past";
    const snow = world.chance(0.4);
    const when = world.time(tense);
    const on = (language: keyof typeof GRAMMARS, s: Speaker) => GRAMMARS[language].time(when, s);
    return {
      say: {
        en: (s) => {
          const verb = snow ? (past ? "snowed" : "will snow") : past ? "rained" : "will rain";
          return s.either(
            words("it", verb, GRAMMARS.en.at(place, s), on("en", s)),
            words(on("en", s), "it", verb, GRAMMARS.en.at(place, s)),
          );
        },
        de: (s) => {
          const finite = past ? "hat" : "wird";
          const end = snow ? (past ? "geschneit" : "schneien") : past ? "geregnet" : "regnen";
          const [time, where] = [on("de", s), GRAMMARS.de.at(place, s)];
          return s.either(
            words(time, finite, "es", where, end),
            words("es", finite, time, where, end),
          );
        },
        cs: (s) => {
          const verb = snow ? (past ? "sněžilo" : "bude sněžit") : past ? "pršelo" : "bude pršet";
          const [time, where] = [on("cs", s), GRAMMARS.cs.at(place, s)];
          return s.either(words(time, where, verb), words(where, time, verb));
        },
        is: (s) => {
          const [finite, end] = past
            ? [snow ? "snjóaði" : "rigndi", ""]
            : ["mun", snow ? "snjóa" : "rigna"];
          const [time, where] = [on("is", s), GRAMMARS.is.at(place, s)];
          return s.either(words("það", finite, end, where, time), words(time, finite, end, where));
        },
        zh: (s) =>
          `${s.either(on("zh", s) + s.word(place), s.word(place) + on("zh", s))}${
            past ? "" : "会"
          }${snow ? "下雪" : "下雨"}${past ? "了" : ""}`,
        ru: (s) => {
          const verb = snow
            ? (past ? "шёл снег" : "будет снег")
            : past
            ? "шёл дождь"
            : "будет дождь";
          const [time, where] = [on("ru", s), GRAMMARS.ru.at(place, s)];
          return s.either(words(time, where, verb), words(where, time, verb));
        },
      },
    };
  },
};

/** The weather. */
export const WEATHER: readonly Template[] = [weather, rain];
