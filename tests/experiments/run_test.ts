import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { findModel } from "../../experiments/model.ts";
import type { Progress } from "../../experiments/progress.ts";
import { compressedModel, type CompressionRequest } from "../../experiments/compressed_models.ts";
import type { Recipe, Step } from "../../experiments/recipe.ts";
import { isSealed, type ResultRow } from "../../experiments/row.ts";
import {
  type RunOptions,
  runRecipeWith,
  type RunResult,
  type RunSeams,
} from "../../experiments/run.ts";
import { scoreTranslations } from "../../experiments/score.ts";
import { ResultStore } from "../../experiments/store.ts";
import { openTestSet } from "../../experiments/test_set.ts";
import { stepSources } from "../../experiments/versions.ts";
import { verifyResults } from "../../experiments/verify.ts";
import { EXAMPLE_RECIPE, withFolder } from "./example_rows.ts";
import { backwards, FakeTranslators } from "./fake_translator.ts";

const [baseline] = EXAMPLE_RECIPE.methods;
const RECIPE: Recipe = { ...EXAMPLE_RECIPE, methods: [baseline] };

/** Runs a recipe in a folder that is opened anew, as a new process would. */
async function run(
  folder: string,
  translators: FakeTranslators,
  options: Partial<RunOptions & RunSeams> = {},
  recipe = RECIPE,
): Promise<RunResult> {
  const model = await findModel("tiny");
  const store = await ResultStore.open(folder);
  const { sources = stepSources, compress = compressedModel } = options;
  const seams = { openTranslator: translators.load, compress, sources };
  return await runRecipeWith(recipe, { model, store, ...options }, seams);
}

/** Methods of a recipe that has one, of one step. */
function methodOf(step: Step): Pick<Recipe, "methods"> {
  return { methods: [{ ...baseline, id: step.kind, steps: [step] }] };
}

function calibration(samples: number) {
  return { set: "tiny/calibration", samples };
}

/** What must be the same whenever the same unit is computed. */
const outcome = ({ keys, direction, hypotheses, scores, perplexity, data }: ResultRow) => ({
  keys,
  direction,
  hypotheses,
  scores,
  perplexity,
  data,
});

