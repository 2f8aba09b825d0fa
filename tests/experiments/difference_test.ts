import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { methodDifference, methodDifferences } from "../../experiments/difference.ts";
import type { Recipe } from "../../experiments/recipe.ts";
import type { ResultRow } from "../../experiments/row.ts";
import { scoreTable } from "../../experiments/score_table.ts";
import { openTestSet } from "../../experiments/test_set.ts";
import { bleuStatistics, meanDifference } from "../../mod.ts";
import { EXAMPLE_RECIPE, exampleRow } from "./example_rows.ts";

const SENTENCES = 12;
const RECIPE: Recipe = { ...EXAMPLE_RECIPE, sentences: SENTENCES };
const testSet = await openTestSet("tiny/test");

/** A method that translates perfectly but for its first `wrong` sentences. */
function translated(method: string, wrong: number, directions: readonly string[]) {
  return RECIPE.directions.filter((direction) => directions.includes(direction)).map(
    (direction) => {
      const { references, data } = testSet.unit(direction, SENTENCES);
      const lines = references.map((line, i) => i < wrong ? "x y z" : line);
      const row = exampleRow({
        method: { id: method, steps: [] },
        direction,
        data,
        hypotheses: { file: `${method} ${direction}`, sha256: "0", unfinished: 0 },
      });
      return { row, lines };
    },
  );
}

function source(all: { row: ResultRow; lines: string[] }[]) {
  return {
    rows: all.map(({ row }) => row),
    store: {
      hypotheses: (row: ResultRow) =>
        Promise.resolve(
          all.find((entry) => entry.row.hypotheses.file === row.hypotheses.file)!.lines,
        ),
    },
  };
}

const both = source([
  ...translated("baseline", 2, RECIPE.directions),
  ...translated("gptq", 5, RECIPE.directions),
]);

describe("methodDifferences()", () => {
  it("is the mean over the directions of the scores' differences, with an interval around it", async () => {
    const [gptq, ...others] = await methodDifferences(RECIPE, both);
    expect(others).toEqual([]);
    expect(gptq).toMatchObject({ method: "gptq", baseline: "baseline" });
    const { references } = testSet.unit("de-en", SENTENCES);
    const score = (wrong: number) =>
      bleuStatistics(references.map((line, i) => i < wrong ? "x y z" : line), references);
    const expected = meanDifference([{ baseline: score(2), system: score(5) }], { seed: 0 });
    expect(gptq.intoEnglish).toEqual(expected);
    expect(expected.low).toBeLessThan(expected.difference);
    expect(expected.high).toBeGreaterThan(expected.difference);
    expect(gptq.outOfEnglish!.high).toBeLessThan(0);
  });

  it("is 0 from 0 to 0 between equal translations", async () => {
    const { outOfEnglish } = await methodDifference(RECIPE, both, "gptq", "gptq");
    expect(outOfEnglish).toEqual({ difference: 0, low: 0, high: 0, standardError: 0 });
  });

  it("changes its sign when the methods change places", async () => {
    const forth = await methodDifference(RECIPE, both, "gptq", "baseline");
    const back = await methodDifference(RECIPE, both, "baseline", "gptq");
    expect(back.outOfEnglish!.difference).toBeCloseTo(-forth.outOfEnglish!.difference, 10);
  });

  it("leaves a way out that one of the two was not measured on", async () => {
    const part = source([
      ...translated("baseline", 2, RECIPE.directions),
      ...translated("gptq", 5, ["en-de"]),
    ]);
    const [gptq] = await methodDifferences(RECIPE, part);
    expect(gptq.outOfEnglish).toBeDefined();
    expect(gptq.intoEnglish).toBeUndefined();
  });
});

describe("scoreTable()", () => {
  it("shows means of chrF, the geometric mean of perplexities, and differences with intervals", () => {
    const chrf = (score: number) => ({
      bleu: { score: 0, signature: "" },
      chrf: { score, signature: "" },
    });
    const rows = [
      exampleRow({ direction: "en-de", scores: chrf(80), perplexity: 1 }),
      exampleRow({ direction: "en-zh", scores: chrf(90), perplexity: 4 }),
      exampleRow({ direction: "de-en", scores: chrf(70), perplexity: 2 }),
      exampleRow({ direction: "en-de", scores: chrf(60), method: { id: "gptq", steps: [] } }),
    ];
    const outOfEnglish = { difference: -2.5, low: -3, high: 0.125, standardError: 1 };
    const table = scoreTable(RECIPE, rows, [{
      method: "gptq",
      baseline: "baseline",
      outOfEnglish,
    }]);
    expect(table.content.rows.map((row) => row.map(({ text }) => text))).toEqual([
      ["Baseline", "16bit/NA", "85.00", "70.00", "2.000", "–", "–"],
      ["GPTQ", "4bit/NA", "60.00", "–", "1.500", "−2.50 [−3.00, +0.13]", "–"],
    ]);
  });
});
