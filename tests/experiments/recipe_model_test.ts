import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { modelRecipe } from "../../experiments/recipe_model.ts";
import { parseRecipe } from "../../experiments/recipe.ts";
import { recipeUnion } from "../../experiments/recipe_union.ts";
import { loadRecipe, RECIPE_IDS } from "../../experiments/recipes.ts";

const ALMA = "haoranxu/ALMA-7B";

describe("modelRecipe()", () => {
  it("leaves the embedded model's recipes and those on a text of the user's as they are", async () => {
    for (const id of RECIPE_IDS) {
      const recipe = await loadRecipe(id);
      expect(modelRecipe(recipe, "tiny")).toBe(recipe);
      expect(modelRecipe(recipe, "some-llama")).toBe(recipe);
      const own = { ...recipe, testSet: "de.txt,en.txt" };
      expect(modelRecipe(own, ALMA)).toBe(own);
    }
  });

  it("gives ALMA-7B the study's text, calibration and decoding, and recipes that run together", async () => {
    const recipes = await Promise.all(RECIPE_IDS.map(loadRecipe));
    const alma = recipes.map((recipe) => modelRecipe(recipe, ALMA));
    alma.forEach((recipe, i) => {
      expect(parseRecipe(JSON.parse(JSON.stringify(recipe)), "alma.json")).toEqual(recipe);
      expect(recipe).toMatchObject({
        id: recipes[i].id,
        testSet: "wmt22",
        sentences: "all",
        decoding: { beams: 5, maxNewTokens: 256, batchSize: 8, lengthPenalty: 1 },
        calibration: { set: "alma-human-parallel", samples: 512 },
      });
      expect(recipe.methods).toEqual(recipes[i].methods);
    });
    expect(recipeUnion(alma).testSet).toBe("wmt22");
  });

  it("has groups and blocks that divide ALMA-7B's columns, of the sizes that the study had", async () => {
    const steps = (await Promise.all(RECIPE_IDS.map(loadRecipe)))
      .flatMap((recipe) => modelRecipe(recipe, ALMA).methods)
      .flatMap((method) => method.steps);
    for (const step of steps) {
      if (step.kind === "gptq" || step.kind === "rtn") expect(step.groupSize).toBe(128);
      if (step.kind === "nf4") expect(step.blockSize).toBe(64);
    }
    for (const columns of [4096, 11008]) expect(columns % 128).toBe(0);
  });
});
