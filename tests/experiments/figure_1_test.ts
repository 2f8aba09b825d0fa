import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { figure1, type PlotlySpec, type PlotlyTrace, PUBLISHED_FIGURE_1 } from "mtpress";
import { figure1Rows, xmlProblem } from "./figure/example_figures.ts";

function traceOf({ data }: PlotlySpec, name: string, yaxis: string): PlotlyTrace {
  const found = data.find((trace) => trace.name === name && trace.yaxis === yaxis);
  if (!found) throw new Error(`no trace ${name} in ${data.map((trace) => trace.name)}`);
  return found;
}

describe("figure1()", () => {
  it("figure1() draws the mean BLEU of both ways at each bit width", async () => {
    const { recipe, rows } = await figure1Rows();
    const spec = figure1(recipe, rows).toJson();
    const into = traceOf(spec, "tiny, x→en", "y");
    expect(into.x).toEqual(["2", "3", "4", "8"]);
    expect(into.y).toEqual([0.5, 40, 66, 69]);
    expect(traceOf(spec, "tiny, en→x", "y").y.slice(1)).toEqual([30, 55, 61]);
  });

  it("figure1() averages over the directions of one side only", async () => {
    const { recipe, rows } = await figure1Rows();
    const changed = rows.map((row) =>
      row.method.id === "gptq-4" && row.direction === "de-en"
        ? { ...row, scores: { ...row.scores, bleu: { score: 16, signature: "" } } }
        : row
    );
    const spec = figure1(recipe, changed).toJson();
    expect(traceOf(spec, "tiny, x→en", "y").y[2]).toBe((66 * 4 + 16) / 5);
    expect(traceOf(spec, "tiny, en→x", "y").y[2]).toBe(55);
  });

  it("figure1() has a logarithmic BLEU axis", async () => {
    const { recipe, rows } = await figure1Rows();
    expect(figure1(recipe, rows).toJson().layout["yaxis"]).toMatchObject({ type: "log" });
  });

  it("figure1() shows a BLEU of 0 at the floor of the axis, and says so", async () => {
    const { recipe, rows } = await figure1Rows();
    const figure = figure1(recipe, rows);
    const trace = traceOf(figure.toJson(), "tiny, en→x", "y");
    expect(trace.y[0]).toBe(0.005);
    expect(trace.customdata[0]).toBe("≤ 0.005");
    expect(await figure.toSvg()).toContain(">≤ 0.005<");
    expect(figure.toText()).toMatch(/drawn at 0\.005 and marked ≤/);
  });

  it("figure1() draws the study's points beside the measured ones", async () => {
    const { recipe, rows } = await figure1Rows();
    const { x, y } = traceOf(figure1(recipe, rows).toJson(), "ALMA-7B (study), en→x", "y");
    expect(x).toEqual(PUBLISHED_FIGURE_1.map(({ bits }) => String(bits)));
    expect(y).toEqual(PUBLISHED_FIGURE_1.map(({ bleuOutOfEnglish }) => bleuOutOfEnglish));
  });

  it("figure1() draws the model at 16 bits as a level", async () => {
    const { recipe, rows } = await figure1Rows();
    const spec = figure1(recipe, rows).toJson();
    expect(traceOf(spec, "tiny at 16 bits, x→en", "y").y).toEqual([70, 70, 70, 70]);
  });

  it("figure1() draws memory as a share of the model at 16 bits, with its MiB", async () => {
    const { recipe, rows } = await figure1Rows();
    const spec = figure1(recipe, rows).toJson();
    const { y, customdata } = traceOf(spec, "tiny", "y2");
    expect(y).toEqual([25, 37.5, 50, 75]);
    expect(customdata[1]).toBe("37.5 % (1.50 MiB)");
    const study = traceOf(spec, "ALMA-7B (study)", "y2");
    expect(study.y[2]).toBeCloseTo(100 * 3769 / 12860);
  });

  it("figure1() draws what is there and names what is missing", async () => {
    const { recipe, rows } = await figure1Rows(["gptq-3", "baseline"]);
    const part = rows.filter(({ method, direction }) =>
      method.id !== "gptq-8" || direction !== "en-is"
    );
    const figure = figure1(recipe, part);
    expect(traceOf(figure.toJson(), "tiny, x→en", "y").x).toEqual(["2", "4", "8"]);
    expect(figure.toText()).toContain("Not measured: baseline, gptq-3, gptq-8 (en-is).");
    expect(figure.toText()).toContain("Measured memory is not drawn");
  });

  it("figure1() shows the study's points when nothing was measured", async () => {
    const { recipe } = await figure1Rows();
    const { data } = figure1(recipe, []).toJson();
    expect(data.map(({ name }) => name)).toEqual([
      "ALMA-7B (study), en→x",
      "ALMA-7B (study), x→en",
      "ALMA-7B (study)",
    ]);
  });

  it("figure1() gives a picture with its titles, and no number that is none", async () => {
    const { recipe, rows } = await figure1Rows();
    const svg = await figure1(recipe, rows).toSvg();
    for (
      const title of ["BLEU (log scale)", "Memory, % of 16 bits", "Bits per weight", recipe.title]
    ) {
      expect(svg).toContain(`>${title}<`);
    }
    expect(svg).not.toMatch(/NaN|(?<!class="legend)undefined|Infinity/);
    expect(xmlProblem(svg)).toBe("");
  });
});
