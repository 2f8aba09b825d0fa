import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { figure2, type PlotlyTrace, PUBLISHED_FIGURE_2 } from "mtpress";
import { figure2Rows, xmlProblem } from "./figure/example_figures.ts";

const SAMPLES = [32, 64, 128, 256, 512];

function inPanel(data: readonly PlotlyTrace[], yaxis: string): Map<string, PlotlyTrace> {
  return new Map(data.filter((trace) => trace.yaxis === yaxis).map((trace) => [trace.name, trace]));
}

describe("figure2()", () => {
  it("figure2() draws BLEU and chrF by the number of calibration samples", async () => {
    const { recipe, rows } = await figure2Rows();
    const { data } = figure2(recipe, rows).toJson();
    for (const name of ["SmoothQuant + NF4", "Wanda"]) {
      const bleu = inPanel(data, "y").get(`${name}, en→x`)!;
      expect(bleu.x).toEqual(SAMPLES);
      expect(bleu.y).toEqual(SAMPLES.map((samples) => 50 + samples / 128));
      const chrf = inPanel(data, "y3").get(`${name}, x→en`)!;
      chrf.y.forEach((y, i) => expect(y).toBeCloseTo(70 + SAMPLES[i]! / 128));
    }
  });

  it("figure2() draws the study's BLEU and COMET in panels of their own", async () => {
    const { recipe, rows } = await figure2Rows();
    const { data } = figure2(recipe, rows).toJson();
    for (const [metric, yaxis] of [["bleu", "y2"], ["comet", "y4"]] as const) {
      const drawn = inPanel(data, yaxis);
      for (const series of PUBLISHED_FIGURE_2.filter((one) => one.metric === metric)) {
        const method = series.method === "Wanda" ? "Wanda" : "SmoothQuant + NF4";
        const label = series.direction === "outOfEnglish" ? "en→x" : "x→en";
        expect(drawn.get(`${method}, ${label}`)?.y).toEqual(series.values);
        expect(drawn.get(`${method}, ${label}`)?.x).toEqual(series.samples);
      }
    }
  });

  it("figure2() calls chrF chrF and COMET COMET", async () => {
    const { recipe, rows } = await figure2Rows();
    const { layout } = figure2(recipe, rows).toJson();
    expect(layout["yaxis3"]).toMatchObject({ title: { text: "chrF" } });
    expect(layout["yaxis4"]).toMatchObject({ title: { text: "COMET × 100" } });
  });

  it("figure2() gives both BLEU axes the same reach, wide enough for every line", async () => {
    const { recipe, rows } = await figure2Rows();
    const { data, layout } = figure2(recipe, rows).toJson();
    const ranges = ["yaxis", "yaxis2"].map((axis) => (layout[axis] as { range: number[] }).range);
    const [own, study] = ranges.map(([low, high]) => high! - low!);
    expect(own).toBeCloseTo(study!);
    for (const [index, yaxis] of ["y", "y2"].entries()) {
      for (const { y } of inPanel(data, yaxis).values()) {
        expect(Math.min(...y)).toBeGreaterThan(ranges[index]![0]!);
        expect(Math.max(...y)).toBeLessThan(ranges[index]![1]!);
      }
    }
  });

  it("figure2() has each name in the legend once", async () => {
    const { recipe, rows } = await figure2Rows();
    const shown = figure2(recipe, rows).toJson().data.filter((trace) => trace["showlegend"]);
    expect(shown.map(({ name }) => name)).toEqual([
      "SmoothQuant + NF4, en→x",
      "Wanda, en→x",
      "Baseline, en→x",
      "SmoothQuant + NF4, x→en",
      "Wanda, x→en",
      "Baseline, x→en",
    ]);
  });

  it("figure2() draws what is there and names what is missing", async () => {
    const { recipe, rows } = await figure2Rows();
    const part = rows.filter(({ method }) =>
      method.id !== "wanda-40-n64" && method.id !== "sq-nf4"
    );
    const figure = figure2(recipe, part);
    const panel = inPanel(figure.toJson().data, "y");
    expect(panel.get("Wanda, en→x")?.x).toEqual([32, 128, 256, 512]);
    expect(panel.get("SmoothQuant + NF4, en→x")?.x).toEqual([32, 64, 128, 256]);
    expect(figure.toText()).toContain("Not measured: sq-nf4, wanda-40-n64.");
  });

  it("figure2() gives a picture with its titles, and no number that is none", async () => {
    const { recipe, rows } = await figure2Rows();
    const titles = ["BLEU", "COMET × 100", "Calibration samples", "512"];
    for (const [measured, shown] of [[rows, [...titles, "chrF"]], [[], titles]] as const) {
      const svg = await figure2(recipe, measured).toSvg();
      for (const title of shown) expect(svg).toContain(`>${title}<`);
      expect(svg).not.toMatch(/NaN|(?<!class="legend)undefined|Infinity/);
      expect(xmlProblem(svg)).toBe("");
    }
  });
});
