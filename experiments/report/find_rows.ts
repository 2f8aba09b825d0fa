/**
 * Finding the rows that a run of a recipe would find, without running it.
 * @module
 */
import { METHODS } from "../../inference/compression/methods.ts";
import type { Device } from "../../inference/devices.ts";
import type { BackendName } from "../../kernels/backend.ts";
import { unitKeys } from "../key.ts";
import type { ModelChoice } from "../model.ts";
import { prepareMethods } from "../prepared_method.ts";
import type { Recipe } from "../recipe.ts";
import type { ResultRow } from "../row.ts";
import { openTestSet } from "../test_set.ts";
import { recipeUnits } from "../units.ts";
import { stepSources } from "../versions.ts";

/** Rows of a recipe. */
export interface FoundRows {
  /** Those that there are, in the recipe's order. */
  rows: ResultRow[];
  /** Units that have none, such as `"nf4 en-de"`. */
  missing: string[];
}

/**
 * The rows of a recipe whose keys are those that a run with the present sources, versions and inputs would compute.
 *
 * @param recipe The recipe; of built-in methods.
 * @param stored All rows of a results folder.
 */
export async function findRows(
  recipe: Recipe,
  stored: readonly ResultRow[],
  place: { model: ModelChoice; device: Device; backend: BackendName },
): Promise<FoundRows> {
  const newest = new Map(stored.map((row) => [row.keys.row, row]));
  const prepared = await prepareMethods(recipe, recipe.methods, {
    ...place,
    methods: METHODS,
    sources: (steps) => stepSources(steps, METHODS, place.backend),
  });
  const testSet = await openTestSet(recipe.testSet);
  const found: FoundRows = { rows: [], missing: [] };
  for (const unit of recipeUnits(recipe)) {
    const { data } = testSet.unit(unit.direction, recipe.sentences);
    const { facts } = prepared.get(unit.method.id)!;
    const row = newest.get(unitKeys(recipe, unit, data, facts).row);
    if (row) found.rows.push(row);
    else found.missing.push(`${unit.method.id} ${unit.direction}`);
  }
  return found;
}
