import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { findModel } from "../../experiments/model.ts";
import type { Recipe } from "../../experiments/recipe.ts";
import { runRecipeWith, type RunSeams } from "../../experiments/run.ts";
import { sourceHash } from "../../experiments/source_hash.ts";
import { ResultStore } from "../../experiments/store.ts";
import { EXAMPLE_RECIPE, withFolder } from "./example_rows.ts";
import { FakeTranslators } from "./fake_translator.ts";

describe("an edit of the sources", () => {
  const ROOT = new URL("file:///package/");
  const TREE: Record<string, string> = {
    "translator.ts": 'import "./matrix.ts";',
    "gptq.ts": 'import "./linalg.ts"; import "./gptq.wgsl";',
    "wanda.ts": 'import "./linalg.ts"; import type { Mask } from "./mask.ts";',
    "score.ts": 'import "./bleu.ts";',
    "table.ts": "",
    "matrix.ts": "",
    "linalg.ts": "",
    "gptq.wgsl": "",
    "mask.ts": "",
    "bleu.ts": "",
  };
  const RECIPE_OF_THREE: Recipe = {
    ...EXAMPLE_RECIPE,
    directions: ["en-de", "de-en"],
    calibration: { set: "tiny/calibration", samples: 8 },
    methods: [[], [{ kind: "gptq", bits: 4 }], [{ kind: "wanda", sparsity: 0.4 }]].map((steps) => ({
      ...EXAMPLE_RECIPE.methods[0],
      id: steps[0]?.kind ?? "baseline",
      steps,
    })),
  };

  /** `stepSources()` of a small package in which one module was edited. */
  function sourcesOf(edited?: string): RunSeams["sources"] {
    const read = (url: URL) => {
      const name = url.href.slice(ROOT.href.length);
      return Promise.resolve(new TextEncoder().encode(TREE[name] + (name === edited ? "\n" : "")));
    };
    const hash = (names: string[]) =>
      sourceHash(names.map((name) => new URL(name, ROOT)), ROOT, read);
    return async (steps) => ({
      translation: await hash(["translator.ts", ...steps.map(({ kind }) => `${kind}.ts`)]),
      scoring: await hash(["score.ts"]),
    });
  }

  /** Rows computed now, by method, and how many of them were translated. */
  async function recomputed(folder: string, edited?: string) {
    const translators = new FakeTranslators();
    const before = (await ResultStore.open(folder)).rows.length;
    const model = await findModel("tiny");
    const store = await ResultStore.open(folder);
    await runRecipeWith(RECIPE_OF_THREE, { model, store }, {
      openTranslator: translators.load,
      compress: () => Promise.resolve({ folder: model.folder, seconds: 1, sparsity: 0 }),
      sources: sourcesOf(edited),
    });
    const rows = (await ResultStore.open(folder)).rows.slice(before);
    const methods = [...new Set(rows.map(({ method }) => method.id))];
    return { methods: methods.join(" "), rows: rows.length, translated: translators.calls.length };
  }

  const all = "baseline gptq wanda";
  const effects: [string, { methods: string; rows: number; translated: number }][] = [
    ["gptq.ts", { methods: "gptq", rows: 2, translated: 2 }],
    ["gptq.wgsl", { methods: "gptq", rows: 2, translated: 2 }],
    ["wanda.ts", { methods: "wanda", rows: 2, translated: 2 }],
    ["linalg.ts", { methods: "gptq wanda", rows: 4, translated: 4 }],
    ["matrix.ts", { methods: all, rows: 6, translated: 6 }],
    ["bleu.ts", { methods: all, rows: 6, translated: 0 }],
    ["mask.ts", { methods: "", rows: 0, translated: 0 }],
    ["table.ts", { methods: "", rows: 0, translated: 0 }],
  ];
  for (const [edited, effect] of effects) {
    it(`in ${edited} recomputes the rows of ${effect.methods || "no method"} and no others`, async () => {
      await withFolder(async (folder) => {
        expect(await recomputed(folder)).toEqual({ methods: all, rows: 6, translated: 6 });
        expect(await recomputed(folder)).toEqual({ methods: "", rows: 0, translated: 0 });
        expect(await recomputed(folder, edited)).toEqual(effect);
        expect(await recomputed(folder, edited)).toEqual({ methods: "", rows: 0, translated: 0 });
      });
    });
  }

  it("that is taken back finds the rows from before it again", async () => {
    await withFolder(async (folder) => {
      await recomputed(folder);
      await recomputed(folder, "gptq.ts");
      expect((await recomputed(folder)).rows).toBe(0);
    });
  });
});
