/**
 * The row of one unit: found in the store, or translated, scored and stored.
 * @module
 */
import { unitKeys } from "./key.ts";
import type { MethodModels } from "./method_models.ts";
import type { ModelChoice } from "./model.ts";
import type { PreparedMethod } from "./prepared_method.ts";
import { recipeBatches } from "./protocol/planner.ts";
import type { QuirkId } from "./protocol/quirks.ts";
import { unitQuirks } from "./protocol/study_recipe.ts";
import type { Recipe } from "./recipe.ts";
import { type ResultRow, type RowCalibration, sealRow } from "./row.ts";
import { scoreTranslations } from "./score.ts";
import type { ResultStore } from "./store.ts";
import type { TestUnit } from "./test_set.ts";
import { batchTimes } from "./time.ts";
import type { Unit } from "./units.ts";
import { VERSION } from "./versions.ts";

/** What the units of one run share. */
export interface Run {
  recipe: Recipe;
  model: ModelChoice;
  store: ResultStore;
  /** Whether stored results are ignored. */
  fresh: boolean;
  commit: string | null;
  /** Opens a method's model at the first call. */
  models: MethodModels;
}

/** One unit with everything that it needs. */
export interface UnitWork {
  unit: Unit;
  /** Its text. */
  input: TestUnit;
  /** Its method. */
  prepared: PreparedMethod;
}

/** Takes a unit's progress: sentences done, and whether they were found in the store. */
type Report = (done: number, stored: boolean) => void;

/** Finds a unit's row, or its translations under another scoring, or computes both. */
export async function runUnit(
  run: Run,
  work: UnitWork,
  report: Report,
): Promise<{ row: ResultRow; computed: boolean }> {
  const { store, fresh } = run;
  const { unit, input, prepared } = work;
  const keys = unitKeys(run.recipe, unit, input.data, prepared.facts);
  const found = fresh ? undefined : store.find(keys.row);
  if (found && await store.holds(found)) {
    report(input.data.segments, true);
    return { row: found, computed: false };
  }
  const quirks = unitQuirks(run.recipe, unit.method, unit.direction);
  const earlier = fresh ? undefined : await earlierRow(store, keys.translation, quirks);
  const translated = earlier
    ? { content: earlier, lines: await store.hypotheses(earlier) }
    : await translateUnit(run, work, (done) => report(done, false));
  const { sha256: _seal, quirks: _quirks, ...content } = translated.content as ResultRow;
  const row = sealRow({
    ...content,
    keys,
    method: { id: unit.method.id, steps: unit.method.steps },
    protocol: run.recipe.protocol,
    ...(run.recipe.protocol === "sound" ? {} : { quirks }),
    model: { id: run.model.id, sha256: prepared.facts.modelSha256 },
    data: input.data,
    sources: prepared.facts.sources,
    scores: scoreTranslations(translated.lines, input.references, unit.direction, quirks),
    commit: run.commit,
    finished: new Date().toISOString(),
  });
  await store.append(row);
  report(input.data.segments, false);
  return { row, computed: true };
}

/** The newest row with the same translations; where times are trimmed, one that recorded them so. */
async function earlierRow(
  store: ResultStore,
  key: string,
  quirks: readonly QuirkId[],
): Promise<ResultRow | undefined> {
  const row = await store.findTranslation(key);
  const untimed = quirks.includes("trimmed-times") &&
    row?.time.trimmedSecondsPerBatch === undefined;
  return untimed ? undefined : row;
}

/** What a row says of its translations, whatever they are scored against and whichever method asked for them. */
type TranslatedRow = Omit<
  ResultRow,
  | "keys"
  | "method"
  | "protocol"
  | "quirks"
  | "model"
  | "data"
  | "sources"
  | "scores"
  | "commit"
  | "finished"
  | "sha256"
>;

async function translateUnit(
  { recipe, store, models }: Run,
  { unit: { direction }, input: { sources, references, data }, prepared }: UnitWork,
  report: (done: number) => void,
): Promise<{ content: TranslatedRow; lines: string[] }> {
  report(0);
  const { facts } = prepared;
  const { batching: _, ...decoding } = facts.decoding;
  const calibration = await writeCalibration(prepared, store);
  const { translator, compression, bytes, bytesExecuted } = await models.open(prepared);
  const { translations, batches } = await translator.translate(sources, {
    direction,
    ...decoding,
    batches: recipeBatches(sources, facts.decoding),
    onBatch: (done) => report(Math.min(done, data.segments - 1)),
  });
  const perplexity = await translator.perplexity(sources, references, {
    direction,
    batchSize: decoding.batchSize,
  });
  const lines = translations.map(({ text }) => text);
  const hypotheses = await store.writeHypotheses(lines);
  const content: TranslatedRow = {
    schema: 2,
    direction,
    seed: recipe.seed,
    calibration,
    compression,
    decoding: facts.decoding,
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
    bytesExecuted,
  };
  return { content, lines };
}

async function writeCalibration(
  { calibration }: PreparedMethod,
  store: ResultStore,
): Promise<RowCalibration | null> {
  if (calibration === null) return null;
  const { id, samples, record } = calibration;
  return { id, samples: samples.length, ...await store.writeRecord("calibration", record) };
}
