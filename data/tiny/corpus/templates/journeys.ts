/**
 * Templates about trains, buses and ships.
 * @module
 */
import { GRAMMARS } from "../grammar/all.ts";
import { atClock } from "../grammar/czech_phrases.ts";
import { withArticle } from "../grammar/german.ts";
import type { Time } from "../features.ts";
import type { Lexeme } from "../lexicon.ts";
import { words } from "../speaker.ts";
import type { Draft, Template } from "../template.ts";
import type { World } from "../world.ts";

/** A train, bus or ship, and a city it can reach. */
function line(world: World): { vehicle: Lexeme; city: Lexeme } {
  const vehicle = world.pick(world.lexicon.departures);
  const reach = vehicle.classes.has("sea") ? "port" : "land";
  return { vehicle, city: world.pick(world.lexicon.cities.filter((c) => c.classes.has(reach))) };
}

const departs: Template = {
  name: "departs",
  weight: 4,
  draw(world): Draft {
    const { vehicle, city } = line(world);
    const clock = world.clock();
    const day = world.chance(0.5)
      ? { lexeme: world.pick(world.lexicon.times.filter((t) => t.classes.has("weekday"))) }
      : undefined;
    const on = (language: keyof typeof GRAMMARS, s: Parameters<typeof GRAMMARS.en.time>[1]) =>
      day && GRAMMARS[language].time(day, s);
    return {
      say: {
        en: (s) =>
          words(
            "the",
            s.word(vehicle),
            GRAMMARS.en.to(city, s),
            "leaves",
            on("en", s),
            "at",
            clock,
          ),
        de: (s) =>
          words(
            withArticle(s.forms(vehicle)),
            GRAMMARS.de.to(city, s),
            "fährt",
            on("de", s),
            "um",
            clock,
            "Uhr ab",
          ),
        cs: (s) =>
          words(
            s.forms(vehicle)[1],
            GRAMMARS.cs.to(city, s),
            s.either("odjíždí", "jede"),
            on("cs", s),
            atClock(clock),
          ),
        is: (s) =>
          words(
            s.forms(vehicle)[1],
            GRAMMARS.is.to(city, s),
            s.either("fer", "leggur af stað"),
            on("is", s),
            "klukkan",
            clock,
          ),
        zh: (s) =>
          `${s.either("去", "开往")}${s.word(city)}的${s.word(vehicle)}${
            on("zh", s) ?? ""
          }${clock}出发`,
        ru: (s) =>
          words(
            s.forms(vehicle)[1],
            GRAMMARS.ru.to(city, s),
            s.either("отправляется", "отходит"),
            on("ru", s),
            "в",
            clock,
          ),
      },
    };
  },
};

const whenDeparts: Template = {
  name: "when_departs",
  weight: 3,
  draw(world) {
    const { vehicle, city } = line(world);
    const day: Time = {
      lexeme: world.pick(
        world.lexicon.times.filter((t) => t.classes.has("weekday") || t.id === "tomorrow"),
      ),
    };
    return {
      asks: true,
      say: {
        en: (s) =>
          words(
            "when does the",
            s.word(vehicle),
            GRAMMARS.en.to(city, s),
            "leave",
            GRAMMARS.en.time(day, s),
          ),
        de: (s) =>
          words(
            "wann fährt",
            GRAMMARS.de.time(day, s),
            withArticle(s.forms(vehicle)),
            GRAMMARS.de.to(city, s),
            "ab",
          ),
        cs: (s) =>
          words(
            "kdy",
            GRAMMARS.cs.time(day, s),
            s.either("odjíždí", "jede"),
            s.forms(vehicle)[1],
            GRAMMARS.cs.to(city, s),
          ),
        is: (s) =>
          words(
            "hvenær fer",
            s.forms(vehicle)[1],
            GRAMMARS.is.to(city, s),
            GRAMMARS.is.time(day, s),
          ),
        zh: (s) =>
          `${GRAMMARS.zh.time(day, s)}去${s.word(city)}的${s.word(vehicle)}${
            s.either("什么时候", "几点")
          }出发`,
        ru: (s) =>
          words(
            "когда",
            GRAMMARS.ru.time(day, s),
            s.either("отправляется", "отходит"),
            s.forms(vehicle)[1],
            GRAMMARS.ru.to(city, s),
          ),
      },
    };
  },
};

/** Journeys. */
export const JOURNEYS: readonly Template[] = [departs, whenDeparts];
