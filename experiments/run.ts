/**
 * Running a recipe: every unit whose result is not stored is compressed, translated, scored and stored.
 * @module
 */
import { openBackend } from "../inference/backends.ts";
import type { Method } from "../inference/compression/method.ts";
import { METHODS } from "../inference/compression/methods.ts";
import type { Device } from "../inference/devices.ts";
import { loadTokenizer } from "../inference/tokenizer.ts";
import { loadTranslator } from "../inference/translator.ts";
import type { BackendName } from "../kernels/backend.ts";
import { compressedModel } from "./compressed_models.ts";
import { MethodModels, type ModelSeams } from "./method_models.ts";
import { checkMethodMemory } from "./method_memory.ts";
import { type ModelChoice, modelConfig } from "./model.ts";
import { prepareMethods } from "./prepared_method.ts";
import type { Progress } from "./progress.ts";
import { protocolRecipe } from "./protocol/study_recipe.ts";
import type { Recipe, Step } from "./recipe.ts";
import type { ResultRow } from "./row.ts";
import { type RunNeeds, runNeeds } from "./run_needs.ts";
import type { ResultStore } from "./store.ts";
import { openTestSet } from "./test_set.ts";
import { runUnit } from "./unit_row.ts";
import { recipeUnits } from "./units.ts";
import { checkoutCommit, type Sources, stepSources } from "./versions.ts";

/** How a recipe is run. */
export interface RunOptions {
  /** The model to measure. */
  model: ModelChoice;
  /** Where results are found and kept. */
  store: ResultStore;
  /** Where to translate. Default `"cpu"`. */
  device?: Device;
  /** What computes compressions. Default `"wasm"`; `chooseBackend()` gives the machine's. */
  backend?: BackendName;
  /** Methods and directions to restrict the run to. */
  only?: readonly string[];
  /** Sentences per direction instead of the recipe's. */
  limit?: number;
  /** Compute every unit, whatever is stored. */
  fresh?: boolean;
  /** What carries out steps beside the built-in methods; each of a kind of its own. */
  methods?: readonly Method[];
  /** Is told before any work what the models that are not there yet take, and may throw. */
  onNeeds?: (needs: RunNeeds) => Promise<void>;
  /** Takes signs of life. */
  onProgress?: (progress: Progress) => void;
  /** Takes sentences about what went another way than usual, such as a factorisation that needed float64. */
  onNotice?: (sentence: string) => void;
}

/** What tests put in the place of models. */
export interface RunSeams extends ModelSeams {
  /** Hashes of the sources that can change the numbers of a method with these steps. */
  sources: (
    steps: readonly Step[],
    methods: readonly Method[],
    backend: BackendName,
  ) => Promise<Sources>;
}

/** What a run brought. */
export interface RunResult {
  /** One row per unit, in the recipe's order. */
  rows: ResultRow[];
  /** How many of them were computed now; the others were stored. */
  computed: number;
}

/**
 * Runs a recipe and returns its rows. A unit whose key is in the store is not computed again, so that a run that was
 * killed goes on where it was.
 *
 * @throws {RangeError} If an option names something that does not exist, before any work.
 */
export async function runRecipe(recipe: Recipe, options: RunOptions): Promise<RunResult> {
  return await runRecipeWith(recipe, options, {});
}

/** `runRecipe()` with something else in the place of models. */
export async function runRecipeWith(
  asked: Recipe,
  options: RunOptions,
  seams: Partial<RunSeams>,
): Promise<RunResult> {
  const { device = "cpu", backend = "wasm", model, store, fresh = false } = options;
  const recipe = protocolRecipe(asked);
  const units = recipeUnits(recipe, options.only);
  const testSet = await openTestSet(recipe.testSet);
  const limit = options.limit ?? recipe.sentences;
  const inputs = units.map((unit) => testSet.unit(unit.direction, limit));
  const methods = [...METHODS, ...options.methods ?? []];
  const chosen = recipe.methods.filter(({ id }) => units.some(({ method }) => method.id === id));
  const config = await modelConfig(model.folder);
  checkMethodMemory(chosen, config, device);
  const { sources = stepSources } = seams;
  const prepared = await prepareMethods(recipe, chosen, {
    model,
    device,
    backend,
    methods,
    sources: (steps) => sources(steps, methods, backend),
  });
  if (options.onNeeds) {
    const tokenizer = await loadTokenizer(model.folder);
    await options.onNeeds(await runNeeds(prepared.values(), config, tokenizer, store.folder));
  }
  const place = { index: 0, method: "" };
  const report = (part: Pick<Progress, "unit" | "what" | "done" | "total"> & Partial<Progress>) =>
    options.onProgress?.({ unitsDone: place.index, units: units.length, stored: false, ...part });
  const opened = await openBackend(backend);
  const models = new MethodModels(
    { compress: compressedModel, openTranslator: loadTranslator, ...seams },
    {
      model,
      results: store.folder,
      methods,
      backend: opened,
      onLayer: (done, total) => report({ unit: place.method, what: "layers", done, total }),
      onNotice: (sentence) => options.onNotice?.(`${place.method}: ${sentence}`),
    },
    (translator, { method, facts: { decoding } }) =>
      units.forEach(({ direction, method: { id } }, i) => {
        if (id !== method.id) return;
        translator.check(inputs[i].sources, { direction, ...decoding });
      }),
  );
  const commit = await checkoutCommit();
  const result: RunResult = { rows: [], computed: 0 };
  try {
    for (const [index, unit] of units.entries()) {
      Object.assign(place, { index, method: unit.method.id });
      const name = `${unit.method.id} ${unit.direction}`;
      const { row, computed } = await runUnit(
        { recipe, model, store, fresh, commit, models },
        { unit, input: inputs[index], prepared: prepared.get(unit.method.id)! },
        (done, stored) =>
          report({
            unit: name,
            what: "sentences",
            done,
            total: inputs[index].data.segments,
            unitsDone: index + Number(done === inputs[index].data.segments),
            stored,
          }),
      );
      result.rows.push(row);
      result.computed += Number(computed);
    }
  } finally {
    await models.close();
    await opened.close();
  }
  return result;
}
