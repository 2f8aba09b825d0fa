/**
 * `deno task report`: the results as one HTML page.
 * @module
 */
import { tinyReferenceFolder } from "../data/tiny.ts";
import type { Device } from "../inference/devices.ts";
import type { BackendName } from "../kernels/backend.ts";
import { cometLookup } from "./comet_lookup.ts";
import { runCommand } from "./command.ts";
import type { ModelTimes } from "./interleaved_time.ts";
import { findModel, type ModelChoice } from "./model.ts";
import { protocolRecipe } from "./protocol/study_recipe.ts";
import { type Recipe } from "./recipe.ts";
import { loadRecipe, RECIPE_IDS } from "./recipes.ts";
import { modelRecipe } from "./recipe_model.ts";
import { recipeUnion } from "./recipe_union.ts";
import { findRows } from "./report/find_rows.ts";
import { findTimes } from "./report/find_times.ts";
import { reportParts } from "./report/gather.ts";
import { reportHtml } from "./report/page.ts";
import { parseReportOptions, REPORT_HELP, type ReportOptions } from "./report_options.ts";
import { resultsFolder } from "./results_folder.ts";
import type { ResultRow } from "./row.ts";
import { runBackend } from "./run_backend.ts";
import { readStoredRows, type StoredRows } from "./stored_rows.ts";

/** Rows to report, with what a reader must know of them. */
interface ReportRows {
  rows: readonly ResultRow[];
  store: StoredRows;
  times: readonly ModelTimes[];
  notices: string[];
}

/** What was measured, and where. */
interface ReportPlace {
  model: ModelChoice;
  name: string;
  device: Device;
  backend: BackendName;
}

/** Runs the command and returns its exit code. */
export async function report(args: readonly string[]): Promise<number> {
  const options = parseReportOptions(args);
  if (options.help) {
    console.log(REPORT_HELP);
    return 0;
  }
  const folder = resultsFolder();
  const model = await findModel(options.model, options.dtype);
  const recipes = (await Promise.all(RECIPE_IDS.map(loadRecipe)))
    .map((recipe) => measuredRecipe(recipe, model.id, options));
  const { backend } = await runBackend(model, options.backend);
  const { rows, ...source } = await reportRows(
    recipes,
    { ...options, backend, model, name: options.model },
    folder,
  );
  source.notices.forEach((notice) => console.log(notice));
  const comet = await cometLookup(rows, folder);
  const page = reportHtml(await reportParts(recipes, rows, { ...source, comet }));
  const path = options.output ?? `${folder}/report.html`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(path, page);
  const megabytes = (new TextEncoder().encode(page).length / 1e6).toFixed(2);
  console.log(`Written to ${path}: ${rows.length} rows, ${megabytes} MB`);
  return 0;
}

/** A recipe as `deno task reproduce` runs it with the same options. */
function measuredRecipe(recipe: Recipe, model: string, options: ReportOptions): Recipe {
  const { protocol, limit } = options;
  const own = modelRecipe(recipe, model);
  return protocolRecipe({ ...own, protocol, sentences: limit ?? own.sentences });
}

/** The rows in the results folder, or the committed reference's where it has none. */
async function reportRows(
  recipes: readonly Recipe[],
  { model, name, device, backend }: ReportPlace,
  folder: string,
): Promise<ReportRows> {
  const union = recipeUnion(recipes);
  const store = await readStoredRows(folder);
  const { rows, missing } = await findRows(union, store.rows, { model, device, backend });
  if (rows.length > 0) {
    const times = await findTimes(folder, rows);
    return { rows, store, times, notices: partNotice(rows, missing) };
  }
  if (model.id !== "tiny") {
    throw new RangeError(
      `Cannot report on ${name}: ${folder} has no rows of it. Compute them with deno task reproduce --model ${name}`,
    );
  }
  const reference = await readStoredRows(tinyReferenceFolder());
  const ids = union.methods.map(({ id }) => id);
  return {
    rows: reference.rows.filter(({ method }) => ids.includes(method.id)),
    store: reference,
    times: [],
    notices: [
      "These are the reference rows that are committed with the kit: the results folder has no rows of its present " +
      "sources. To compute them on this machine, run deno task reproduce.",
    ],
  };
}

function partNotice(rows: readonly ResultRow[], missing: readonly string[]): string[] {
  if (missing.length === 0) return [];
  return [
    `${rows.length} of ${
      rows.length + missing.length
    } rows are computed; the others are left out: ` +
    "run deno task reproduce for all.",
  ];
}

if (import.meta.main) await runCommand(report);
