import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Direction } from "../../data/directions.ts";
import { PUBLISHED_TABLE_1 } from "../../data/published.ts";
import type { CometRecord } from "../../experiments/comet_record.ts";
import type { Recipe } from "../../experiments/recipe.ts";
import type { ResultRow } from "../../experiments/row.ts";
import { directionTable, table1 } from "../../experiments/table_1.ts";
import type { Table } from "../../experiments/table/table.ts";
import { EXAMPLE_RECIPE, exampleRow } from "./example_rows.ts";

function scored(method: string, direction: Direction, bleu: number): ResultRow {
  return exampleRow({
    method: { id: method, steps: [] },
    direction,
    scores: {
      bleu: { score: bleu, signature: direction === "en-zh" ? "tok:zh" : "tok:13a" },
      chrf: { score: bleu + 10, signature: "nc:6" },
    },
    time: {
      seconds: 3,
      tokens: 30,
      secondsPerToken: 0.1,
      secondsPerBatch: 1.5,
      medianSecondsPerBatch: 1.5,
      batches: 2,
    },
  });
}

const ROWS = [
  scored("baseline", "en-de", 60),
  scored("baseline", "en-zh", 70),
  scored("baseline", "de-en", 80),
  scored("gptq", "en-de", 50),
  scored("gptq", "en-zh", 61),
  scored("gptq", "de-en", 81.5),
];

const texts = (table: Table) => table.content.rows.map((row) => row.map(({ text }) => text));
const marks = (table: Table) =>
  table.content.rows.map((row) => row.map(({ mark }) => mark?.[0] ?? "-").join(""));

describe("table1()", () => {
  const [alma, gptq] = PUBLISHED_TABLE_1;
  const published = (row: typeof alma) => [
    row.bleuOutOfEnglish.toFixed(2),
    row.cometOutOfEnglish.toFixed(2),
    row.bleuIntoEnglish.toFixed(2),
    row.cometIntoEnglish.toFixed(2),
    "–",
    row.seconds.toFixed(2),
    "–",
    String(row.mebibytes),
  ];

  it("shows COMET times 100 where scores are known, and names the model behind them", () => {
    const record = (score: number): CometRecord => ({
      schema: 1,
      direction: "",
      hypothesesSha256: "",
      dataSha256: "",
      quirks: [],
      signature: "COMET|model:example",
      score,
      segments: [score],
      sha256: "",
    });
    const known = new Map([[ROWS[0], 0.8], [ROWS[1], 0.9], [ROWS[5], 0.75]]);
    const table = table1(EXAMPLE_RECIPE, ROWS, (row) => {
      const score = known.get(row);
      return score === undefined ? undefined : record(score);
    });
    const [baseline, , quantised] = texts(table);
    expect([baseline[4], baseline[6]]).toEqual(["85.00", "–"]);
    expect([quantised[4], quantised[6]]).toEqual(["–", "75.00"]);
    expect(table.content.notes).toContain("COMET|model:example");
    const without = table1(EXAMPLE_RECIPE, ROWS).content.notes.join("\n");
    expect(without).toContain("COMET is empty for it until its model is there");
  });

  it("puts each method's own means above the study's numbers, labelled by model", () => {
    expect(texts(table1(EXAMPLE_RECIPE, ROWS))).toEqual([
      [
        "Baseline",
        "16bit/NA",
        "tiny",
        "65.00",
        "–",
        "80.00",
        "–",
        "0.100",
        "1.50",
        "3.00",
        "12853",
      ],
      ["Baseline", "16bit/NA", "study", ...published(alma)],
      ["GPTQ", "4bit/NA", "tiny", "55.50", "–", "81.50", "–", "0.100", "1.50", "3.00", "3685"],
      ["GPTQ", "4bit/NA", "study", ...published(gptq)],
    ]);
  });

  it("ranks this model's numbers and the study's apart", () => {
    expect(marks(table1(EXAMPLE_RECIPE, ROWS))).toEqual([
      "---b---bbb-",
      "---bbbb-b--",
      "-----b-bbbb",
      "----------b",
    ]);
  });

  it("shows the study's numbers alone when there are no rows", () => {
    const table = table1(EXAMPLE_RECIPE, []);
    expect(texts(table).map((row) => row[2])).toEqual(["study", "study"]);
    expect(table.toText()).not.toContain("tiny");
  });

  it("says of a mean over some directions over how many of them it is", () => {
    const part = table1(EXAMPLE_RECIPE, [ROWS[0]]);
    expect(texts(part)[0].slice(3, 7)).toEqual(["60.00 (1/2)", "–", "–", "–"]);
  });

  it("passes over rows of methods that are not the recipe's", () => {
    const other = exampleRow({
      method: { id: "other", steps: [{ kind: "wanda", sparsity: 0.4 }] },
    });
    expect(table1(EXAMPLE_RECIPE, [...ROWS, other]).content)
      .toEqual(table1(EXAMPLE_RECIPE, ROWS).content);
  });

  it("leaves the study's line out for a method that it does not have", () => {
    const [baseline] = EXAMPLE_RECIPE.methods;
    const methods = [{ ...baseline, published: undefined }];
    expect(texts(table1({ ...EXAMPLE_RECIPE, methods }, ROWS)).length).toBe(1);
  });

  it("divides times by tokens and by batches over all directions together", () => {
    const { time } = ROWS[0];
    const slow = exampleRow({ direction: "de-en", time: { ...time, seconds: 900, tokens: 0 } });
    const row = texts(table1(EXAMPLE_RECIPE, [ROWS[0], slow]))[0];
    expect(row.slice(7, 9)).toEqual(["30.1", "226"]);
  });

  it("computes the bytes of ALMA-7B for steps of the kit, and for no others", () => {
    const [baseline] = EXAMPLE_RECIPE.methods;
    const own = { ...baseline, id: "baseline", steps: [{ kind: "mine" }], published: undefined };
    const table = table1({ ...EXAMPLE_RECIPE, methods: [own] }, ROWS);
    expect(texts(table)[0].at(-1)).toBe("–");
  });

  it("says in its notes what share of the weights pruning really took", () => {
    const compression = { key: "k", backend: "wasm", seconds: 1, sparsity: 0.3984 };
    const method = { id: "wanda", steps: [{ kind: "wanda", sparsity: 0.4 }] };
    const methods = [{ ...EXAMPLE_RECIPE.methods[0], ...method }];
    const table = table1({ ...EXAMPLE_RECIPE, methods }, [exampleRow({ method, compression })]);
    expect(table.content.notes).toContain("Weights that are exactly 0: wanda 39.8 %.");
  });

  it("says in its notes what was measured, with every signature of BLEU", () => {
    const { notes } = table1(EXAMPLE_RECIPE, ROWS).content;
    const text = notes.join("\n");
    expect(text).toContain("tiny: weights aaaaaaaaaaaa, 2 sentences per direction of tiny/test");
    expect(text).toContain("beam 2, batches of 4, device cpu");
    expect(notes).toContain("BLEU|tok:13a (en-de, de-en)");
    expect(notes).toContain("BLEU|tok:zh (en-zh)");
  });
});

