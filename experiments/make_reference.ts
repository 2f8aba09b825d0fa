/**
 * `deno task reference`: makes what is committed of the embedded model's results, from runs on both backends: the
 * reference rows with their translations, the tolerance of each method, and the notebooks' outputs.
 * @module
 */
import { removeIfThere } from "../inference/files.ts";
import { tinyReferenceFolder } from "../data/tiny.ts";
import type { Device } from "../inference/devices.ts";
import { executeNotebook, notebookPath, NOTEBOOKS } from "./jupyter.ts";
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
import { type BackendPair, deriveTolerance, type ScoredText } from "./tolerance.ts";

/** What both backends are compared on: a software adapter is slow. */
const COMPARED = { limit: 2, only: ["en-de"] };

async function makeReference(): Promise<void> {
  const recipes = await Promise.all(RECIPE_IDS.map((id) => loadRecipe(id)));
  const recipe = recipeUnion(recipes);
  const store = await ResultStore.open(resultsFolder());
  const rows = await rowsOn("cpu", recipe, store);
  const compared = {
    cpu: await rowsOn("cpu", recipe, store, COMPARED),
    webgpu: await rowsOn("webgpu", recipe, store, COMPARED),
  };
  const texts = await scoredTexts(recipe, rows, store);
  const tolerances = Object.fromEntries(recipe.methods.map(({ id }) => {
    const own = (row: ResultRow) => row.method.id === id;
    const pairs = compared.cpu.map((row, i): BackendPair => [row, compared.webgpu[i]]);
    return [
      id,
      deriveTolerance(texts.filter(({ row }) => own(row)), pairs.filter(([row]) => own(row))),
    ];
  }));
  await writeReference({ rows, tolerances }, store);
  await writeFigures(recipes, rows, store);
  for (const name of NOTEBOOKS) await refreshNotebook(name, store.folder);
}

async function rowsOn(
  device: Device,
  recipe: Recipe,
  store: ResultStore,
  part: { limit?: number; only?: readonly string[] } = {},
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

/** Executes a notebook on the stored rows and keeps its outputs; what changes from run to run is left out. */
async function refreshNotebook(name: string, results: string): Promise<void> {
  const path = notebookPath(name);
  const run = await executeNotebook(path, `${results}/jupyter`, { MTPRESS_RESULTS: results });
  if (!run.success) throw new Error(`Cannot execute ${name}: ${run.output}`);
  const notebook = JSON.parse(run.output);
  delete notebook.metadata.language_info.version;
  await Deno.writeTextFile(path, JSON.stringify(notebook, null, 1) + "\n");
  console.log(`Executed ${name}`);
}

if (import.meta.main) await makeReference();
