/**
 * `deno task reference`: makes what is committed of the embedded model's results, from runs on both backends: the
 * reference rows with their translations, the tolerance of each method, and the notebooks' outputs.
 * @module
 */
import { fileURLToPath } from "node:url";
import { tinyReferenceFolder } from "../data/tiny.ts";
import type { Device } from "../inference/devices.ts";
import { executeNotebook } from "./jupyter.ts";
import { findModel } from "./model.ts";
import { progressView } from "./progress.ts";
import { loadRecipe, type Recipe } from "./recipe.ts";
import { type Reference } from "./reference.ts";
import { resultsFolder } from "./results_folder.ts";
import type { ResultRow } from "./row.ts";
import { runRecipe } from "./run.ts";
import { ResultStore } from "./store.ts";
import { openTestSet } from "./test_set.ts";
import { type BackendPair, deriveTolerance } from "./tolerance.ts";

const NOTEBOOKS = ["table_1.ipynb"];

async function makeReference(): Promise<void> {
  const recipe = await loadRecipe("table_1");
  const store = await ResultStore.open(resultsFolder());
  const cpu = await rowsOn("cpu", recipe, store);
  const webgpu = await rowsOn("webgpu", recipe, store);
  await writeReference(
    { rows: cpu, tolerances: await tolerances(recipe, store, cpu, webgpu) },
    store,
  );
  for (const name of NOTEBOOKS) await refreshNotebook(name, store.folder);
}

async function rowsOn(device: Device, recipe: Recipe, store: ResultStore): Promise<ResultRow[]> {
  const view = progressView(Deno.stderr.isTerminal(), (line) => console.log(`${device} ${line}`));
  const model = await findModel("tiny");
  const { rows } = await runRecipe(recipe, {
    model,
    store,
    device,
    onProgress: (progress) => view.show(progress),
  });
  view.close();
  return rows;
}

async function tolerances(
  recipe: Recipe,
  store: ResultStore,
  cpu: readonly ResultRow[],
  webgpu: readonly ResultRow[],
): Promise<Reference["tolerances"]> {
  const testSet = await openTestSet(recipe.testSet);
  const pairs: BackendPair[] = [];
  for (const [index, reference] of cpu.entries()) {
    const { references } = testSet.unit(reference.direction, reference.data.segments);
    const hypotheses = await store.hypotheses(reference);
    pairs.push({ reference, other: webgpu[index]!, hypotheses, references });
  }
  return Object.fromEntries(recipe.methods.map(({ id }) => {
    const own = pairs.filter(({ reference }) => reference.method.id === id);
    return [id, deriveTolerance(own)];
  }));
}

async function writeReference({ rows, tolerances }: Reference, store: ResultStore): Promise<void> {
  const folder = tinyReferenceFolder();
  await Deno.mkdir(`${folder}/hypotheses`, { recursive: true });
  for await (const { name } of Deno.readDir(`${folder}/hypotheses`)) {
    await Deno.remove(`${folder}/hypotheses/${name}`);
  }
  for (const row of rows) {
    await Deno.copyFile(store.hypothesesPath(row), `${folder}/${row.hypotheses.file}`);
  }
  const lines = rows.map((row) => JSON.stringify(row) + "\n").join("");
  await Deno.writeTextFile(`${folder}/rows.jsonl`, lines);
  const text = JSON.stringify(tolerances, null, 2) + "\n";
  await Deno.writeTextFile(`${folder}/tolerances.json`, text);
}

/** Executes a notebook on the stored rows and keeps its outputs; what changes from run to run is left out. */
async function refreshNotebook(name: string, results: string): Promise<void> {
  const path = fileURLToPath(new URL(`../notebooks/${name}`, import.meta.url));
  const run = await executeNotebook(path, `${results}/jupyter`, { MTPRESS_RESULTS: results });
  if (!run.success) throw new Error(`Cannot execute ${name}: ${run.output}`);
  const notebook = JSON.parse(run.output);
  delete notebook.metadata.language_info.version;
  await Deno.writeTextFile(path, JSON.stringify(notebook, null, 1) + "\n");
  console.log(`Executed ${name}`);
}

if (import.meta.main) await makeReference();
