/**
 * `deno task notebook [names]`: executes notebooks of this package and keeps their outputs.
 * @module
 */
import { readArguments, runCommand } from "./command.ts";
import { NOTEBOOKS, refreshNotebook } from "./jupyter.ts";
import { resultsFolder } from "./results_folder.ts";

async function notebookCommand(args: readonly string[]): Promise<number> {
  const { positionals } = readArguments(args, {}, "names of notebooks");
  const unknown = positionals.find((name) => !NOTEBOOKS.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(`Cannot execute ${unknown}: it must be one of ${NOTEBOOKS.join(", ")}`);
  }
  for (const name of positionals.length === 0 ? NOTEBOOKS : positionals) {
    await refreshNotebook(name, resultsFolder());
    console.log(`Executed ${name}`);
  }
  return 0;
}

if (import.meta.main) await runCommand(notebookCommand);
