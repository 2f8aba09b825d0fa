import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Recipe } from "../../experiments/recipe.ts";
import { recipeUnion, rowsOfRecipe } from "../../experiments/recipe_union.ts";
import { EXAMPLE_RECIPE, exampleRow } from "./example_rows.ts";

const [baseline, gptq] = EXAMPLE_RECIPE.methods;
const other = (part: Partial<Recipe>): Recipe => ({ ...EXAMPLE_RECIPE, id: "other", ...part });

describe("recipeUnion()", () => {
  it("has every method once, in their order", () => {
    const three = { ...gptq, id: "gptq-3", steps: [{ kind: "gptq", bits: 3 }] };
    const union = recipeUnion([EXAMPLE_RECIPE, other({ methods: [baseline, three, gptq] })]);
    expect(union.methods).toEqual([baseline, gptq, three]);
  });

  it("is a recipe itself when it is alone", () => {
    expect(recipeUnion([EXAMPLE_RECIPE])).toEqual(EXAMPLE_RECIPE);
  });

  it("refuses recipes that differ in what they share, and names it", () => {
    const cases: Partial<Recipe>[] = [
      { sentences: 3 },
      { seed: 1 },
      { directions: ["en-de"] },
      { calibration: { set: "tiny/calibration", samples: 8 } },
    ];
    for (const part of cases) {
      expect(() => recipeUnion([EXAMPLE_RECIPE, other(part)])).toThrow(
        `Cannot run recipes example and other together: their "${
          Object.keys(part)[0]
        }" must be the same`,
      );
    }
  });

  it("refuses two methods of one id that compute something else", () => {
    const cases = [
      { ...gptq, steps: [] },
      { ...gptq, calibration: { samples: 8 } },
      { ...gptq, accuracyLevel: 4 as const },
    ];
    for (const method of cases) {
      expect(() => recipeUnion([EXAMPLE_RECIPE, other({ methods: [method] })])).toThrow(
        "method gptq must be the same in all",
      );
    }
    const renamed = { ...gptq, name: "Another name", accuracyLevel: 1 as const };
    expect(recipeUnion([EXAMPLE_RECIPE, other({ methods: [renamed] })]).methods.length).toBe(2);
  });
});

describe("rowsOfRecipe()", () => {
  it("takes the rows of the recipe's methods, in its order", () => {
    const rows = ["gptq", "baseline", "gptq-3"].map((id) =>
      exampleRow({ method: { id, steps: [] } })
    );
    const own = rowsOfRecipe(EXAMPLE_RECIPE, rows);
    expect(own.map(({ method }) => method.id)).toEqual(["baseline", "gptq"]);
  });
});
