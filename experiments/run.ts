/**
 * Running a recipe: every unit whose result is not stored is translated, scored and stored.
 * @module
 */
import { openCheckpoint } from "../inference/checkpoint.ts";
import type { Device } from "../inference/devices.ts";
import { loadTranslator, type Translator } from "../inference/translator.ts";
import { type RunFacts, unitKeys } from "./key.ts";
import { type ModelChoice, modelFilesSha256 } from "./model.ts";
import type { Progress } from "./progress.ts";
import type { Recipe, Step } from "./recipe.ts";
import { type ResultRow, sealRow } from "./row.ts";
import { scoreTranslations } from "./score.ts";
import type { ResultStore } from "./store.ts";
import { openTestSet, type TestUnit } from "./test_set.ts";
import { batchTimes } from "./time.ts";
import { recipeUnits, type Unit } from "./units.ts";
import {
  checkoutCommit,
  dependencyVersions,
  type Sources,
  stepSources,
  VERSION,
} from "./versions.ts";

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

/** What the units of one run share. */
interface Run {
  recipe: Recipe;
  options: RunOptions;
  facts: RunFacts;
  /** Sources of each method, by its id. */
  sources: Map<string, Sources>;
  bytes: number;
  commit: string | null;
  /** Opens the model at the first call. */
  translator: () => Promise<Translator>;
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
  const translator = () => opened ??= openTranslator(options.model.folder, { device, graphFolder });
  const commit = await checkoutCommit();
  const run: Run = { recipe, options, facts, sources, bytes, commit, translator };
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

/** Finds a unit's row, or its translations under another scoring, or computes both. */
async function runUnit(
  run: Run,
  unit: Unit,
  input: TestUnit,
  report: (done: number, stored: boolean) => void,
): Promise<{ row: ResultRow; computed: boolean }> {
  const { store, fresh } = run.options;
  const sources = run.sources.get(unit.method.id)!;
  const keys = unitKeys(run.recipe, unit, input.data, { ...run.facts, sources });
  const found = fresh ? undefined : store.find(keys.row);
  if (found && await store.holds(found)) {
    report(input.data.segments, true);
    return { row: found, computed: false };
  }
  const earlier = fresh ? undefined : await store.findTranslation(keys.translation);
  const translated = earlier
    ? { content: earlier, lines: await store.hypotheses(earlier) }
    : await translateUnit(run, unit, input, (done) => report(done, false));
  const { sha256: _seal, ...content } = translated.content as ResultRow;
  const row = sealRow({
    ...content,
    keys,
    method: { id: unit.method.id, steps: unit.method.steps },
    data: input.data,
    sources,
    scores: scoreTranslations(translated.lines, input.references, unit.direction),
    commit: run.commit,
    finished: new Date().toISOString(),
  });
  await store.append(row);
  report(input.data.segments, false);
  return { row, computed: true };
}

/** A row but for what is known only when its translations are scored. */
type TranslatedRow = Omit<ResultRow, "sha256" | "keys" | "sources" | "scores" | "finished">;

async function translateUnit(
  { recipe, facts, options, bytes, commit, translator: open }: Run,
  unit: Unit,
  { sources, references, data }: TestUnit,
  report: (done: number) => void,
): Promise<{ content: TranslatedRow; lines: string[] }> {
  report(0);
  const { direction } = unit;
  const { batchSize } = recipe.decoding;
  const translator = await open();
  const { translations, batches } = await translator.translate(sources, {
    direction,
    ...recipe.decoding,
    onBatch: (done) => report(Math.min(done, data.segments - 1)),
  });
  const perplexity = await translator.perplexity(sources, references, { direction, batchSize });
  const lines = translations.map(({ text }) => text);
  const hypotheses = await options.store.writeHypotheses(lines);
  const content: TranslatedRow = {
    schema: 1,
    method: { id: unit.method.id, steps: unit.method.steps },
    direction,
    protocol: recipe.protocol,
    seed: recipe.seed,
    model: { id: options.model.id, sha256: facts.modelSha256 },
    data,
    calibration: null,
    decoding: recipe.decoding,
    device: translator.facts,
    accuracyLevel: facts.accuracyLevel,
    versions: { mtpress: VERSION, ...facts.versions },
    hypotheses: {
      ...hypotheses,
      unfinished: translations.filter(({ finished }) => !finished).length,
    },
    perplexity,
    time: batchTimes(batches),
    bytes,
    commit,
  };
  return { content, lines };
}
