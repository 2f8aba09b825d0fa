/**
 * The units of a recipe: one method on one direction, independent of each other.
 * @module
 */
import type { Direction } from "../data/directions.ts";
import type { MethodRecipe, Recipe } from "./recipe.ts";

/** One method on one direction. */
export interface Unit {
  /** The method. */
  method: MethodRecipe;
  /** The direction. */
  direction: Direction;
}

/**
 * All units of a recipe, method by method; with `only`, those whose method or direction is named. Names of methods
 * and of directions restrict each other: `["gptq", "en-de"]` is GPTQ on English to German.
 *
 * @throws {RangeError} If a name is neither a method nor a direction of the recipe; the message lists both.
 */
export function recipeUnits(recipe: Recipe, only: readonly string[] = []): Unit[] {
  const methods = recipe.methods.map((method) => method.id);
  const unknown = only.find((name) => !methods.includes(name) && !includes(recipe, name));
  if (unknown !== undefined) {
    throw new RangeError(
      `Cannot run only ${JSON.stringify(unknown)}: it must be a method (${methods.join(", ")}) ` +
        `or a direction (${recipe.directions.join(", ")})`,
    );
  }
  const someMethod = only.some((name) => methods.includes(name));
  const someDirection = only.some((name) => includes(recipe, name));
  const chosenMethods = recipe.methods.filter(({ id }) => !someMethod || only.includes(id));
  const chosenDirections = recipe.directions.filter((name) =>
    !someDirection || only.includes(name)
  );
  return chosenMethods.flatMap((method) =>
    chosenDirections.map((direction) => ({ method, direction }))
  );
}

function includes(recipe: Recipe, name: string): boolean {
  return (recipe.directions as readonly string[]).includes(name);
}
