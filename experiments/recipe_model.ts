/**
 * Recipes for the study's own model: the same methods on the text, the calibration and the decoding that the study used.
 * @module
 */
import { findPin } from "../data/pins.ts";
import type { Recipe } from "./recipe.ts";
import { HUMAN_PARALLEL, WMT22 } from "./texts.ts";

/** Id of the study's model, as rows name it. */
const ALMA: string = findPin("alma-7b").id;

/**
 * A recipe as it is run on a model. For ALMA-7B: all of WMT22 instead of the embedded test set, calibration on ALMA-Human-Parallel, beam 5,
 * up to 256 new tokens, batches of 8. Methods, their steps, directions, seed and numbers of calibration samples stay. For every other
 * model: the recipe itself.
 *
 * @param recipe A recipe that comes with the package, or one that is measured on the embedded text.
 * @param model The model's id, as rows name it.
 *
 * @example Usage
 * ```ts
 * import { deepEqual, equal } from "node:assert/strict";
 * import { loadRecipe, modelRecipe } from "mtpress";
 *
 * const recipe = await loadRecipe("table_1");
 * equal(modelRecipe(recipe, "tiny"), recipe);
 * const { testSet, sentences, calibration } = modelRecipe(recipe, "haoranxu/ALMA-7B");
 * deepEqual([testSet, sentences], ["wmt22", "all"]);
 * deepEqual(calibration, { set: "alma-human-parallel", samples: 512 });
 * ```
 */
export function modelRecipe(recipe: Recipe, model: string): Recipe {
  if (model !== ALMA || !isOnEmbeddedText(recipe)) return recipe;
  const { calibration } = recipe;
  return {
    ...recipe,
    testSet: WMT22,
    sentences: "all",
    decoding: { ...recipe.decoding, beams: 5, maxNewTokens: 256, batchSize: 8 },
    ...(calibration ? { calibration: { ...calibration, set: HUMAN_PARALLEL } } : {}),
  };
}

/** A recipe that names its own text is left as it is. */
function isOnEmbeddedText({ testSet }: Recipe): boolean {
  return testSet.startsWith("tiny/");
}
