/**
 * Templates about what things cost.
 * @module
 */
import { GRAMMARS } from "../grammar/all.ts";
import type { ThingPhrase } from "../features.ts";
import { type Speaker, words } from "../speaker.ts";
import type { Template } from "../template.ts";
import type { World } from "../world.ts";

import { czechCount, icelandicCount, russianCount } from "../grammar/counting.ts";

/** A buyable thing, pointed at. */
function ware(world: World): ThingPhrase {
  const lexeme = world.pick(
    world.lexicon.nouns.filter((n) => n.classes.has("buyable") && !n.classes.has("building")),
  );
  const adjective = world.chance(0.3) ? world.adjective(lexeme) : undefined;
  return {
    kind: "thing",
    lexeme,
    mass: false,
    determiner: world.pick(["definite", "definite", "this"] as const),
    adjective,
  };
}

const price: Template = {
  name: "price",
  weight: 4,
  draw(world) {
    const what = ware(world);
    const dear = ["device", "vehicle", "furniture", "instrument", "jewel", "animal"].some((c) =>
      what.lexeme.classes.has(c)
    );
    const amount = dear
      ? 51 + world.pick([...Array(450).keys()])
      : 2 + world.pick([...Array(60).keys()]);
    const euro = world.chance(0.5);
    const nominative = (language: keyof typeof GRAMMARS, s: Speaker) =>
      GRAMMARS[language].thing(what, "nominative", s);
    return {
      say: {
        en: (s) => words(nominative("en", s), "costs", `${amount}`, euro ? "euros" : "crowns"),
        de: (s) => words(nominative("de", s), "kostet", `${amount}`, euro ? "Euro" : "Kronen"),
        cs: (s) =>
          words(
            nominative("cs", s),
            "stojí",
            `${amount}`,
            euro
              ? czechCount(amount, "euro", "eura", "eur")
              : czechCount(amount, "korunu", "koruny", "korun"),
          ),
        is: (s) =>
          words(
            nominative("is", s),
            "kostar",
            `${amount}`,
            euro
              ? icelandicCount(amount, "evru", "evrur")
              : icelandicCount(amount, "krónu", "krónur"),
          ),
        zh: (s) =>
          `${nominative("zh", s)}${s.either("要", "卖")}${amount}${euro ? "欧元" : "克朗"}`,
        ru: (s) =>
          words(
            nominative("ru", s),
            "стоит",
            `${amount}`,
            euro ? "евро" : russianCount(amount, "крону", "кроны", "крон"),
          ),
      },
    };
  },
};

const howMuch: Template = {
  name: "how_much",
  weight: 3,
  draw(world) {
    const what = ware(world);
    const nominative = (language: keyof typeof GRAMMARS, s: Speaker) =>
      GRAMMARS[language].thing(what, "nominative", s);
    return {
      asks: true,
      say: {
        en: (s) => words("how much does", nominative("en", s), "cost"),
        de: (s) => words(s.either("wie viel", "was"), "kostet", nominative("de", s)),
        cs: (s) => words("kolik stojí", nominative("cs", s)),
        is: (s) => words("hvað kostar", nominative("is", s)),
        zh: (s) => `${nominative("zh", s)}多少钱`,
        ru: (s) => words("сколько стоит", nominative("ru", s)),
      },
    };
  },
};

/** Prices. */
export const PRICES: readonly Template[] = [price, howMuch];
