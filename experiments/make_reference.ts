/**
 * `deno task reference`: makes what is committed of the embedded model's results: the reference rows with their translations, the
 * tolerance of each method, from runs on both devices and on two backends, and the notebooks' outputs.
 * @module
 */
import { removeIfThere } from "../inference/files.ts";
import { tinyReferenceFolder } from "../data/tiny.ts";
import type { Device } from "../inference/devices.ts";
import type { BackendName } from "../kernels/backend.ts";
import { NOTEBOOKS, refreshNotebook } from "./jupyter.ts";
import { findModel } from "./model.ts";
import { recipeOutputs } from "./outputs.ts";
import { type Progress, progressView } from "./progress.ts";
import { type Recipe } from "./recipe.ts";
import { loadRecipe, RECIPE_IDS } from "./recipes.ts";
import { recipeUnion } from "./recipe_union.ts";
import { type Reference } from "./reference.ts";
import { resultsFolder } from "./results_folder.ts";
import type { ResultRow } from "./row.ts";
import { runRecipe } from "./run.ts";
import { ResultStore } from "./store.ts";
import { openTestSet } from "./test_set.ts";
import { deriveTolerance, type RowPair, type ScoredText } from "./tolerance.ts";

/** What both devices are compared on: a software adapter is slow. */
const COMPARED = { limit: 2, only: ["en-de"] };

/** The backend whose codes next to ties are as good as those of the one that the rows are computed on. */
const OTHER_BACKEND = "reference";

async function makeReference(): Promise<void> {
  const recipes = await Promise.all(RECIPE_IDS.map((id) => loadRecipe(id)));
  const recipe = recipeUnion(recipes);
  const store = await ResultStore.open(resultsFolder());
  const rows = await rowsOn("cpu", recipe, store);
  const compared = {
    cpu: await rowsOn("cpu", recipe, store, COMPARED),
    webgpu: await rowsOn("webgpu", recipe, store, COMPARED),
  };
  const pairs = [
    ...compared.cpu.map((row, i): RowPair => [row, compared.webgpu[i]]),
    ...await backendPairs(rows, recipe, store),
  ];
  const texts = await scoredTexts(recipe, rows, store);
  const tolerances = Object.fromEntries(recipe.methods.map(({ id }) => {
    const own = (row: ResultRow) => row.method.id === id;
    return [
      id,
      deriveTolerance(texts.filter(({ row }) => own(row)), pairs.filter(([row]) => own(row))),
    ];
  }));
  await writeReference({ rows, tolerances }, store);
  await writeFigures(recipes, rows, store);
  for (const name of NOTEBOOKS) {
    await refreshNotebook(name, store.folder);
    console.log(`Executed ${name}`);
  }
}

/** The rows of methods that choose codes by sums, beside those of another backend. */
async function backendPairs(
  rows: readonly ResultRow[],
  recipe: Recipe,
  store: ResultStore,
): Promise<RowPair[]> {
  const methods = recipe.methods.filter(({ steps }) => steps.some(({ kind }) => kind === "gptq"));
  const only = methods.map(({ id }) => id);
  const own = rows.filter(({ method }) => only.includes(method.id));
  const others = await rowsOn("cpu", recipe, store, { only, backend: OTHER_BACKEND });
  return own.map((row, i): RowPair => [row, others[i]]);
}

async function rowsOn(
  device: Device,
  recipe: Recipe,
  store: ResultStore,
  part: { limit?: number; only?: readonly string[]; backend?: BackendName } = {},
): Promise<ResultRow[]> {
  const view = progressView(Deno.stderr.isTerminal(), (line) => console.log(`${device} ${line}`));
  const model = await findModel("tiny");
  try {
    const onProgress = (progress: Progress) => view.show(progress);
    return (await runRecipe(recipe, { model, store, device, ...part, onProgress })).rows;
  } finally {
    view.close();
  }
}

async function scoredTexts(
  recipe: Recipe,
  rows: readonly ResultRow[],
  store: ResultStore,
): Promise<ScoredText[]> {
  const testSet = await openTestSet(recipe.testSet);
  return await Promise.all(rows.map(async (row) => ({
    row,
    hypotheses: await store.hypotheses(row),
    references: testSet.unit(row.direction, row.data.segments).references,
  })));
}

async function writeReference({ rows, tolerances }: Reference, store: ResultStore): Promise<void> {
  const folder = tinyReferenceFolder();
  const files = rows.flatMap(({ hypotheses, calibration }) => [hypotheses.file, calibration?.file]);
  for (const kind of ["hypotheses", "calibration"]) {
    await removeIfThere(`${folder}/${kind}`);
    await Deno.mkdir(`${folder}/${kind}`, { recursive: true });
  }
  for (const file of new Set(files)) {
    if (file !== undefined) await Deno.copyFile(`${store.folder}/${file}`, `${folder}/${file}`);
  }
  const lines = rows.map((row) => JSON.stringify(row) + "\n").join("");
  await Deno.writeTextFile(`${folder}/rows.jsonl`, lines);
  const text = JSON.stringify(tolerances, null, 2) + "\n";
  await Deno.writeTextFile(`${folder}/tolerances.json`, text);
}

/** The figures as pictures, for pages that show nothing else. */
async function writeFigures(
  recipes: readonly Recipe[],
  rows: readonly ResultRow[],
  store: ResultStore,
): Promise<void> {
  for (const { name, content } of await recipeOutputs(recipes, rows, store)) {
    if (!("toSvg" in content)) continue;
    await Deno.writeTextFile(`${tinyReferenceFolder()}/${name}.svg`, await content.toSvg());
  }
}

if (import.meta.main) await makeReference();
