/**
 * A report with invented numbers: every method of every recipe on two sentences a direction.
 * @module
 */
import { loadRecipe, type MethodRecipe, openTestSet, type Recipe, type ResultRow } from "mtpress";
import { RECIPE_IDS } from "../../../experiments/recipes.ts";
import { recipeUnion } from "../../../experiments/recipe_union.ts";
import { reportParts } from "../../../experiments/report/gather.ts";
import type { ReportParts } from "../../../experiments/report/parts.ts";
import { exampleRow } from "../example_rows.ts";

/** The recipes of the package. */
export const RECIPES: readonly Recipe[] = await Promise.all(RECIPE_IDS.map(loadRecipe));

const TESTS = await openTestSet("tiny/test");
const UNION = recipeUnion(RECIPES);

/** One row for each method and direction of all recipes, scores falling from method to method. */
export const EXAMPLE_ROWS: readonly ResultRow[] = UNION.methods.flatMap((method, place) =>
  UNION.directions.map((direction, turn) => {
    const { data } = TESTS.unit(direction, 2);
    const pruned = method.steps.length > 0;
    return exampleRow({
      keys: {
        row: `${place}`.padStart(2, "0").repeat(16) + `${turn}`.repeat(32),
        translation: `${turn}`,
      },
      method: { id: method.id, steps: method.steps },
      direction,
      data,
      calibration: calibration(method),
      compression: pruned
        ? { key: "f".repeat(64), backend: "wasm", seconds: 2, sparsity: 0.4 }
        : null,
      scores: {
        bleu: { score: 70 - place - turn / 10, signature: "nrefs:1|tok:13a" },
        chrf: { score: 80 - place - turn / 10, signature: "nrefs:1|nc:6" },
      },
      perplexity: 1.2 + place / 100,
    });
  })
);

/** Translations of every row: the references, the first without its last word where the model is compressed. */
const STORE = {
  hypotheses: (row: ResultRow): Promise<string[]> => {
    const [first, ...others] = TESTS.unit(row.direction, 2).references;
    const changed = row.method.steps.length > 0 ? first.replace(/\s?\S+$/, "") : first;
    return Promise.resolve([changed, ...others]);
  },
};

/** The parts of the example report. */
export function exampleParts(): Promise<ReportParts> {
  return reportParts(RECIPES, EXAMPLE_ROWS, { store: STORE, notices: ["Invented numbers."] });
}

function calibration({ steps, calibration }: MethodRecipe): ResultRow["calibration"] {
  if (steps.length === 0) return null;
  const samples = calibration?.samples ?? 512;
  return { id: "tiny/calibration", samples, file: "calibration/x.json", sha256: "9".repeat(64) };
}