describe("directionTable()", () => {
  it("shows BLEU, chrF and perplexity of each direction in the recipe's order", () => {
    const table = directionTable(EXAMPLE_RECIPE, ROWS.toReversed());
    expect(table.content.columns.map(({ heading }) => heading))
      .toEqual(["Method", "Metric", "en-de", "en-zh", "de-en"]);
    expect(texts(table)).toEqual([
      ["Baseline", "BLEU", "60.00", "70.00", "80.00"],
      ["Baseline", "chrF", "70.00", "80.00", "90.00"],
      ["Baseline", "perplexity", "1.500", "1.500", "1.500"],
      ["GPTQ", "BLEU", "50.00", "61.00", "81.50"],
      ["GPTQ", "chrF", "60.00", "71.00", "91.50"],
      ["GPTQ", "perplexity", "1.500", "1.500", "1.500"],
    ]);
  });

  it("leaves a dash where there is no row, and a method without rows out", () => {
    const table = directionTable(EXAMPLE_RECIPE, [ROWS[2]]);
    expect(texts(table)[0]).toEqual(["Baseline", "BLEU", "–", "–", "80.00"]);
    expect(texts(table).length).toBe(3);
  });

  it("shows a direction beside English, which has no part in the means of Table 1", () => {
    const recipe = { ...EXAMPLE_RECIPE, directions: ["en-de", "de-cs"] } as Recipe;
    const rows = [ROWS[0], exampleRow({ direction: "de-cs" })];
    expect(texts(directionTable(recipe, rows))[0]).toEqual(["Baseline", "BLEU", "60.00", "61.30"]);
    const table = table1(recipe, rows);
    expect(texts(table)[0].slice(3, 7)).toEqual(["60.00", "–", "–", "–"]);
    expect(table.content.notes).toContain(
      "de-cs: in neither mean, see the table of each direction; in the times.",
    );
    expect(table1(EXAMPLE_RECIPE, ROWS).toText()).not.toContain("in neither mean");
  });
});
