/**
 * Recipes in files of one's own.
 * @module
 */
import { dirname, resolve } from "node:path";
import { parseStrictJson } from "../inference/strict_json.ts";
import { parseRecipe, type Recipe } from "./recipe.ts";
import { isTextName, readText } from "./texts.ts";

/**
 * Reads a recipe from a JSON file. Texts that are not the package's own are files beside it: their paths are taken from the recipe's
 * folder, whatever the current folder is.
 *
 * @param file Path of the recipe.
 * @throws {Deno.errors.NotFound} If there is no such file.
 * @throws {SyntaxError} If it is no JSON, or a part is missing or has a value that its rule excludes.
 */
export async function readRecipeFile(file: string): Promise<Recipe> {
  const recipe = parseRecipe(
    parseStrictJson(new TextDecoder().decode(await readText(file)), file),
    file,
  );
  const absolute = (id: string) =>
    isTextName(id) ? id : id.split(",").map((path) => resolve(dirname(file), path)).join(",");
  const { calibration } = recipe;
  return {
    ...recipe,
    testSet: absolute(recipe.testSet),
    ...(calibration ? { calibration: { ...calibration, set: absolute(calibration.set) } } : {}),
  };
}