describe("runRecipe()", () => {
  it("computes one sealed, verified row per unit, in the recipe's order", async () => {
    await withFolder(async (folder) => {
      const translators = new FakeTranslators();
      const { rows, computed } = await run(folder, translators);
      expect(computed).toBe(3);
      expect(rows.map(({ direction }) => direction)).toEqual(RECIPE.directions);
      expect(rows.every(isSealed)).toBe(true);
      expect(translators).toMatchObject({ opened: 1, open: 0, calls: RECIPE.directions });
      expect((await ResultStore.open(folder)).rows).toEqual(rows);
      expect(await verifyResults(folder)).toEqual({ rows: 3, scores: 6, problems: [] });
    });
  });

  it("records the translations, their scores, time and unfinished sentences", async () => {
    await withFolder(async (folder) => {
      const { rows: [row] } = await run(folder, new FakeTranslators());
      const { sources, references } = (await openTestSet(RECIPE.testSet)).unit("en-de", 2);
      const lines = sources.map((sentence) => backwards(sentence, "en-de"));
      expect(await (await ResultStore.open(folder)).hypotheses(row)).toEqual(lines);
      expect(row.scores).toEqual(scoreTranslations(lines, references, "en-de"));
      expect(row.hypotheses.unfinished).toBe(1);
      expect(row.time).toMatchObject({ seconds: 2, tokens: 8, batches: 1 });
      expect(row.perplexity).toBe(1.2);
      expect(row.bytes).toBeGreaterThan(2 ** 20);
    });
  });

  it("computes nothing and opens no model when everything is stored", async () => {
    await withFolder(async (folder) => {
      const first = await run(folder, new FakeTranslators());
      const translators = new FakeTranslators();
      const second = await run(folder, translators);
      expect(second).toEqual({ rows: first.rows, computed: 0 });
      expect(translators.opened).toBe(0);
    });
  });

  it("computes everything again when it is told to, and finds the new rows from then on", async () => {
    await withFolder(async (folder) => {
      const first = await run(folder, new FakeTranslators());
      const fresh = await run(folder, new FakeTranslators(), { fresh: true });
      expect(fresh.computed).toBe(3);
      expect(fresh.rows.map(outcome)).toEqual(first.rows.map(outcome));
      expect((await run(folder, new FakeTranslators())).rows).toEqual(fresh.rows);
    });
  });

  it("computes what it is restricted to, and only the rest afterwards", async () => {
    await withFolder(async (folder) => {
      const translators = new FakeTranslators();
      const part = await run(folder, translators, { only: ["en-zh"] });
      expect(part.rows.map(({ direction }) => direction)).toEqual(["en-zh"]);
      const whole = await run(folder, translators);
      expect(whole.computed).toBe(2);
      expect(whole.rows[1]).toEqual(part.rows[0]);
      expect(translators.calls).toEqual(["en-zh", "en-de", "de-en"]);
    });
  });

  it("takes the first sentences under a limit, and keeps such rows apart", async () => {
    await withFolder(async (folder) => {
      const { rows: [whole] } = await run(folder, new FakeTranslators(), { limit: 5 });
      const { rows: [part], computed } = await run(folder, new FakeTranslators(), { limit: 3 });
      expect(computed).toBe(3);
      expect(part.data.segments).toBe(3);
      const store = await ResultStore.open(folder);
      expect(await store.hypotheses(part)).toEqual((await store.hypotheses(whole)).slice(0, 3));
      expect((await run(folder, new FakeTranslators(), { limit: 5 })).computed).toBe(0);
    });
  });

  it("keeps the rows it had when it dies, and then computes the rest alone", async () => {
    await withFolder(async (folder) => {
      const dying = new FakeTranslators(3);
      await expect(run(folder, dying)).rejects.toThrow("killed");
      expect(dying.open).toBe(0);
      const survivors = (await ResultStore.open(folder)).rows;
      expect(survivors.map(({ direction }) => direction)).toEqual(["en-de", "en-zh"]);
      const translators = new FakeTranslators();
      const { rows, computed } = await run(folder, translators);
      expect(computed).toBe(1);
      expect(translators.calls).toEqual(["de-en"]);
      expect(rows.slice(0, 2)).toEqual(survivors);
      await withFolder(async (other) => {
        const uninterrupted = await run(other, new FakeTranslators());
        expect(rows.map(outcome)).toEqual(uninterrupted.rows.map(outcome));
      });
    });
  });

  it("computes a unit again whose translations are gone or changed, and no other", async () => {
    await withFolder(async (folder) => {
      const first = await run(folder, new FakeTranslators());
      const path = `${folder}/${first.rows[1].hypotheses.file}`;
      for (const damage of [() => Deno.remove(path), () => Deno.writeTextFile(path, "a\nb\n")]) {
        await damage();
        const translators = new FakeTranslators();
        const { rows } = await run(folder, translators);
        expect(translators.calls).toEqual(["en-zh"]);
        expect(rows.map(outcome)).toEqual(first.rows.map(outcome));
      }
    });
  });

  it("scores stored translations again when only the scoring changed", async () => {
    await withFolder(async (folder) => {
      const sources = (scoring: string) => () => Promise.resolve({ translation: "t", scoring });
      const first = await run(folder, new FakeTranslators(), { sources: sources("old") });
      const translators = new FakeTranslators();
      const second = await run(folder, translators, { sources: sources("new") });
      expect(second.computed).toBe(3);
      expect(translators.opened).toBe(0);
      second.rows.forEach((row, i) => {
        expect(row.keys.translation).toBe(first.rows[i].keys.translation);
        expect(row.keys.row).not.toBe(first.rows[i].keys.row);
        expect(row.sources.scoring).toBe("new");
        expect(row.hypotheses).toEqual(first.rows[i].hypotheses);
        expect(row.scores).toEqual(first.rows[i].scores);
        expect(row.time).toEqual(first.rows[i].time);
        expect(isSealed(row)).toBe(true);
      });
    });
  });

  it("names a row after the method that asked for it, also when another had the same steps", async () => {
    await withFolder(async (folder) => {
      await run(folder, new FakeTranslators());
      const translators = new FakeTranslators();
      const methods = [{ ...baseline, id: "as-it-is" }];
      const { rows } = await run(folder, translators, {}, { ...RECIPE, methods });
      expect(rows.map(({ method }) => method.id)).toEqual(["as-it-is", "as-it-is", "as-it-is"]);
      expect(translators.opened).toBe(0);
    });
  });

  it("reports each unit from its start to its end, and found ones at once", async () => {
    await withFolder(async (folder) => {
      await run(folder, new FakeTranslators(), { only: ["en-zh"] });
      const reports: Progress[] = [];
      await run(folder, new FakeTranslators(), { onProgress: (report) => reports.push(report) });
      const lines = reports.map((r) =>
        `${r.unit} ${r.done}/${r.total} ${r.unitsDone}/${r.units}${r.stored ? " stored" : ""}`
      );
      const computed = (unit: string, before: number) => [
        `baseline ${unit} 0/2 ${before}/3`,
        `baseline ${unit} 1/2 ${before}/3`,
        `baseline ${unit} 1/2 ${before}/3`,
        `baseline ${unit} 2/2 ${before + 1}/3`,
      ];
      expect(lines).toEqual([
        ...computed("en-de", 0),
        "baseline en-zh 2/2 2/3 stored",
        ...computed("de-en", 2),
      ]);
    });
  });

  it("refuses sentences that do not fit the model before it translates any unit", async () => {
    await withFolder(async (folder) => {
      const last = RECIPE.directions.at(-1)!;
      const translators = new FakeTranslators(Infinity, last);
      await expect(run(folder, translators)).rejects.toThrow(`Cannot translate: ${last}`);
      expect(translators).toMatchObject({ opened: 1, open: 0, calls: [] });
    });
  });

  it("compresses a method's model once, measures it and records how it came about", async () => {
    await withFolder(async (folder) => {
      const requests: CompressionRequest[] = [];
      const compress: RunSeams["compress"] = (request) => {
        requests.push(request);
        request.onLayer(1, 1);
        return Promise.resolve({ folder: request.model.folder, seconds: 2, sparsity: 0.4 });
      };
      const wanda = { ...baseline, id: "wanda", steps: [{ kind: "wanda", sparsity: 0.4 }] };
      const recipe = { ...RECIPE, methods: [baseline, wanda], calibration: calibration(8) };
      const translators = new FakeTranslators();
      const { rows } = await run(folder, translators, { compress }, recipe);
      expect(translators).toMatchObject({ opened: 2, open: 0 });
      expect(requests.length).toBe(1);
      expect(requests[0].prepared.calibration!.samples.length).toBe(8);
      expect(rows.map(({ compression }) => compression?.sparsity ?? null))
        .toEqual([null, null, null, 0.4, 0.4, 0.4]);
      const [, , , row] = rows;
      expect(row.calibration).toMatchObject({ id: "tiny/calibration", samples: 8 });
      expect(row.compression!.key).toBe(requests[0].prepared.compressionKey);
      expect((await verifyResults(folder)).problems).toEqual([]);
      await run(folder, translators, { compress }, recipe);
      expect(requests.length).toBe(1);
    });
  });

  it("computes a method again when its calibration changes, and not one that needs none", async () => {
    await withFolder(async (folder) => {
      const steps = [[{ kind: "nf4" }], [{ kind: "wanda", sparsity: 0.4 }]];
      const methods = steps.map((own) => ({ ...baseline, id: own[0].kind, steps: own }));
      const compress: RunSeams["compress"] = ({ model }) =>
        Promise.resolve({ folder: model.folder, seconds: 2, sparsity: 0 });
      const computed = async (samples: number) => {
        const recipe = { ...RECIPE, methods, calibration: calibration(samples) };
        return (await run(folder, new FakeTranslators(), { compress }, recipe)).computed;
      };
      expect([await computed(8), await computed(8), await computed(9)]).toEqual([6, 0, 3]);
    });
  });

  const wrong: [string, Partial<RunOptions>, Partial<Recipe>, RegExp][] = [
    ["a unit that the recipe lacks", { only: ["gptq"] }, {}, /Cannot run only "gptq"/],
    ["more sentences than there are", { limit: 10 ** 6 }, {}, /Cannot take 1000000 sentences/],
    ["a test set that is unknown", {}, { testSet: "wmt" }, /must be one of tiny\/test/],
    ["a step that nothing carries out", {}, methodOf({ kind: "awq" }), /Cannot use step "awq"/],
    ["an option that is not allowed", {}, methodOf({ kind: "rtn", bits: 9 }), /bits 9/],
    [
      "calibration that is missing",
      {},
      methodOf({ kind: "wanda", sparsity: 0.4 }),
      /needs calibration/,
    ],
    [
      "more calibration samples than there are",
      {},
      { ...methodOf({ kind: "wanda", sparsity: 0.4 }), calibration: calibration(641) },
      /Cannot draw 641/,
    ],
    ["a language that the test set lacks", {}, { directions: ["en-fr"] }, /language "fr"/],
  ];
  for (const [what, options, recipe, message] of wrong) {
    it(`refuses ${what} before any work`, async () => {
      await withFolder(async (folder) => {
        const translators = new FakeTranslators();
        await expect(run(folder, translators, options, { ...RECIPE, ...recipe }))
          .rejects.toThrow(message);
        expect(translators.opened).toBe(0);
        expect((await ResultStore.open(folder)).rows).toEqual([]);
      });
    });
  }
});
