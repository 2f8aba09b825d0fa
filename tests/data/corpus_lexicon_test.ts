import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { type Format, FORMATS, LANGUAGES } from "../../data/tiny/corpus/formats.ts";
import { loadLexicon, parseLexemes } from "../../data/tiny/corpus/lexicon.ts";
import { ADJECTIVES, NOUNS, PERSONS, SCENES, VERBS } from "../../data/tiny/corpus/usage.ts";

const lexicon = loadLexicon();
const ids = (list: readonly { id: string }[]) => new Set(list.map((x) => x.id));

describe("loadLexicon()", () => {
  it("loadLexicon() reads every file, with at least 500 lexemes in all", () => {
    for (const list of Object.values(lexicon)) expect(list.length).toBeGreaterThan(2);
    expect(Object.values(lexicon).flat().length).toBeGreaterThanOrEqual(500);
  });

  it("loadLexicon() gives every verb that takes a thing at least three things", () => {
    const nouns = [...lexicon.nouns, ...lexicon.mass];
    for (const verb of lexicon.verbs) {
      if (!verb.classes.has("transitive") && !verb.classes.has("ditransitive")) continue;
      const fit = nouns.filter((n) => [...verb.objects].some((c) => n.classes.has(c)));
      expect([verb.id, fit.length >= 3]).toEqual([verb.id, true]);
    }
  });

  it("loadLexicon() has few words that stand for two lexemes of a file in one language", () => {
    for (const name of ["nouns", "mass", "persons", "places", "cities", "adjectives"] as const) {
      for (const language of LANGUAGES) {
        const owners = new Map<string, Set<string>>();
        for (const lexeme of lexicon[name]) {
          for (const forms of lexeme.forms[language]) {
            const word = /^[a-z]{1,2}$/.test(forms[0]) && forms.length > 1 ? forms[1] : forms[0];
            owners.set(word, (owners.get(word) ?? new Set()).add(lexeme.id));
          }
        }
        const clashes = [...owners].filter(([, set]) => set.size > 1).map(([word]) => word);
        expect([name, language, clashes.length <= 2, clashes]).toEqual([
          name,
          language,
          true,
          clashes,
        ]);
      }
    }
  });

  it("loadLexicon() gives all synonyms of a person one gender, so that verbs can agree with any", () => {
    for (const { id, forms } of lexicon.persons) {
      for (const language of ["de", "cs", "is", "ru"] as const) {
        expect([id, language, new Set(forms[language].map((f) => f[0])).size]).toEqual([
          id,
          language,
          1,
        ]);
      }
    }
  });

  it("usage.ts names only lexemes that exist", () => {
    const [verbs, nouns, adjectives, persons] = [
      ids(lexicon.verbs),
      ids([...lexicon.nouns, ...lexicon.mass]),
      ids(lexicon.adjectives),
      ids(lexicon.persons),
    ];
    const missing = [
      ...[...Object.keys(SCENES), ...Object.values(VERBS).flatMap((s) => [...s])].filter((x) =>
        !verbs.has(x)
      ),
      ...Object.values(NOUNS).flatMap((s) => [...s]).filter((x) => !nouns.has(x)),
      ...Object.values(ADJECTIVES).flatMap((s) => [...s]).filter((x) => !adjectives.has(x)),
      ...[...PERSONS.family].filter((x) => !persons.has(x)),
    ];
    expect(missing).toEqual([]);
  });
});

describe("parseLexemes()", () => {
  const format: Format = { columns: ["id", "classes"], forms: { en: [2] }, genders: { de: "mfn" } };
  const header = "id\tclasses\ten\tde\tcs\tis\tzh\tru";
  const parse = (...rows: string[]) =>
    parseLexemes([header, ...rows].join("\n") + "\n", "x.tsv", format);

  it("parseLexemes() reads synonyms, forms, classes and comments", () => {
    const [row] = parse("# a comment", "cat\tanimal,pet\tcat/cats | puss/pusses\tm\tc\tk\tz\tr");
    expect(row.forms.en).toEqual([["cat", "cats"], ["puss", "pusses"]]);
    expect([...row.classes]).toEqual(["animal", "pet"]);
  });

  it("parseLexemes() names file, line and rule where a row is wrong", () => {
    expect(() => parse("cat\ta\tcat/cats\tm\tc\tk\tz")).toThrow(
      "Cannot read x.tsv:2: a row has 8 cells, found 7",
    );
    expect(() => parse("cat\ta\tcat\tm\tc\tk\tz\tr")).toThrow(
      "x.tsv:2: en needs 2 forms, found 1: cat",
    );
    expect(() => parse("cat\ta\tcat/\tm\tc\tk\tz\tr")).toThrow("empty form");
    expect(() => parse("cat\ta\ta/b\tq\tc\tk\tz\tr")).toThrow(
      "de gender must be one of mfn, found q",
    );
    const row = "cat\ta\ta/b\tm\tc\tk\tz\tr";
    expect(() => parse(row, row)).toThrow("Cannot read x.tsv:3: the id cat occurs twice");
    expect(() => parseLexemes("id\n", "x.tsv", format)).toThrow("x.tsv:1: the header must be");
  });

  it("FORMATS covers every file of the folder", () => {
    const folder = new URL("../../data/tiny/corpus/lexicon/", import.meta.url);
    const files = [...Deno.readDirSync(folder)].map((f) => f.name).filter((n) =>
      n.endsWith(".tsv")
    );
    expect(files.sort()).toEqual(Object.keys(FORMATS).map((n) => `${n}.tsv`).sort());
  });
});
