import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Direction } from "../../data/directions.ts";
import { parseParallelText } from "../../data/parallel_text.ts";

const LINES = [["en", "de", "zh"], ["Good day.", "Guten Tag.", "你好。"], ["Yes.", "Ja.", "是。"]];
const TEXT = LINES.map((cells) => cells.join("\t") + "\n").join("");

describe("parseParallelText()", () => {
  it("gives the two columns of every direction back", () => {
    const text = parseParallelText(TEXT, "a.tsv");
    expect(text.languages).toEqual(LINES[0]);
    expect(text.length).toBe(2);
    LINES[0].forEach((source, i) =>
      LINES[0].forEach((target, j) =>
        expect(text.pairs(`${source}-${target}`)).toEqual({
          sources: LINES.slice(1).map((cells) => cells[i]),
          references: LINES.slice(1).map((cells) => cells[j]),
        })
      )
    );
  });

  it("takes the first lines when a limit is given", () => {
    const text = parseParallelText(TEXT, "a.tsv");
    expect(text.pairs("en-de", 1)).toEqual({ sources: ["Good day."], references: ["Guten Tag."] });
  });

  it("needs no line end after the last line", () => {
    expect(parseParallelText(TEXT.trimEnd(), "a.tsv").pairs("zh-en"))
      .toEqual(parseParallelText(TEXT, "a.tsv").pairs("zh-en"));
  });

  it("reads a header alone as no meanings", () => {
    expect(parseParallelText("en\tde\n", "a.tsv").length).toBe(0);
  });

  const broken: [string, string, string][] = [
    ["a line with a cell too few", "en\tde\na\tb\nc\n", "line 3: it must have 2 non-empty cells"],
    ["a line with a cell too many", "en\tde\na\tb\tc\n", "line 2: it must have 2 non-empty cells"],
    ["an empty cell", "en\tde\na\t\n", "line 2: it must have 2 non-empty cells"],
    ["a blank cell", "en\tde\na\t \n", "line 2: it must have 2 non-empty cells"],
    ["an empty line", "en\tde\n\na\tb\n", "line 2: it must have 2 non-empty cells"],
    ["an empty last line", "en\tde\na\tb\n\n", "line 3: it must have 2 non-empty cells"],
    ["carriage returns", "en\tde\na\tb\r\n", "line 2: it must end in a line feed alone"],
    ["no header", "", "line 1: it must list different language codes"],
    ["a header without codes", "en\t\n", "line 1: it must list different language codes"],
    ["a sentence for a header", "Good day.\tGuten Tag.\n", "line 1: it must list different"],
    ["a language that occurs twice", "en\ten\n", "line 1: it must list different language codes"],
  ];
  for (const [what, text, rule] of broken) {
    it(`refuses ${what}, naming the file, the line and the rule`, () => {
      expect(() => parseParallelText(text, "a.tsv")).toThrow(SyntaxError);
      expect(() => parseParallelText(text, "a.tsv")).toThrow(`Cannot read a.tsv, ${rule}`);
    });
  }

  it("refuses a language that the file lacks, and lists what it has", () => {
    const text = parseParallelText(TEXT, "a.tsv");
    for (const direction of ["en-fr", "fr-en", "en"] as Direction[]) {
      expect(() => text.pairs(direction)).toThrow(RangeError);
      expect(() => text.pairs(direction)).toThrow("from a.tsv: it has en, de, zh");
    }
  });
});
