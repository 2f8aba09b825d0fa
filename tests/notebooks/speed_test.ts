import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { benchTable, contestantTable, growthFigure, loadBenchRecord } from "mtpress";
import { codeCells, facesOf, NOTEBOOKS } from "./notebook.ts";

const cells = codeCells(await Deno.readTextFile(new URL("speed.ipynb", NOTEBOOKS)));
const record = await loadBenchRecord();

describe("notebooks/speed.ipynb", () => {
  it("shows what the renderer makes from the committed record, byte for byte", () => {
    const faces = facesOf(cells, "benchTable(record)");
    expect(faces["text/html"]).toBe(benchTable(record).toHtml());
    expect(faces["text/plain"]).toBe(benchTable(record).toText());
    const figure = facesOf(cells, "growthFigure(record");
    expect(figure["text/plain"]).toBe(growthFigure(record, "gptq").toText());
  });

  it("shows the samples of the largest layer of GPTQ", () => {
    const layer = record.results.findLast(({ benchmark }) => benchmark === "gptq")!;
    const table = contestantTable(layer.title, layer.unit, layer.contestants);
    expect(facesOf(cells, "contestantTable(layer")["text/plain"]).toBe(table.toText());
  });
});
