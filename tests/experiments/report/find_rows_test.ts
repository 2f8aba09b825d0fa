import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { findModel } from "../../../experiments/model.ts";
import type { Recipe } from "../../../experiments/recipe.ts";
import { findRows } from "../../../experiments/report/find_rows.ts";
import { runRecipeWith } from "../../../experiments/run.ts";
import { ResultStore } from "../../../experiments/store.ts";
import { compressedModel } from "../../../experiments/compressed_models.ts";
import { readStoredRows } from "../../../experiments/stored_rows.ts";
import { stepSources } from "../../../experiments/versions.ts";
import { EXAMPLE_RECIPE, withFolder } from "../example_rows.ts";
import { FakeTranslators } from "../fake_translator.ts";

const RECIPE: Recipe = { ...EXAMPLE_RECIPE, methods: EXAMPLE_RECIPE.methods.slice(0, 1) };
const PLACE = { model: await findModel("tiny"), device: "cpu", backend: "wasm" } as const;

/** Runs the recipe with a translator that has no model. */
async function run(folder: string): Promise<void> {
  const store = await ResultStore.open(folder);
  const openTranslator = new FakeTranslators().load;
  const seams = { openTranslator, compress: compressedModel, sources: stepSources };
  await runRecipeWith(RECIPE, { model: PLACE.model, store }, seams);
}

describe("findRows()", () => {
  it("finds the rows that a run stored, and names those that it did not", async () => {
    await withFolder(async (folder) => {
      await run(folder);
      const { rows } = await readStoredRows(folder);
      expect(await findRows(RECIPE, rows, PLACE)).toEqual({ rows, missing: [] });
      expect(await findRows(RECIPE, rows.slice(1), PLACE)).toEqual({
        rows: rows.slice(1),
        missing: ["baseline en-de"],
      });
    });
  });

  it("passes over rows of other settings", async () => {
    await withFolder(async (folder) => {
      await run(folder);
      const { rows } = await readStoredRows(folder);
      const other = { ...RECIPE, decoding: { ...RECIPE.decoding, beams: 3 } };
      expect((await findRows(other, rows, PLACE)).rows).toEqual([]);
      expect((await findRows(RECIPE, rows, { ...PLACE, device: "webgpu" })).rows).toEqual([]);
    });
  });
});

describe("readStoredRows()", () => {
  it("reads rows and their translations, and changes nothing", async () => {
    await withFolder(async (folder) => {
      await run(folder);
      const path = `${folder}/rows.jsonl`;
      await Deno.writeTextFile(path, '{"torn', { append: true });
      const before = await Deno.readTextFile(path);
      const { rows, hypotheses } = await readStoredRows(folder);
      expect(rows.length).toBe(3);
      expect((await hypotheses(rows[0])).length).toBe(RECIPE.sentences);
      expect(await Deno.readTextFile(path)).toBe(before);
    });
  });

  it("gives no rows where there is no folder", async () => {
    await withFolder(async (folder) => {
      expect((await readStoredRows(`${folder}/none`)).rows).toEqual([]);
    });
  });
});
