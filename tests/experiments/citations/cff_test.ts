import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { parse } from "yaml";
import { CITATIONS, citationsToCff } from "mtpress";
import config from "../../../deno.json" with { type: "json" };

type Fields = Record<string, unknown>;

const KIT = CITATIONS.find(({ key }) => key === "mtpress")!;
const OTHERS = CITATIONS.filter((work) => work !== KIT);

/** Values that the format 1.2.0 allows for the type of a reference, of those that are written here. */
const REFERENCE_TYPES = ["article", "blog", "conference-paper", "data", "generic", "software"];

/** Fields that the format 1.2.0 allows in a reference, of those that are written here. */
const REFERENCE_FIELDS = [
  ...["type", "title", "authors", "year", "version", "date-released", "license", "journal"],
  ...["collection-title", "volume", "start", "end", "doi", "url", "notes", "publisher"],
  "identifiers",
];

function people(work: Fields): unknown[] {
  return (work["authors"] as Fields[]).map((person) => person["name"] ?? person["family-names"]);
}

describe("citationsToCff()", () => {
  it("has the fields that the format asks for, in the forms that it allows", () => {
    const file = parse(citationsToCff([KIT, ...OTHERS], "Please cite."), { version: "1.2" });
    expect(file).toMatchObject({
      "cff-version": "1.2.0",
      message: "Please cite.",
      type: "software",
    });
    expect(file["date-released"]).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(file.references.length).toBe(OTHERS.length);
    for (const reference of file.references as Fields[]) {
      expect(REFERENCE_TYPES).toContain(reference["type"]);
      expect(typeof reference["title"]).toBe("string");
      expect(people(reference).length).toBeGreaterThan(0);
      for (const name of Object.keys(reference)) expect(REFERENCE_FIELDS).toContain(name);
    }
  });

  it("keeps every title, author and page", () => {
    const file = parse(citationsToCff([KIT, ...OTHERS], "Please cite."));
    OTHERS.forEach((work, i) => {
      const reference = file.references[i];
      expect(reference.title).toBe(work.title);
      const names = work.authors.map((person) => "name" in person ? person.name : person.family);
      expect(people(reference)).toEqual(work.others ? [...names, "et al."] : names);
      expect([reference.start, reference.end]).toEqual(work.pages ?? [undefined, undefined]);
    });
  });

  it("keeps text that YAML gives a meaning", () => {
    const title = 'yes: "no" # - {a} [b] & *c % \\ ✓';
    const file = parse(citationsToCff([{ ...KIT, title }], "- # :"));
    expect(file.title).toBe(title);
    expect(file.message).toBe("- # :");
  });

  it("refuses to be about a paper", () => {
    const paper = OTHERS.find(({ type }) => type === "conference-paper")!;
    expect(() => citationsToCff([paper], "")).toThrow(/software or data/);
  });
});

describe("CITATION.cff", () => {
  it("agrees with the bibliography and with deno.json", async () => {
    const text = await Deno.readTextFile(new URL("../../../CITATION.cff", import.meta.url));
    const file = parse(text, { schema: "core" });
    const written = parse(citationsToCff([KIT, ...OTHERS], ""), { schema: "core" });
    for (const name of ["title", "type", "version", "date-released", "license", "authors"]) {
      expect(file[name]).toEqual(written[name]);
    }
    expect(file.version).toBe(config.version);
    for (const reference of file.references as Fields[]) {
      const { title, type, year, authors } = reference;
      expect(written.references).toContainEqual(
        expect.objectContaining({ title, type, year, authors }),
      );
    }
    const runtime = CITATIONS.find(({ key }) => key === "onnxruntime")!;
    expect(config.imports["onnxruntime-node"]).toBe(`npm:onnxruntime-node@${runtime.version}`);
  });
});
