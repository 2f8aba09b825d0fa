/**
 * `deno task score`: scores translations that were made elsewhere and keeps them as a row.
 * @module
 */
import { resolve } from "node:path";
import { sha256 } from "./canonical_json.ts";
import { runCommand } from "./command.ts";
import { resultsFolder } from "./results_folder.ts";
import { scoreSystem } from "./score_system.ts";
import { parseScoreOptions, SCORE_HELP } from "./score_system_options.ts";
import { systemTable } from "./score_system_table.ts";
import { ResultStore } from "./store.ts";
import { openTestSet } from "./test_set.ts";
import { readText } from "./texts.ts";

/** Runs the command and returns its exit code. */
async function score(args: readonly string[]): Promise<number> {
  const command = parseScoreOptions(args);
  if (command === "help") {
    console.log(SCORE_HELP);
    return 0;
  }
  const { name, direction, protocol, quirks } = command;
  const bytes = await readText(command.hypotheses);
  const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  const hypotheses = text.replace(/\r?\n$/, "").split(/\r?\n/);
  const testSet = await openTestSet(wholePaths(command.data));
  const store = await ResultStore.open(resultsFolder());
  store.repairs.forEach((repair) => console.log(repair));
  const { row, computed } = await scoreSystem(
    { name, direction, hypotheses, fileSha256: sha256(bytes) },
    { store, testSet, protocol, ...(quirks ? { quirks } : {}) },
  );
  console.log(systemTable(store.systems.filter(({ system }) => system.name === name)).toText());
  console.log(
    `${name} ${direction}: ${computed ? "scored, row" : "was scored already, row"} ${
      row.sha256.slice(0, 12)
    }`,
  );
  return 0;
}

/** The name of a test set, or two files by their whole paths, so that a row finds them from anywhere. */
function wholePaths(data: string): string {
  return data.includes(",") ? data.split(",").map((file) => resolve(file)).join(",") : data;
}

if (import.meta.main) await runCommand(score);
