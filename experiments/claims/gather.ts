/**
 * Evidence from result rows: scores are resampled from the stored translations, bytes computed from ALMA-7B's config.
 * @module
 */
import { type Direction, isIntoEnglish, isOutOfEnglish } from "../../data/directions.ts";
import { canonicalJson } from "../canonical_json.ts";
import type { ModelTimes } from "../interleaved_time.ts";
import { almaLibraryBytes, almaStoredBytes } from "../memory_rows.ts";
import type { MethodRecipe, Recipe } from "../recipe.ts";
import type { ResultRow } from "../row.ts";
import { rowStatistics } from "../row_statistics.ts";
import type { ResultStore } from "../store.ts";
import { openingOnce } from "../test_set.ts";
import { bleuSamples, type MethodBleu } from "./bleu_samples.ts";
import type { ClaimEvidence, MethodMemory } from "./evidence.ts";

/** A recipe with its rows. */
export interface ClaimExperiment {
  /** The recipe. */
  readonly recipe: Recipe;
  /** Its rows, as `runRecipe()` gives them. */
  readonly rows: readonly ResultRow[];
}

/** What evidence needs besides rows. */
export interface ClaimSource {
  /** Holds the rows' translations. */
  readonly store: Pick<ResultStore, "hypotheses">;
  /** Interleaved times, where they were taken. */
  readonly times?: readonly ModelTimes[];
}

/**
 * Gathers what claims are judged by. A method counts when it has a row for every direction of its recipe; of one that
 * several recipes have, the first complete one counts.
 *
 * @throws {RangeError} If the rows are of several models.
 */
export async function claimEvidence(
  experiments: readonly ClaimExperiment[],
  { store, times = [] }: ClaimSource,
): Promise<ClaimEvidence> {
  const complete = completeMethods(experiments);
  const open = openingOnce();
  const bleu = new Map<string, MethodBleu>();
  for (const [id, method] of complete) {
    const scores = await methodBleu(method, store, open);
    if (scores) bleu.set(id, scores);
  }
  const sparse = [...complete].flatMap(([id, { rows }]): [string, number][] =>
    rows[0].compression ? [[id, rows[0].compression.sparsity]] : []
  );
  return {
    model: onlyModel(experiments),
    bleu,
    perplexity: new Map(
      Array.from(complete, ([id, { rows }]) => [id, rows.map(({ perplexity }) => perplexity)]),
    ),
    sparsity: new Map(sparse),
    memory: almaMemory(experiments.flatMap(({ recipe }) => recipe.methods)),
    times: new Map(times.map((model) => [model.id, model])),
  };
}

/** Bytes of ALMA-7B under each method whose steps the arithmetic knows. */
export function almaMemory(methods: readonly MethodRecipe[]): Map<string, MethodMemory> {
  return new Map(methods.flatMap(({ id, steps }): [string, MethodMemory][] => {
    const stored = almaStoredBytes(steps);
    return stored === undefined ? [] : [[id, { stored, library: almaLibraryBytes(steps) }]];
  }));
}

/** One method's rows in the order of its recipe's directions. */
interface CompleteMethod {
  recipe: Recipe;
  rows: ResultRow[];
}

function completeMethods(experiments: readonly ClaimExperiment[]): Map<string, CompleteMethod> {
  const complete = new Map<string, CompleteMethod>();
  for (const { recipe, rows } of experiments) {
    for (const { id } of recipe.methods) {
      const own = recipe.directions.flatMap((direction) =>
        rows.find((row) => row.method.id === id && row.direction === direction) ?? []
      );
      if (own.length < recipe.directions.length || complete.has(id)) continue;
      complete.set(id, { recipe, rows: own });
    }
  }
  return complete;
}

function onlyModel(experiments: readonly ClaimExperiment[]): string {
  const models = new Map(
    experiments.flatMap(({ rows }) => rows.map(({ model }) => [model.sha256, model.id])),
  );
  if (models.size > 1) {
    throw new RangeError(
      `Cannot judge claims by rows of ${[...models.values()].join(" and ")}: it must be one model`,
    );
  }
  return [...models.values()][0] ?? "no model";
}

async function methodBleu(
  { recipe, rows }: CompleteMethod,
  store: ClaimSource["store"],
  open: ReturnType<typeof openingOnce>,
): Promise<MethodBleu | undefined> {
  const one = async (includes: (direction: Direction) => boolean) => {
    const chosen = rows.filter(({ direction }) => includes(direction));
    return await Promise.all(chosen.map((row) => rowStatistics(row, store, open)));
  };
  const [outOf, into] = [await one(isOutOfEnglish), await one(isIntoEnglish)];
  if (outOf.length === 0 || into.length === 0) return undefined;
  const { seed } = recipe;
  const texts = rows.map(({ direction, data, scores }) => [
    direction,
    data.sha256,
    scores.bleu.signature,
  ]);
  return {
    setting: canonicalJson({ seed, texts, decoding: rows[0].decoding }),
    outOfEnglish: bleuSamples(outOf, seed),
    intoEnglish: bleuSamples(into, seed),
  };
}
