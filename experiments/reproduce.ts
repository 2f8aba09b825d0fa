/**
 * `deno task reproduce`: from a fresh clone to the measured table and figures.
 * @module
 */
import { relative, resolve } from "node:path";
import type { BackendChoice } from "../inference/backend_choice.ts";
import type { BackendName } from "../kernels/backend.ts";
import { runCommand } from "./command.ts";
import { executeNotebook, jupyterVersion, notebookPath, NOTEBOOKS } from "./jupyter.ts";
import { type CometLookup, cometLookup } from "./comet_lookup.ts";
import { requireComet, rowsWithComet } from "./comet_rows.ts";
import { findModel, type ModelChoice } from "./model.ts";
import { type Output, outputName, recipeOutputs, writeOutputs } from "./outputs.ts";
import { type Progress, progressView } from "./progress.ts";
import { protocolNotes } from "./protocol/notes.ts";
import { protocolRecipe } from "./protocol/study_recipe.ts";
import { type Recipe } from "./recipe.ts";
import { recordedBackend, runBackend } from "./run_backend.ts";
import { loadRecipe, RECIPE_IDS, type RecipeId } from "./recipes.ts";
import { claimsTable } from "./claims/table.ts";
import { readRecipeFile } from "./recipe_file.ts";
import { modelRecipe } from "./recipe_model.ts";
import { recipeUnion, rowsOfRecipe } from "./recipe_union.ts";
import { claimsSummary, reproducedClaims } from "./reproduced_claims.ts";
import { compareWithReference, loadReference, referenceReport } from "./reference.ts";
import {
  parseReproduceOptions,
  REPRODUCE_HELP,
  type ReproduceOptions,
} from "./reproduce_options.ts";
import { resultsFolder } from "./results_folder.ts";
import type { ResultRow } from "./row.ts";
import { runRecipe } from "./run.ts";
import { confirmRun } from "./run_needs.ts";
import { ResultStore } from "./store.ts";

/** Runs the command and returns its exit code. */
export async function reproduce(args: readonly string[]): Promise<number> {
  const options = parseReproduceOptions(args);
  if (options.help) {
    console.log(REPRODUCE_HELP);
    return 0;
  }
  if (options.comet) await requireComet();
  const model = await findModel(options.model, options.dtype);
  const recipes = await chosenRecipes(options, model);
  protocolNotes(recipeUnion(recipes)).forEach((note) => console.log(note));
  const choice = await runBackend(model, options.backend);
  const { rows, store } = await compute(recipeUnion(recipes), options, model, choice);
  const outputs = await recipeOutputs(recipes, rows, store, await comet(rows, store, options));
  print(outputs);
  outputs.push(await judge(recipes, rows, store, { ...options, model }));
  const written = await writeOutputs(outputs, store.folder);
  console.log(`Written to ${relative(Deno.cwd(), store.folder) || "."}: ${written}`);
  if (isStandard(options)) await reportReference(rows, choice.backend);
  if (options.notebooks) return await runNotebooks(options, store.folder);
  return 0;
}

/** The recipes of the package, or those that were named; on the user's own text when there is one. */
async function chosenRecipes(options: ReproduceOptions, model: ModelChoice): Promise<Recipe[]> {
  const { recipes, data } = options;
  const names = recipes.length > 0 ? recipes : data ? ["table_1"] : RECIPE_IDS;
  const loaded = (await Promise.all(names.map(readRecipe))).map((recipe) =>
    underProtocol(modelRecipe(recipe, model.id), options)
  );
  if (data === undefined) return loaded;
  const testSet = [data.source, data.reference].map((file) => resolve(file)).join(",");
  return loaded.map((recipe) => ({
    ...recipe,
    testSet,
    sentences: "all" as const,
    directions: [data.direction],
  }));
}

/** A recipe under the protocol that was asked for; one that names the study's by itself keeps it. */
function underProtocol(recipe: Recipe, { protocol, quirks }: ReproduceOptions): Recipe {
  return protocolRecipe(
    protocol === "sound" ? recipe : { ...recipe, protocol, ...(quirks ? { quirks } : {}) },
  );
}

