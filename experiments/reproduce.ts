/**
 * `deno task reproduce`: from a fresh clone to the measured table.
 * @module
 */
import { relative } from "node:path";
import { executeNotebook, jupyterVersion, notebookPath, NOTEBOOKS } from "./jupyter.ts";
import { findModel } from "./model.ts";
import { type Progress, progressView } from "./progress.ts";
import { loadRecipe, type Recipe } from "./recipe.ts";
import { compareWithReference, loadReference, referenceReport } from "./reference.ts";
import {
  parseReproduceOptions,
  REPRODUCE_HELP,
  type ReproduceOptions,
} from "./reproduce_options.ts";
import { resultsFolder } from "./results_folder.ts";
import type { ResultRow } from "./row.ts";
import { runRecipe } from "./run.ts";
import { ResultStore } from "./store.ts";
import { directionTable, table1 } from "./table_1.ts";
import type { Table } from "./table/table.ts";

/** Runs the command and returns its exit code. */
export async function reproduce(args: readonly string[]): Promise<number> {
  const options = parseReproduceOptions(args);
  if (options.help) {
    console.log(REPRODUCE_HELP);
    return 0;
  }
  const recipe = await loadRecipe("table_1");
  const { rows, store } = await compute(recipe, options);
  const tables = {
    table_1: table1(recipe, rows),
    table_1_directions: directionTable(recipe, rows),
  };
  console.log(`\n${tables.table_1.toText()}\n${tables.table_1_directions.toText()}`);
  const written = await writeTables(tables, store.folder);
  console.log(`Written to ${relative(Deno.cwd(), store.folder) || "."}: ${written.join(", ")}`);
  if (options.model === "tiny") await reportReference(rows);
  if (options.notebooks) return await runNotebooks(options, store.folder);
  return 0;
}

async function compute(
  recipe: Recipe,
  options: ReproduceOptions,
): Promise<{ rows: ResultRow[]; store: ResultStore }> {
  const model = await findModel(options.model);
  const store = await ResultStore.open(resultsFolder());
  store.repairs.forEach((repair) => console.log(repair));
  const started = performance.now();
  const view = progressView(Deno.stderr.isTerminal(), (line) => console.log(line));
  const onProgress = (progress: Progress) => view.show(progress);
  const { rows, computed } = await runRecipe(recipe, { ...options, model, store, onProgress })
    .finally(() => view.close());
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${computed} of ${rows.length} rows computed in ${seconds} s, the others stored`);
  return { rows, store };
}

async function writeTables(tables: Record<string, Table>, folder: string): Promise<string[]> {
  const written: string[] = [];
  for (const [name, table] of Object.entries(tables)) {
    const faces = {
      md: table.toMarkdown(),
      html: table.toHtml(),
      csv: table.toCsv(),
      tex: table.toLatex(),
    };
    for (const [extension, text] of Object.entries(faces)) {
      await Deno.writeTextFile(`${folder}/${name}.${extension}`, text);
      written.push(`${name}.${extension}`);
    }
  }
  return written;
}

async function reportReference(rows: readonly ResultRow[]): Promise<void> {
  const reference = await loadReference();
  const comparisons = rows.map((row) => compareWithReference(row, reference));
  referenceReport(comparisons).forEach((line) => console.log(line));
}

/** Executes the notebooks when `jupyter` is there; says so in one line when it is not. */
async function runNotebooks(options: ReproduceOptions, results: string): Promise<number> {
  if (options.model !== "tiny" || options.only.length > 0 || options.limit !== undefined) return 0;
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

if (import.meta.main) {
  try {
    Deno.exit(await reproduce(Deno.args));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}
