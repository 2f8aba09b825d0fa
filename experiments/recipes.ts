/**
 * The recipes that come with the package: one for each published result.
 * @module
 */
import { parseRecipe, type Recipe } from "./recipe.ts";

const RECIPES = {
  table_1: () => import("./recipes/table_1.json", { with: { type: "json" } }),
  figure_1: () => import("./recipes/figure_1.json", { with: { type: "json" } }),
  figure_2: () => import("./recipes/figure_2.json", { with: { type: "json" } }),
};

/** Ids of the recipes that come with the package: one for each published result. */
export const RECIPE_IDS = Object.keys(RECIPES) as RecipeId[];

/** Id of a recipe that comes with the package. */
export type RecipeId = "table_1" | "figure_1" | "figure_2";

/** Reads a recipe that comes with the package, by its id. */
export async function loadRecipe(id: RecipeId): Promise<Recipe> {
  const module = await RECIPES[id]();
  return parseRecipe(module.default, `${id}.json`);
}