async function readRecipe(name: string): Promise<Recipe> {
  if (RECIPE_IDS.includes(name as RecipeId)) return await loadRecipe(name as RecipeId);
  if (!name.endsWith(".json")) {
    throw new RangeError(
      `Cannot run recipe ${JSON.stringify(name)}: it must be ${
        RECIPE_IDS.join(", ")
      } or a JSON file`,
    );
  }
  return await readRecipeFile(name);
}

async function compute(
  recipe: Recipe,
  options: ReproduceOptions,
  model: ModelChoice,
  { backend, reason }: BackendChoice,
): Promise<{ rows: ResultRow[]; store: ResultStore }> {
  const store = await ResultStore.open(resultsFolder());
  store.repairs.forEach((repair) => console.log(repair));
  const started = performance.now();
  const view = progressView(Deno.stderr.isTerminal(), (line) => console.log(line));
  const { rows, computed } = await runRecipe(recipe, {
    ...options,
    backend,
    model,
    store,
    onNeeds: (needs) => {
      console.log(`Compression: backend ${backend}: ${reason}`);
      const say = (sentence: string) => console.log(sentence);
      return confirmRun(needs, store.folder, { yes: options.yes, say });
    },
    onProgress: (progress: Progress) => view.show(progress),
    onNotice: (sentence) => console.log(sentence),
  }).finally(() => view.close());
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${computed} of ${rows.length} rows computed in ${seconds} s, the others stored`);
  return { rows, store };
}

/** COMET of the rows: what is stored, and the rest where it was asked for. */
async function comet(
  rows: readonly ResultRow[],
  store: ResultStore,
  options: ReproduceOptions,
): Promise<CometLookup> {
  if (!options.comet) return await cometLookup(rows, store.folder);
  const onRow = (done: number, total: number) => console.log(`COMET: ${done} of ${total} rows`);
  return await rowsWithComet(rows, store, { onRow });
}

/** Judges the claims and prints which got which verdict; the table with the reasons is written only. */
async function judge(
  recipes: readonly Recipe[],
  rows: readonly ResultRow[],
  store: ResultStore,
  options: Omit<ReproduceOptions, "model"> & { model: ModelChoice },
): Promise<Output> {
  const experiments = recipes.map((recipe) => ({ recipe, rows: rowsOfRecipe(recipe, rows) }));
  const { verdicts } = await reproducedClaims(experiments, {
    ...options,
    store,
  });
  const name = outputName({ id: "claims", protocol: recipes[0].protocol });
  console.log(`\nThe study's claims, judged by these results (reasons: ${name}.md):`);
  claimsSummary(verdicts).forEach((line) => console.log(line));
  return { name, content: claimsTable(verdicts), printed: false };
}

function print(outputs: readonly Output[]): void {
  for (const { content, printed } of outputs) if (printed) console.log(`\n${content.toText()}`);
}

/** Whether the run was of the package's own recipes and model, so that there is a reference. */
function isStandard({ model, data, protocol }: ReproduceOptions): boolean {
  return model === "tiny" && data === undefined && protocol === "sound";
}

async function reportReference(rows: readonly ResultRow[], backend: BackendName): Promise<void> {
  const reference = await loadReference();
  const recorded = recordedBackend(reference);
  if (backend !== recorded) {
    console.log(
      `The reference was compressed on ${recorded} and this run on ${backend}: GPTQ's codes next to ties differ`,
    );
  }
  const comparisons = rows.map((row) => compareWithReference(row, reference));
  referenceReport(comparisons).forEach((line) => console.log(line));
}

/** Executes the notebooks when `jupyter` is there; says so in one line when it is not. */
async function runNotebooks(options: ReproduceOptions, results: string): Promise<number> {
  const whole = options.only.length === 0 && options.recipes.length === 0;
  if (!isStandard(options) || !whole || options.limit !== undefined) return 0;
  if (await jupyterVersion() === null) {
    console.log("Notebooks: not executed, there is no jupyter on the path");
    return 0;
  }
  for (const name of NOTEBOOKS) {
    const run = await executeNotebook(notebookPath(name), `${results}/jupyter`, {
      MTPRESS_RESULTS: results,
    });
    if (!run.success) {
      console.error(`Notebooks: ${name} failed\n${run.output}`);
      return 1;
    }
    await Deno.writeTextFile(`${results}/${name}`, run.output);
    console.log(`Notebooks: executed ${name}, its outputs are in ${name}`);
  }
  return 0;
}

if (import.meta.main) await runCommand(reproduce);
