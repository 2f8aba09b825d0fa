/**
 * The row of one unit: found in the store, or translated, scored and stored.
 * @module
 */
import type { Translator } from "../inference/translator.ts";
import { type RunFacts, unitKeys } from "./key.ts";
import type { ModelChoice } from "./model.ts";
import type { Recipe } from "./recipe.ts";
import { type ResultRow, sealRow } from "./row.ts";
import { scoreTranslations } from "./score.ts";
import type { ResultStore } from "./store.ts";
import type { TestUnit } from "./test_set.ts";
import { batchTimes } from "./time.ts";
import type { Unit } from "./units.ts";
import { type Sources, VERSION } from "./versions.ts";

/** What the units of one run share. */
export interface Run {
  recipe: Recipe;
  model: ModelChoice;
  store: ResultStore;
  /** Whether stored results are ignored. */
  fresh: boolean;
  facts: RunFacts;
  /** Sources of each method, by its id. */
  sources: Map<string, Sources>;
  /** Bytes of the stored weights. */
  bytes: number;
  commit: string | null;
  /** Opens the model at the first call. */
  translator: () => Promise<Translator>;
}

/** Finds a unit's row, or its translations under another scoring, or computes both. */
export async function runUnit(
  run: Run,
  unit: Unit,
  input: TestUnit,
  report: (done: number, stored: boolean) => void,
): Promise<{ row: ResultRow; computed: boolean }> {
  const { store, fresh } = run;
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

/** What a row says of its translations, whatever they are scored against and whichever method asked for them. */
type TranslatedRow = Omit<
  ResultRow,
  "keys" | "method" | "data" | "sources" | "scores" | "commit" | "finished" | "sha256"
>;

async function translateUnit(
  { recipe, model, store, facts, bytes, translator: open }: Run,
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
  const hypotheses = await store.writeHypotheses(lines);
  const content: TranslatedRow = {
    schema: 1,
    direction,
    protocol: recipe.protocol,
    seed: recipe.seed,
    model: { id: model.id, sha256: facts.modelSha256 },
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
  };
  return { content, lines };
}
