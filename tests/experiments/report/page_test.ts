import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { createHash } from "node:crypto";
import { reportParts } from "../../../experiments/report/gather.ts";
import { reportHtml } from "../../../experiments/report/page.ts";
import type { ReportParts } from "../../../experiments/report/parts.ts";
import { EXAMPLE_ROWS, exampleParts, RECIPES } from "./example_report.ts";

const PARTS = await exampleParts();
const PAGE = reportHtml(PARTS);

/** What is used here of an element. */
interface Element {
  tagName: string;
  textContent: string;
  parentElement: Element | null;
  getAttribute(name: string): string | null;
  querySelector(selector: string): Element | null;
  querySelectorAll(selector: string): Iterable<Element> & ArrayLike<Element>;
}

/** What is used here of a document. */
interface PageDocument extends Element {
  title: string;
  documentElement: { lang: string };
}

/** The page as a document, no script of it run. */
async function documentOf(page: string): Promise<PageDocument> {
  const { JSDOM, VirtualConsole } = await import("jsdom");
  const { window } = new JSDOM(page, { virtualConsole: new VirtualConsole() });
  return window.document as unknown as PageDocument;
}

const DOCUMENT = await documentOf(PAGE);

function all(selector: string): Element[] {
  return [...DOCUMENT.querySelectorAll(selector)];
}

/** Parts without figures, so that a page is small. */
function small(part: Partial<ReportParts>): ReportParts {
  return { ...PARTS, figures: [], tables: [], claims: undefined, ...part };
}

describe("reportHtml()", () => {
  it("gives equal pages for equal parts", async () => {
    expect(reportHtml(await exampleParts())).toBe(PAGE);
  });

  it("shows Table 1, both figures, the claims, the provenance and how to cite", () => {
    expect(all("h2").map((heading) => heading.textContent)).toEqual([
      "Tables",
      "Figures",
      "The study’s claims",
      "Provenance",
      "How to cite",
    ]);
    expect(all("#tables h3").map((heading) => heading.textContent)).toEqual(
      PARTS.tables.map(({ table }) => table.content.title),
    );
    expect(all("#figures img").length).toBe(2);
    expect(all("#tables table")[0].querySelectorAll("tbody tr").length).toBe(
      PARTS.tables[0].table.content.rows.length,
    );
    expect(all("#claims tbody tr").length).toBe(PARTS.claims!.table.content.rows.length);
    expect(all("#provenance tbody tr").length).toBe(EXAMPLE_ROWS.length);
    expect(all("#cite pre")[0].textContent).toContain("@inproceedings{frantar-2023-gptq,");
    for (const link of all("nav a")) {
      expect(all(link.getAttribute("href")!).length).toBe(1);
    }
  });

  it("loads nothing: every address in an attribute that loads holds its data", () => {
    expect(all("link, iframe, object, embed, base, source, video, audio").length).toBe(0);
    const loaded = all("[src], [srcset], [poster], [background], [data]")
      .map((element) => element.getAttribute("src")!);
    for (const address of loaded) expect(address).toMatch(/^data:image\/svg\+xml;base64,/);
    const styles = all("style").map((style) => style.textContent).join("");
    expect(styles).not.toMatch(/url\(|@import/);
    expect(all("script[src]").length).toBe(0);
  });

  it("lets a browser run its own two scripts alone", () => {
    const policy = all("meta[http-equiv=Content-Security-Policy]")[0].getAttribute("content")!;
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-\S+' 'sha256-\S+'; style-src/);
    const scripts = all("script:not([type='application/json'])");
    expect(scripts.length).toBe(2);
    for (const { textContent } of scripts) {
      const hash = createHash("sha256").update(textContent).digest("base64");
      expect(policy).toContain(`'sha256-${hash}'`);
    }
  });

  it("can be read by ear and used with a keyboard", () => {
    expect(DOCUMENT.documentElement.lang).toBe("en");
    expect(all("h1").length).toBe(1);
    const levels = all("h1, h2, h3").map(({ tagName }) => Number(tagName[1]));
    levels.forEach((level, i) => expect(level - (levels[i - 1] ?? 0)).toBeLessThanOrEqual(1));
    for (const table of all("table")) {
      expect(table.querySelector("caption")?.textContent).not.toBe("");
      expect(table.parentElement?.getAttribute("tabindex")).toBe("0");
      expect(table.parentElement?.getAttribute("aria-label")).not.toBe("");
    }
    for (const picture of all("img")) expect(picture.getAttribute("alt")).toMatch(/\w{3}/);
  });

  it("keeps text that HTML gives a meaning, in titles, notices and scripts", async () => {
    const text = '</script><b>"1" & 2 <!--';
    const page = reportHtml(
      small({ title: text, notices: [text], figures: PARTS.figures, plotly: `"${text}"` }),
    );
    const read = await documentOf(page);
    expect(read.title).toBe(text);
    expect(read.querySelector(".notice")?.textContent).toBe(text);
    expect(read.querySelectorAll("b").length).toBe(0);
    expect(read.querySelectorAll("script:not([type='application/json'])").length).toBe(2);
  });

  it("has no script where there is no figure", () => {
    const page = reportHtml(small({}));
    expect(page).not.toContain("<script");
    expect(page).toContain("script-src 'none'");
  });

  it("tells facts that all rows share once, and those that differ row by row", async () => {
    const read = await documentOf(reportHtml(small({ rows: EXAMPLE_ROWS.slice(0, 10) })));
    const terms = [...read.querySelectorAll("#provenance dt")].map((term) => term.textContent);
    expect(terms).toContain("Weights SHA-256");
    expect(terms).not.toContain("Direction");
    const headings = [...read.querySelectorAll("#provenance th")].map((cell) => cell.textContent);
    expect(headings).toEqual(["Row key", "Direction", "Text SHA-256", "Row SHA-256"]);
  });
});

describe("reportParts()", () => {
  it("refuses to report nothing", async () => {
    const store = { hypotheses: () => Promise.resolve([]) };
    await expect(reportParts(RECIPES, [], { store })).rejects.toThrow(/at least one/);
  });

  it("counts the verdicts", () => {
    expect(PARTS.claims?.summary).toMatch(
      /^Of \d+ claims, judged here: \d+ supported, \d+ not supported, \d+ cannot be tested here\.$/,
    );
  });
});
