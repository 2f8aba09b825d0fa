/**
 * Running a recipe: every unit whose result is not stored is translated, scored and stored.
 * @module
 */
import { openCheckpoint } from "../inference/checkpoint.ts";
import type { Device } from "../inference/devices.ts";
import { loadTranslator, type Translator } from "../inference/translator.ts";
import type { RunFacts } from "./key.ts";
import { type ModelChoice, modelFilesSha256 } from "./model.ts";
import type { Progress } from "./progress.ts";
import type { Recipe, Step } from "./recipe.ts";
import type { ResultRow } from "./row.ts";
import type { ResultStore } from "./store.ts";
import { openTestSet } from "./test_set.ts";
import { type Run, runUnit } from "./unit_row.ts";
import { recipeUnits, type Unit } from "./units.ts";
import { checkoutCommit, dependencyVersions, type Sources, stepSources } from "./versions.ts";

/** How a recipe is run. */
export interface RunOptions {
  /** The model to measure. */
  model: ModelChoice;
  /** Where results are found and kept. */
  store: ResultStore;
  /** Where to compute. Default `"cpu"`. */
  device?: Device;
  /** Methods and directions to restrict the run to. */
  only?: readonly string[];
  /** Sentences per direction instead of the recipe's. */
  limit?: number;
  /** Compute every unit, whatever is stored. */
  fresh?: boolean;
  /** Takes signs of life. */
  onProgress?: (progress: Progress) => void;
  /** Opens the model for translation. Default: `loadTranslator()`. */
  openTranslator?: typeof loadTranslator;
  /** Hashes of the sources that can change the numbers of a method with these steps. Default: `stepSources()`. */
  sources?: (steps: readonly Step[]) => Promise<Sources>;
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
  const units = recipeUnits(recipe, options.only);
  const testSet = await openTestSet(recipe.testSet);
  const limit = options.limit ?? recipe.sentences;
  const inputs = units.map((unit) => testSet.unit(unit.direction, limit));
  const { device = "cpu", openTranslator = loadTranslator, store } = options;
  const sources = await methodSources(units, options.sources ?? stepSources);
  const { facts, bytes } = await modelFacts(recipe, options, device);
  const graphFolder = `${store.folder}/graphs/${facts.sources.translation.slice(0, 16)}`;
  let opened: Promise<Translator> | undefined;
  const translator = () => opened ??= openChecked();
  async function openChecked(): Promise<Translator> {
    const model = await openTranslator(options.model.folder, { device, graphFolder });
    try {
      units.forEach(({ direction }, i) =>
        model.check(inputs[i].sources, { direction, ...recipe.decoding })
      );
      return model;
    } catch (error) {
      await model.close();
      throw error;
    }
  }
  const commit = await checkoutCommit();
  const { model, fresh = false } = options;
  const run: Run = { recipe, model, store, fresh, facts, sources, bytes, commit, translator };
  const result: RunResult = { rows: [], computed: 0 };
  try {
    for (const [index, unit] of units.entries()) {
      const report = (done: number, stored: boolean) =>
        options.onProgress?.({
          unit: `${unit.method.id} ${unit.direction}`,
          done,
          total: limit,
          unitsDone: index + Number(done === limit),
          units: units.length,
          stored,
        });
      const { row, computed } = await runUnit(run, unit, inputs[index], report);
      result.rows.push(row);
      result.computed += Number(computed);
    }
  } finally {
    await (await opened?.catch(() => undefined))?.close();
  }
  return result;
}

async function methodSources(
  units: readonly Unit[],
  sources: (steps: readonly Step[]) => Promise<Sources>,
): Promise<Map<string, Sources>> {
  const methods = new Map(units.map(({ method }) => [method.id, method.steps]));
  return new Map(
    await Promise.all(
      Array.from(methods, async ([id, steps]) => [id, await sources(steps)] as const),
    ),
  );
}

async function modelFacts(
  recipe: Recipe,
  { model, sources = stepSources }: RunOptions,
  device: Device,
): Promise<{ facts: RunFacts; bytes: number }> {
  const checkpoint = await openCheckpoint(model.folder);
  try {
    const sizes = checkpoint.names().map((name) => checkpoint.info(name).byteLength);
    const facts = {
      modelSha256: await checkpoint.sha256(),
      modelFilesSha256: await modelFilesSha256(model.folder),
      device,
      accuracyLevel: 1,
      decoding: recipe.decoding,
      versions: dependencyVersions(),
      sources: await sources([]),
    };
    return { facts, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  } finally {
    checkpoint.close();
  }
}
