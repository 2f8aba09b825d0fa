import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Metric } from "../../experiments/metric.ts";
import { metricTable } from "../../experiments/metric_table.ts";
import type { Recipe } from "../../experiments/recipe.ts";
import { openTestSet } from "../../experiments/test_set.ts";
import { corpusChrf } from "../../metrics/chrf.ts";
import { EXAMPLE_RECIPE, exampleRow } from "./example_rows.ts";

const RECIPE = { ...EXAMPLE_RECIPE, directions: ["en-de", "en-zh", "de-en", "de-cs"] } as Recipe;
const testSet = await openTestSet(RECIPE.testSet);

/** Rows of both methods on all directions: the first translates rightly, the second nothing. */
const ROWS = RECIPE.methods.flatMap(({ id, steps }) =>
  RECIPE.directions.map((direction) =>
    exampleRow({ method: { id, steps }, direction, data: testSet.unit(direction, 2).data })
  )
);
const store = {
  hypotheses: ({ method, direction }: (typeof ROWS)[number]) =>
    Promise.resolve(
      method.id === "baseline" ? testSet.unit(direction, 2).references : ["", ""],
    ),
};

const empty: Metric = {
  name: "empty",
  moreIsBetter: false,
  score: (hypotheses) => Promise.resolve(hypotheses.filter((text) => text === "").length),
};
const texts = (rows: readonly (readonly { text: string }[])[]) =>
  rows.map((row) => row.map(({ text }) => text));

describe("metricTable()", () => {
  it("metricTable() shows both means of each metric, and a direction beside English alone", async () => {
    const chrf: Metric = {
      name: "chrF++",
      moreIsBetter: true,
      score: (hypotheses, references) => corpusChrf(hypotheses, references, { wordOrder: 2 }).score,
    };
    const { columns, rows, notes } =
      (await metricTable(RECIPE, ROWS, store, [chrf, empty])).content;
    expect(columns.slice(2).map(({ group, heading }) => `${group} ${heading}`)).toEqual(
      ["chrF++", "empty"].flatMap((name) =>
        ["en→x", "x→en", "de-cs"].map((side) => `${name} ${side}`)
      ),
    );
    expect(texts(rows)).toEqual([
      ["Baseline", "16bit/NA", "100.00", "100.00", "100.00", "0.00", "0.00", "0.00"],
      ["GPTQ", "4bit/NA", "0.00", "0.00", "0.00", "2.00", "2.00", "2.00"],
    ]);
    expect(rows.map((row) => row.filter(({ mark }) => mark === "best").length)).toEqual([6, 0]);
    expect(notes.length).toBe(1);
  });

  it("metricTable() gives a metric sources and direction, and ranks it only if it says what is better", async () => {
    const seen: string[] = [];
    const metric: Metric = {
      name: "ratio",
      score(hypotheses, references, direction, sources) {
        expect([hypotheses, references, sources].map((list) => list.length)).toEqual([2, 2, 2]);
        expect(sources).toEqual(testSet.unit(direction, 2).sources);
        seen.push(direction);
        return 1;
      },
    };
    const { rows } = (await metricTable(RECIPE, ROWS, store, [metric])).content;
    expect(seen).toEqual([...RECIPE.directions, ...RECIPE.directions]);
    expect(rows.flat().every(({ mark }) => mark === undefined)).toBe(true);
  });

  it("metricTable() says of a mean over fewer directions how many there are, and leaves a method without rows out", async () => {
    const { rows } = (await metricTable(RECIPE, [ROWS[0]], store, [empty])).content;
    expect(texts(rows)).toEqual([["Baseline", "16bit/NA", "0.00 (1/2)", "–", "–"]]);
  });

  it("metricTable() refuses a score that is no number, and text that is not what was translated", async () => {
    const broken: Metric = { name: "broken", score: () => NaN };
    await expect(metricTable(RECIPE, ROWS, store, [broken]))
      .rejects.toThrow("Cannot use NaN as broken of baseline en-de: a score must be a finite");
    const other = exampleRow({ data: { ...ROWS[0].data, sha256: "f".repeat(64) } });
    await expect(metricTable(RECIPE, [other], store, [empty]))
      .rejects.toThrow("test set tiny/test is not the one it translated");
  });
});
