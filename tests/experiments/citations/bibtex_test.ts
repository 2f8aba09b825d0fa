import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { Cite } from "@citation-js/core";
import "@citation-js/plugin-bibtex";
import { type Citation, CITATIONS, citationsToBibtex } from "mtpress";

/** A work as the parser gives it. */
interface Parsed {
  id: string;
  title: string;
  author: { family?: string; given?: string; literal?: string; "non-dropping-particle"?: string }[];
  issued?: { "date-parts": number[][] };
  DOI?: string;
  URL?: string;
  page?: string;
}

function parse(text: string): Parsed[] {
  return new Cite(text).data as Parsed[];
}

const WORK: Citation = {
  key: "a-2024",
  type: "article",
  title: "On cost",
  authors: [{ family: "Name", given: "A." }],
};

function titleLine(part: Partial<Citation>): string {
  return citationsToBibtex([{ ...WORK, ...part }]).split("\n")[1].trim();
}

describe("citationsToBibtex()", () => {
  it("gives each work of the bibliography back as it is, read by another's parser", () => {
    const parsed = parse(citationsToBibtex(CITATIONS));
    expect(parsed.map(({ id }) => id)).toEqual(CITATIONS.map(({ key }) => key));
    CITATIONS.forEach((work, i) => {
      const { title, author, issued, DOI, page, URL } = parsed[i];
      expect(title).toBe(work.title);
      expect(issued?.["date-parts"][0][0]).toBe(work.year);
      expect(DOI).toBe(work.doi);
      expect(URL).toBe(work.url);
      expect(page).toBe(work.pages?.join("-"));
      const named = author.map((person) =>
        person.literal ??
          [person["non-dropping-particle"], person.family].filter(Boolean).join(" ")
      );
      const expected = work.authors.map((person) => "name" in person ? person.name : person.family);
      expect(named.slice(0, expected.length)).toEqual(expected);
      expect(author.length).toBe(expected.length + Number(work.others ?? false));
    });
  });

  it("keeps capitals inside a word and those of proper names, and leaves the first letter to the style", () => {
    expect(titleLine({ title: "GPTQ: Accurate (WMT22) chrF", proper: [] })).toBe(
      "title = {{GPTQ}: Accurate ({WMT22}) {chrF}},",
    );
    expect(titleLine({ title: "Llama 2: Post-Training", proper: ["Llama"] })).toBe(
      "title = {{Llama} 2: Post-Training},",
    );
  });

  it("escapes what LaTeX gives a meaning, and balances braces", () => {
    const title = "40 % of {A} & B_1 #2 $3 ~ ^ \\ ";
    const text = citationsToBibtex([{ ...WORK, title: title.trim() }]);
    expect(text).toContain("40 \\% of ");
    expect(text).toContain("\\& B\\_1 \\#2 \\$3 {\\textasciitilde} {\\textasciicircum}");
    const plain = text.replace(/\\[{}]/g, "");
    expect(plain.split("{").length).toBe(plain.split("}").length);
  });

  it("writes letters of several alphabets as LaTeX commands where there are some", () => {
    const authors = ["Łukasz", "Ondřej", "Sørensen", "Muñoz", "Şen", "Ðinh"].map((family) => ({
      family,
    }));
    const text = citationsToBibtex([{ ...WORK, authors }]);
    expect(text).toContain(
      "{\\L}ukasz and Ond{\\v{r}}ej and S{\\o}rensen and Mu{\\~{n}}oz and {\\c{S}}en and Ðinh",
    );
  });

  it("names a group in braces, so that no style takes it for a person", () => {
    expect(citationsToBibtex([{ ...WORK, authors: [{ name: "The authors" }] }])).toContain(
      "author = {{The authors}}",
    );
  });
});
