/**
 * The method of notebooks/extend.ipynb, as the notebook has it: it becomes a row of Table 1, is cited, and is scored by
 * metrics from outside the package. A few sentences of the embedded model.
 */
import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { pathToFileURL } from "node:url";
import {
  corpusChrf,
  dequantizeSparse,
  emptyColumnStatistics,
  findModel,
  type LinearMethod,
  loadRecipe,
  type Matrix,
  type MethodContext,
  methodDifferences,
  metricTable,
  type Recipe,
  referenceBackend,
  ResultStore,
  runRecipe,
  type RunResult,
  scoreTable,
  table1,
  usedWorks,
  useOfRow,
  verifyResults,
} from "mtpress";
import { randomMatrix } from "../kernels/random.ts";
import { cellSource } from "../notebooks/notebook.ts";

const CELL = await cellSource("extend.ipynb", "method");

/** The notebook's method, from the text of its cell. */
async function notebookMethod(folder: string): Promise<LinearMethod> {
  const file = `${folder}/method.ts`;
  await Deno.writeTextFile(file, `${CELL}\nexport { ria };\n`);
  return (await import(pathToFileURL(file).href)).ria;
}

async function smallRecipe(): Promise<Recipe> {
  const table = await loadRecipe("table_1");
  return {
    ...table,
    sentences: 4,
    directions: ["en-de", "de-en"],
    calibration: { ...table.calibration!, samples: 20 },
    methods: [
      table.methods[0],
      { id: "ria-40", name: "RIA", precision: "NA/40%", steps: [{ kind: "ria", sparsity: 0.4 }] },
    ],
  };
}

describe("the method of notebooks/extend.ipynb", () => {
  let folder: string;
  let ria: LinearMethod;
  let recipe: Recipe;
  let store: ResultStore;
  let result: RunResult;

  const run = async (method: LinearMethod): Promise<RunResult> =>
    await runRecipe(recipe, { model: await findModel("tiny"), store, methods: [method] });

  before(async () => {
    folder = await Deno.makeTempDir();
    ria = await notebookMethod(folder);
    recipe = await smallRecipe();
    store = await ResultStore.open(`${folder}/results`);
    result = await run(ria);
  });

  after(() => Deno.remove(folder, { recursive: true }));

  it("is defined in at most 25 lines", () => {
    expect(CELL.split("\n").length).toBeLessThanOrEqual(25);
    expect(CELL).toContain("citation:");
  });

  it("keeps the weights with the largest relative importance times activation", async () => {
    const weight = randomMatrix(6, 10, 1);
    const norms = Float32Array.from({ length: 10 }, (_, j) => 1 + j ** 2);
    const size = (i: number, j: number) => Math.abs(weight.data[i * 10 + j]);
    const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
    const columnSum = (j: number) => sum(Array.from({ length: 6 }, (_, k) => size(k, j)));
    const rowSum = (i: number) => sum(Array.from({ length: 10 }, (_, k) => size(i, k)));
    const importance = Array.from({ length: 60 }, (_, ij) => {
      const [i, j] = [Math.floor(ij / 10), ij % 10];
      return size(i, j) * (1 / columnSum(j) + 1 / rowSum(i)) * Math.sqrt(Math.sqrt(norms[j]));
    });
    const stored = await compressed(ria, weight, norms);
    const order = importance.map((_, ij) => ij).sort((a, b) => importance[a] - importance[b]);
    const pruned = new Set(order.slice(0, 31)); // the threshold itself is pruned too
    expect([...dequantizeSparse(stored).data])
      .toEqual([...weight.data].map((w, ij) => pruned.has(ij) ? 0 : w));
  });

  it("becomes a row that is smaller than the baseline's and verifies", async () => {
    expect(result.rows.map(({ method }) => method.id))
      .toEqual(["baseline", "baseline", "ria-40", "ria-40"]);
    const [baseline, , row] = result.rows;
    expect(row.compression!.sparsity).toBeCloseTo(0.4, 3);
    expect(row.calibration!.samples).toBe(20);
    expect(row.bytes).toBeLessThan(0.9 * baseline.bytes);
    expect((await verifyResults(store.folder)).problems).toEqual([]);
  });

  it("stands in Table 1, and beside it with an interval", async () => {
    const lines = table1(recipe, result.rows).content.rows.map((row) => row.map((c) => c.text));
    expect(lines.map(([name, , model]) => [name, model]))
      .toEqual([["Baseline", "tiny"], ["Baseline", "study"], ["RIA", "tiny"]]);
    expect(lines[2].at(-1)).toBe("–"); // bytes of ALMA-7B are known for the kit's methods only
    const differences = await methodDifferences(recipe, { rows: result.rows, store });
    const scores = scoreTable(recipe, result.rows, differences).content.rows[1];
    expect(scores[0].text).toBe("RIA");
    for (const { text } of scores.slice(-2)) expect(text).toMatch(/^[+−][\d.]+ \[.+, .+\]$/);
  });

  it("is found again, and computed again when its text changes", async () => {
    expect((await run(ria)).computed).toBe(0);
    const other: LinearMethod = { ...ria, compress: (...args) => ria.compress(...args) };
    const again = await run(other);
    expect(again.computed).toBe(2);
    expect(again.rows[2].keys.row).not.toBe(result.rows[2].keys.row);
    expect(again.rows[2].hypotheses).toEqual(result.rows[2].hypotheses);
  });

  it("is refused by name where nobody brings it", async () => {
    const model = await findModel("tiny");
    await expect(runRecipe(recipe, { model, store })).rejects.toThrow(/ria/);
  });

  it("is cited by the work that it carries", () => {
    const uses = result.rows.slice(2).map(useOfRow);
    const { citations, unknown } = usedWorks(uses, { methods: [ria] });
    expect(citations.map(({ key }) => key)).toContain("zhang-2024-ria");
    expect(unknown).toEqual([]);
    expect(usedWorks(uses).unknown[0]).toContain("Step ria has no citation");
  });

  it("is scored by a metric of one's own, from the stored translations", async () => {
    const table = await metricTable(recipe, result.rows, store, [
      { name: "chrF", score: (own, references) => corpusChrf(own, references).score },
      { name: "sentences", score: (own, _, direction) => direction === "en-de" ? own.length : 0 },
    ]);
    const expected = recipe.methods.map(({ name, precision }, i) => [
      name,
      precision,
      ...result.rows.slice(2 * i, 2 * i + 2).map(({ scores }) => scores.chrf.score.toFixed(2)),
      "4.00",
      "0.00",
    ]);
    expect(table.content.rows.map((row) => row.map(({ text }) => text))).toEqual(expected);
  });
});

const CONTEXT: MethodContext = {
  backend: referenceBackend(),
  gptq: () => {
    throw new Error("Cannot use GPTQ here");
  },
  notice: () => {},
};

/** What the method makes of one linear layer. */
async function compressed(method: LinearMethod, weight: Matrix, squaredNorms: Float32Array) {
  const stored = await method.compress(
    { name: "mlp.up_proj", layer: 0, weight, unpruned: weight },
    { columns: { ...emptyColumnStatistics(weight.columns), squaredNorms } },
    { kind: "ria", sparsity: 0.5 },
    CONTEXT,
  );
  if (stored.kind !== "sparse") throw new Error(`Cannot use a ${stored.kind} weight: not sparse`);
  return stored;
}
