/**
 * Let us meet: an exhortation, which each language makes in its own way.
 * @module
 */
import { GRAMMARS } from "../grammar/all.ts";
import { words } from "../speaker.ts";
import type { Template } from "../template.ts";

const meet: Template = {
  name: "let_us_meet",
  weight: 3,
  draw(world) {
    const place = world.pick(
      world.lexicon.places.filter((p) => p.classes.has("public") || p.classes.has("eatery")),
    );
    const when = world.time("future");
    return {
      say: {
        en: (s) =>
          words(
            "let us meet",
            ...s.either([GRAMMARS.en.time(when, s), GRAMMARS.en.at(place, s)], [
              GRAMMARS.en.at(place, s),
              GRAMMARS.en.time(when, s),
            ]),
          ),
        de: (s) =>
          words(
            "treffen wir uns",
            ...s.either([GRAMMARS.de.time(when, s), GRAMMARS.de.at(place, s)], [
              GRAMMARS.de.at(place, s),
              GRAMMARS.de.time(when, s),
            ]),
          ),
        cs: (s) =>
          words(
            "sejdeme se",
            ...s.either([GRAMMARS.cs.time(when, s), GRAMMARS.cs.at(place, s)], [
              GRAMMARS.cs.at(place, s),
              GRAMMARS.cs.time(when, s),
            ]),
          ),
        is: (s) => words("hittumst", GRAMMARS.is.time(when, s), GRAMMARS.is.at(place, s)),
        zh: (s) =>
          `${s.either("我们" + GRAMMARS.zh.time(when, s), GRAMMARS.zh.time(when, s) + "我们")}${
            GRAMMARS.zh.at(place, s)
          }见面吧`,
        ru: (s) =>
          words(
            s.either("давай встретимся", "давайте встретимся"),
            GRAMMARS.ru.time(when, s),
            GRAMMARS.ru.at(place, s),
          ),
      },
    };
  },
};

/** Meetings. */
export const MEETINGS: readonly Template[] = [meet];
