import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { drawCalibration } from "../../../experiments/calibration.ts";
import { findModel } from "../../../experiments/model.ts";
import { outputName, recipeOutputs } from "../../../experiments/outputs.ts";
import { QUIRKS } from "../../../experiments/protocol/quirks.ts";
import type { Recipe } from "../../../experiments/recipe.ts";
import { isSealed, rowIdentity } from "../../../experiments/row.ts";
import { runRecipe, runRecipeWith } from "../../../experiments/run.ts";
import { ResultStore } from "../../../experiments/store.ts";
import { table1 } from "../../../experiments/table_1.ts";
import { verifyResults } from "../../../experiments/verify.ts";
import { EXAMPLE_RECIPE, withFolder } from "../example_rows.ts";
import { FakeTranslators } from "../fake_translator.ts";

const [baseline] = EXAMPLE_RECIPE.methods;
const SOUND: Recipe = { ...EXAMPLE_RECIPE, methods: [baseline] };
const SCORING = QUIRKS.filter(({ where }) => where === "scoring").map(({ id }) => id);

async function run(folder: string, recipe: Recipe, translators: FakeTranslators) {
  const [model, store] = await Promise.all([findModel("tiny"), ResultStore.open(folder)]);
  return await runRecipeWith(recipe, { model, store }, { openTranslator: translators.load });
}

describe("runRecipe() under the study's protocol", () => {
  it("says which quirks were on, and sound rows say nothing of them", async () => {
    await withFolder(async (folder) => {
      const translators = new FakeTranslators();
      const { rows: sound } = await run(folder, SOUND, translators);
      const { rows: study } = await run(folder, { ...SOUND, protocol: "study" }, translators);
      expect(sound.every((row) => !("quirks" in row) && row.protocol === "sound")).toBe(true);
      expect(study.map(({ quirks }) => quirks?.includes("chinese-13a"))).toEqual([
        false,
        true,
        false,
      ]);
      expect(study[0].decoding).toEqual({
        ...EXAMPLE_RECIPE.decoding,
        batching: "study",
        batchSize: 8,
        cut: "characters",
      });
      expect(study.every(isSealed)).toBe(true);
      const identities = [...sound, ...study].map(rowIdentity);
      expect(new Set(identities).size).toBe(6);
      expect(await verifyResults(folder)).toEqual({ rows: 6, scores: 12, problems: [] });
    });
  });

  it("scores stored translations again for quirks that do not change them, and no others", async () => {
    await withFolder(async (folder) => {
      const translators = new FakeTranslators();
      const { rows: sound } = await run(folder, SOUND, translators);
      expect(translators.calls.length).toBe(3);
      const quirks = [...SCORING, "trimmed-times" as const];
      const { rows } = await run(folder, { ...SOUND, protocol: "study", quirks }, translators);
      expect(translators.calls.length).toBe(3);
      expect(rows.map(({ keys }) => keys.translation)).toEqual(
        sound.map(({ keys }) => keys.translation),
      );
      expect(rows[1].scores.bleu.signature).toContain("tok:13a");
      expect(sound[1].scores.bleu.signature).toContain("tok:zh");
      await run(folder, { ...SOUND, protocol: "study", quirks: ["study-batches"] }, translators);
      expect(translators.calls.length).toBe(6);
    });
  });

  it("shows trimmed times and names every quirk below the table, beside the sound protocol's files", async () => {
    await withFolder(async (folder) => {
      const recipe: Recipe = { ...SOUND, protocol: "study" };
      const { rows } = await run(folder, recipe, new FakeTranslators());
      const trimmed = rows.map((row) => ({
        ...row,
        time: { ...row.time, trimmedSecondsPerBatch: 0.125 },
      }));
      const text = table1(recipe, trimmed).toText();
      expect(text).toContain("0.125");
      expect(table1(SOUND, rows.map(({ quirks: _, ...row }) => row)).toText()).not.toContain(
        "0.125",
      );
      const words = text.replaceAll(/\s+/g, " ");
      expect(words).toContain(
        "character-cut: A translation is the decoded output from the prompt's number",
      );
      expect(words).toContain("Sampling inside beam search is not repeated: it is inferred");
      const store = await ResultStore.open(folder);
      const names = (await recipeOutputs([recipe], rows, store)).map(({ name }) => name);
      expect(names).toEqual([
        "example_study",
        "example_study_scores",
        "example_study_directions",
        "memory",
      ]);
      expect(outputName(SOUND)).toBe("example");
    });
  });

  it("calibrates pruning on padded prompts from Czech, on the embedded model", async () => {
    await withFolder(async (folder) => {
      const [model, store] = await Promise.all([findModel("tiny"), ResultStore.open(folder)]);
      const steps = [{ kind: "wanda", sparsity: 0.5 }];
      const recipe: Recipe = {
        ...EXAMPLE_RECIPE,
        directions: ["cs-en"],
        calibration: { set: "tiny/calibration", samples: 4 },
        methods: [{ id: "wanda", name: "Wanda", precision: "NA/50%", steps }],
      };
      const texts = new Map<string, string>();
      for (
        const quirks of [[], ["calibration-rows"], ["prompt-only"], ["padding"], undefined] as const
      ) {
        const { rows: [row] } = await runRecipe({ ...recipe, protocol: "study", quirks }, {
          model,
          store,
        });
        const record = JSON.parse(await Deno.readTextFile(`${folder}/${row.calibration!.file}`));
        texts.set(String(quirks), row.compression!.key);
        const directions = record.samples.map(([direction]: [string]) => direction);
        const czech = quirks === undefined || quirks[0] === "calibration-rows";
        expect(directions.every((direction: string) => direction === "cs-en")).toBe(czech);
        expect(record.paddedTo).toBe(
          quirks === undefined || quirks[0] === "padding" ? 2048 : undefined,
        );
        expect(row.calibration!.samples).toBe(4);
      }
      expect(new Set(texts.values()).size).toBe(5);
    });
  });
});

describe("drawCalibration()", () => {
  const set = "tiny/calibration";

  it("draws as the study did when it is asked to: from Czech with replacement, or from four languages", async () => {
    const pruning = await drawCalibration({ set, samples: 512, draw: "study-pruning" }, 0);
    expect(pruning.samples.every(({ direction }) => direction === "cs-en")).toBe(true);
    expect(new Set(pruning.samples.map(({ row }) => row)).size).toBeLessThan(512);
    const less = await drawCalibration({ set, samples: 32, draw: "study-pruning" }, 7);
    expect(less.samples).toEqual(pruning.samples.slice(0, 32)); // its own seed, and nested

    const { samples } = await drawCalibration({ set, samples: 512, draw: "study-gptq" }, 0);
    const counts = Map.groupBy(samples, ({ direction }) => direction);
    expect([...counts.keys()].sort()).toEqual(["cs-en", "de-en", "ru-en", "zh-en"]);
    for (const own of counts.values()) {
      expect(new Set(own.map(({ row }) => row)).size).toBe(own.length);
      expect(own.length).toBeGreaterThan(90);
    }
  });

  it("says every rule in the record that keys cover", async () => {
    const draws = [
      {},
      { draw: "study-pruning" },
      { translations: false },
      { paddedTo: 2048 },
    ] as const;
    const hashes = await Promise.all(
      draws.map(async (rules) => (await drawCalibration({ set, samples: 8, ...rules }, 0)).sha256),
    );
    expect(new Set(hashes).size).toBe(draws.length);
    const plain = await drawCalibration(
      { set, samples: 8, draw: "balanced", translations: true },
      0,
    );
    expect(plain.sha256).toBe(hashes[0]);
  });
});
