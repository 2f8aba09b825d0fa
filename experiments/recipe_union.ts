/**
 * Several recipes as one: what they share is computed once.
 * @module
 */
import { canonicalJson } from "./canonical_json.ts";
import type { MethodRecipe, Recipe } from "./recipe.ts";
import type { ResultRow } from "./row.ts";

/**
 * One recipe with the methods of all, each once, in their order.
 *
 * @param recipes At least one. They must agree in everything but id, title and methods.
 * @throws {RangeError} If they differ elsewhere, or call two different methods by one id.
 */
export function recipeUnion(recipes: readonly Recipe[]): Recipe {
  const [first, ...others] = recipes;
  for (const other of others) {
    const differs = SHARED.find((name) => text(first[name]) !== text(other[name]));
    if (differs !== undefined) {
      throw new RangeError(
        `Cannot run recipes ${first.id} and ${other.id} together: their "${differs}" must be the same`,
      );
    }
  }
  const methods = new Map<string, MethodRecipe>();
  for (const method of recipes.flatMap((recipe) => recipe.methods)) {
    const earlier = methods.get(method.id);
    if (earlier !== undefined && text(work(earlier)) !== text(work(method))) {
      throw new RangeError(
        `Cannot run recipes ${
          recipes.map(({ id }) => id).join(", ")
        } together: method ${method.id} ` +
          "must be the same in all",
      );
    }
    if (earlier === undefined) methods.set(method.id, method);
  }
  return { ...first, methods: [...methods.values()] };
}

/** The rows that belong to a recipe, of those of a union, in the recipe's order. */
export function rowsOfRecipe(recipe: Recipe, rows: readonly ResultRow[]): ResultRow[] {
  return recipe.methods.flatMap(({ id }) => rows.filter((row) => row.method.id === id));
}

const SHARED = [
  "protocol",
  "quirks",
  "seed",
  "testSet",
  "sentences",
  "directions",
  "decoding",
  "calibration",
] as const;

/** What a method computes, without its names. */
function work({ steps, calibration, decoding, accuracyLevel }: MethodRecipe) {
  return {
    steps,
    calibration: calibration ?? null,
    decoding: decoding ?? null,
    accuracyLevel: accuracyLevel ?? 1,
  };
}

function text(value: unknown): string {
  return canonicalJson(value ?? null);
}
