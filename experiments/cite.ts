/**
 * `deno task cite`: what to cite for results, as BibTeX, as a citation file or as text.
 * @module
 */
import type { Citation } from "../data/citations.ts";
import { citationsToBibtex } from "./citations/bibtex.ts";
import { citationsToCff } from "./citations/cff.ts";
import { citationsToText } from "./citations/text.ts";
import {
  type ResultUse,
  type UsedWorks,
  usedWorks,
  useOfMethod,
  useWithComet,
} from "./citations/used.ts";
import { CITE_HELP, type CiteFormat, parseCiteOptions } from "./cite_options.ts";
import { type CometLookup, cometLookup } from "./comet_lookup.ts";
import { runCommand } from "./command.ts";
import { type Recipe } from "./recipe.ts";
import { loadRecipe, RECIPE_IDS } from "./recipes.ts";
import { resultsFolder } from "./results_folder.ts";
import type { ResultRow } from "./row.ts";
import { readStoredRows } from "./stored_rows.ts";

/** Fewest digits of a row's key that name it. */
const KEY_DIGITS = 6;

/** What a citation file asks its reader to do. */
const CFF_MESSAGE = "If you use these results, please cite this kit and the works that it lists.";

/** Runs the command and returns its exit code. */
export async function cite(args: readonly string[]): Promise<number> {
  const options = parseCiteOptions(args);
  if (options.help) {
    console.log(CITE_HELP);
    return 0;
  }
  const { rows } = await readStoredRows(resultsFolder());
  const comet = await cometLookup(rows, resultsFolder());
  const recipes = await Promise.all(RECIPE_IDS.map(loadRecipe));
  const { citations, unknown } = citedWorks(options.results, rows, recipes, comet);
  for (const format of options.formats) console.log(formatted(citations, format));
  unknown.forEach((sentence) => console.error(sentence));
  return 0;
}

/**
 * The works behind named results, or behind everything.
 *
 * @param names Ids of methods or beginnings of row keys; none for all rows and what they are compared with.
 * @param rows Rows that were computed; the recipes stand for them where there are none.
 * @param comet Gives rows' COMET scores, where they are known.
 * @throws {RangeError} If a name is neither; the message lists the methods.
 */
export function citedWorks(
  names: readonly string[],
  rows: readonly ResultRow[],
  recipes: readonly Recipe[],
  comet: CometLookup = () => undefined,
): UsedWorks {
  const useOf = (row: ResultRow) => useWithComet(row, comet);
  const planned = recipes.flatMap((recipe) =>
    recipe.methods.map((method) => ({ id: method.id, use: useOfMethod(method, recipe, "tiny") }))
  );
  if (names.length > 0) {
    return usedWorks(names.flatMap((name) => usesOf(name, rows, planned, useOf)));
  }
  const uses = rows.length > 0 ? rows.map(useOf) : planned.map(({ use }) => use);
  return usedWorks(uses, { comparison: true });
}

function usesOf(
  name: string,
  rows: readonly ResultRow[],
  planned: readonly { id: string; use: ResultUse }[],
  useOf: (row: ResultRow) => ResultUse,
): ResultUse[] {
  const isKey = name.length >= KEY_DIGITS && /^[0-9a-f]+$/.test(name);
  const computed = rows.filter(({ method, keys }) =>
    method.id === name || isKey && keys.row.startsWith(name)
  );
  if (computed.length > 0) return computed.map(useOf);
  const uses = planned.filter(({ id }) => id === name).map(({ use }) => use);
  if (uses.length > 0) return uses;
  const known = new Set([...rows.map(({ method }) => method.id), ...planned.map(({ id }) => id)]);
  throw new RangeError(
    `Cannot cite ${JSON.stringify(name)}: it must be a method (${
      [...known].join(", ")
    }) or the first ` +
      `${KEY_DIGITS} or more digits of a row's key`,
  );
}

function formatted(citations: readonly Citation[], format: CiteFormat): string {
  if (format === "bibtex") return citationsToBibtex(citations);
  if (format === "text") return citationsToText(citations);
  const kit = citations.filter(({ key }) => key === "mtpress");
  return citationsToCff([...kit, ...citations.filter((work) => !kit.includes(work))], CFF_MESSAGE);
}

if (import.meta.main) await runCommand(cite);
