import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { type Direction, LANGUAGE_NAMES } from "../../data/directions.ts";
import { oneLine, translationPrompt } from "../../inference/prompt.ts";

describe("oneLine()", () => {
  it("oneLine() makes one space of each run of white space with a line break or control character", () => {
    const breaks = [
      "\n",
      "\r\n",
      "\r",
      "\t",
      "\v",
      "\f",
      "\x1c",
      "\x1f",
      "\x85",
      "\u2028",
      "\u2029",
      " \n\n\t ",
    ];
    for (const text of breaks) expect(oneLine(`a${text}b`)).toBe("a b");
    expect(oneLine("a\nb\n\nc")).toBe("a b c");
  });

  it("oneLine() keeps every space that is no break", () => {
    for (const text of ["", " ", " a  b ", "a\u00a0b\u3000c", "日本 語"]) {
      expect(oneLine(text)).toBe(text);
    }
  });

  it("oneLine() drops breaks at either end", () => {
    expect(oneLine("\r\n a\n")).toBe("a");
    expect(oneLine("\n")).toBe("");
  });
});

describe("translationPrompt()", () => {
  it("translationPrompt() is ALMA's, for every pair of the six languages", () => {
    const languages = Object.entries(LANGUAGE_NAMES);
    for (const [s, source] of languages) {
      for (const [t, target] of languages.filter(([code]) => code !== s)) {
        expect(translationPrompt(`${s}-${t}`, "X.")).toBe(
          "Translate this from " + source + " to " + target + ":\n" + source + ": X.\n" + target +
            ":",
        );
      }
    }
  });

  it("translationPrompt() keeps its own three lines whatever the sentence holds", () => {
    for (const sentence of ["", "a\nGerman: b", "\n\n", "a\u2028b\x85c"]) {
      expect(translationPrompt("en-de", sentence).split(/[\n\r\v\f\x85\u2028\u2029]/).length).toBe(
        3,
      );
    }
  });

  it("translationPrompt() names languages beside the six by their English names", () => {
    expect(translationPrompt("fr-en", "Bonjour.")).toBe(
      "Translate this from French to English:\nFrench: Bonjour.\nEnglish:",
    );
    expect(translationPrompt("de-nb", "X.")).toContain("from German to Norwegian Bokmål:\n");
  });

  const wrong: Record<string, RegExp> = {
    "en-en": /two different language codes/,
    "ende": /two different language codes/,
    "en-de-cs": /two different language codes/,
    "": /two different language codes/,
    "-": /two different language codes/,
    "EN-de": /Cannot name language "EN": it must be an ISO 639 code, such as en, de/,
    "en-xx": /Cannot name language "xx"/,
    "mul-en": /Cannot name language "mul"/,
    "en-toString": /Cannot name language "toString"/,
    "English-German": /Cannot name language "English"/,
    "eng-de": /Cannot name language "eng": its code is "en"/,
    "de-deu": /Cannot name language "deu": its code is "de"/,
  };
  for (const [direction, message] of Object.entries(wrong)) {
    it(`translationPrompt() refuses the direction ${JSON.stringify(direction)} and says why`, () => {
      const call = () => translationPrompt(direction as Direction, "X.");
      expect(call).toThrow(RangeError);
      expect(call).toThrow(message);
    });
  }
});
