import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { JSDOM } from "jsdom";
import { Figure, figure1, figure2, type FigureContent } from "mtpress";
import { figure1Rows, figure2Rows } from "./example_figures.ts";

const CONTENT: FigureContent = {
  title: "Scores & <tags>",
  panels: [{ yaxis: "y", title: "BLEU by bits" }],
  data: [{
    type: "scatter",
    name: "tiny",
    x: [2, 4],
    y: [1, 20],
    customdata: ["1.0", "20.0"],
    yaxis: "y",
  }],
  layout: { width: 300, height: 200, title: { text: "</script>" } },
  notes: ["A note."],
};

async function exampleFigures(): Promise<Figure[]> {
  const [first, second] = [await figure1Rows(), await figure2Rows()];
  return [figure1(first.recipe, first.rows), figure2(second.recipe, second.rows)];
}

async function faces(figure: Figure): Promise<Record<string, unknown>> {
  const symbol = Symbol.for("Jupyter.display");
  const shown = figure as unknown as Record<symbol, () => Promise<Record<string, unknown>>>;
  return await shown[symbol]!();
}

/** Ids that a document declares. */
function ids(svg: string): string[] {
  return [...svg.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]!);
}

describe("Figure", () => {
  it("Figure prints every value of the specification in its text", async () => {
    for (const figure of await exampleFigures()) {
      const text = figure.toText();
      for (const { name, customdata } of figure.toJson().data) {
        expect(text).toContain(name);
        for (const value of customdata) expect(text).toContain(value);
      }
    }
  });

  it("Figure prints values that are those it draws", async () => {
    for (const figure of await exampleFigures()) {
      for (const { y, customdata } of figure.toJson().data) {
        const printed = customdata.map((value) => Number.parseFloat(value.replace("≤", "")));
        printed.forEach((value, i) => expect(Math.abs(value - y[i]!)).toBeLessThan(0.051));
      }
    }
  });

  it("Figure draws the same picture twice, byte for byte", async () => {
    for (const figure of await exampleFigures()) {
      expect(await new Figure(figure.content).toSvg()).toBe(await figure.toSvg());
    }
  });

  it("Figure shares no id between the pictures of two figures", async () => {
    const [first, second] = await Promise.all((await exampleFigures()).map((one) => one.toSvg()));
    expect(ids(first!).length).toBeGreaterThan(0);
    expect(ids(second!).filter((id) => ids(first!).includes(id))).toEqual([]);
  });

  it("Figure draws its notes into the picture", async () => {
    for (const figure of await exampleFigures()) {
      const svg = (await figure.toSvg()).replace(/<\/?tspan[^>]*>/g, " ").replaceAll(/\s+/g, " ");
      for (const note of figure.content.notes) expect(svg).toContain(note);
    }
  });

  it("Figure gives a notebook the specification, HTML, SVG and text", async () => {
    const figure = new Figure(CONTENT);
    const svg = await figure.toSvg();
    const html = await figure.toHtml();
    expect(await faces(figure)).toEqual({
      "application/vnd.plotly.v1+json": figure.toJson(),
      "text/html": html,
      "image/svg+xml": svg,
      "text/plain": figure.toText(),
    });
    const source = /src="data:image\/svg\+xml;base64,([^"]+)"/.exec(html)![1]!;
    expect(new TextDecoder().decode(Uint8Array.fromBase64(source))).toBe(svg);
  });

  it("Figure.toHtml() holds the specification as JSON that no text of it can end", async () => {
    const html = await new Figure(CONTENT).toHtml();
    const [, json] = /<script type="application\/json">(.*?)<\/script>/s.exec(html)!;
    const { data, layout } = CONTENT;
    expect(JSON.parse(json!)).toEqual({ data, layout });
    expect(html).toContain('alt="Scores &amp; &lt;tags&gt;"');
  });

  it("Figure.toHtml() becomes interactive on a page that has plotly.js, and stays a picture elsewhere", async () => {
    const html = await new Figure(CONTENT).toHtml();
    const drawn: unknown[] = [];
    for (const plotly of [{ newPlot: (...given: unknown[]) => drawn.push(given[1]) }, undefined]) {
      const { window } = new JSDOM(html, {
        runScripts: "dangerously",
        beforeParse: (page: { Plotly: unknown }) => page.Plotly = plotly,
      });
      await new Promise((resolve) => setTimeout(resolve, 0));
      expect(window.document.querySelectorAll("figure > img").length).toBe(plotly ? 0 : 1);
      window.close();
    }
    expect(JSON.stringify(drawn)).toBe(JSON.stringify([CONTENT.data]));
  });

  it("Figure.toText() marks a position that a trace lacks", () => {
    const [trace] = CONTENT.data;
    const other = { ...trace!, name: "study", x: [3], y: [5], customdata: ["5.0"] };
    const text = new Figure({ ...CONTENT, data: [trace!, other] }).toText();
    expect(text).toMatch(/tiny +1\.0 +– +20\.0\n/);
    expect(text).toMatch(/study +– +5\.0 +–\n/);
  });

  it("Figure refuses a trace with fewer values than positions, and one of no panel", () => {
    const [trace] = CONTENT.data;
    expect(() => new Figure({ ...CONTENT, data: [{ ...trace!, y: [1] }] })).toThrow(RangeError);
    expect(() => new Figure({ ...CONTENT, data: [{ ...trace!, yaxis: "y9" }] })).toThrow(/y9/);
  });
});
