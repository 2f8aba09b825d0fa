/**
 * `deno task export`: a result as other people's programs read it.
 * @module
 */
import { basename, relative } from "node:path";
import { openModel } from "../inference/compressed/model.ts";
import { exportModel } from "../inference/export/export_model.ts";
import { runCommand } from "./command.ts";
import { EXPORT_HELP, parseExportOptions } from "./export_options.ts";
import { findModel } from "./model.ts";
import { resultsFolder } from "./results_folder.ts";
import { storedResult } from "./stored_result.ts";

/** Runs the command and returns its exit code. */
export async function exportResult(args: readonly string[]): Promise<number> {
  const command = parseExportOptions(args);
  if (command === "help") {
    console.log(EXPORT_HELP);
    return 0;
  }
  const { result, format, force } = command;
  const results = resultsFolder();
  const source = await findModel(command.model);
  const given = await isModelFolder(result);
  const folder = given ? result : await storedResult(results, result, source);
  const output = command.output ?? `${results}/exports/${basename(result)}-${format}`;
  const model = await openModel(folder);
  try {
    await exportModel({ model, format, folder: output, source: source.id, force });
  } finally {
    model.close();
  }
  const path = relative(Deno.cwd(), output) || ".";
  console.log(`Exported ${result} as ${format} to ${path}; its README.md says how to load it`);
  return 0;
}

/** Whether there is a model's folder at the path. */
async function isModelFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(`${path}/config.json`)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    if (error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}

if (import.meta.main) await runCommand(exportResult);
