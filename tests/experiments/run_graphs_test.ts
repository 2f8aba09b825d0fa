import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { findModel } from "../../experiments/model.ts";
import type { Recipe } from "../../experiments/recipe.ts";
import { runRecipeWith, type RunSeams } from "../../experiments/run.ts";
import { ResultStore } from "../../experiments/store.ts";
import { EXAMPLE_RECIPE, withFolder } from "./example_rows.ts";
import { FakeTranslators } from "./fake_translator.ts";

const RECIPE: Recipe = { ...EXAMPLE_RECIPE, methods: EXAMPLE_RECIPE.methods.slice(0, 1) };

describe("runRecipe(), its graphs", () => {
  it("keeps the graphs of small models, and takes that of a large one away with its method", async () => {
    const graphs: string[] = [];
    const openTranslator: RunSeams["openTranslator"] = async (_model, options) => {
      graphs.push(options!.graphFolder!);
      await Deno.mkdir(options!.graphFolder!, { recursive: true });
      return await new FakeTranslators().load();
    };
    const model = await findModel("tiny");
    await withFolder(async (folder) => {
      const store = await ResultStore.open(folder);
      await runRecipeWith(RECIPE, { model, store }, { openTranslator });
      await runRecipeWith(RECIPE, { model, store, fresh: true }, { openTranslator, large: 0 });
      expect(graphs.length).toBe(2);
      expect(graphs[1]).toBe(`${graphs[0]}-baseline`);
      expect((await Deno.stat(graphs[0])).isDirectory).toBe(true);
      await expect(Deno.stat(graphs[1])).rejects.toThrow(Deno.errors.NotFound);
    });
  });
});
