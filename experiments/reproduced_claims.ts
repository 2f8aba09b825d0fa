/**
 * The study's claims, judged by a run's rows and by times that are taken for the purpose.
 * @module
 */
import { defaultThreads, type Device } from "../inference/devices.ts";
import { loadTokenizer } from "../inference/tokenizer.ts";
import { claimEvidence, type ClaimExperiment } from "./claims/gather.ts";
import { type ClaimVerdict, judgeClaims } from "./claims/judge.ts";
import { compressedFolder } from "./compressed_folder.ts";
import { recipeWork } from "./fixed_work.ts";
import type { ModelChoice } from "./model.ts";
import type { ResultRow } from "./row.ts";
import type { ResultStore } from "./store.ts";
import { storedTimes, type TimesRecord } from "./stored_times.ts";
import { openTestSet } from "./test_set.ts";
import { timedModel } from "./timed_model.ts";

/** The methods whose times claims are about. */
const TIMED = ["baseline", "gptq-4", "nf4", "sq-nf4", "wanda-40", "wanda-gptq-40-4"];

/** What judging needs beside the rows. */
export interface ClaimRun {
  /** Holds the rows' translations and the compressed models. */
  store: ResultStore;
  /** The model that was measured. */
  model: ModelChoice;
  /** Where it ran. */
  device: Device;
  /** Take the times again, whatever is stored. */
  fresh?: boolean;
}

/** Verdicts, and the times that some of them rest on; `null` when a method that must be timed was not run, or a model is too large to be open beside others. */
export interface ReproducedClaims {
  /** One verdict for each claim. */
  verdicts: ClaimVerdict[];
  /** The times. */
  times: TimesRecord | null;
}

/** Judges every claim by the rows of recipes. */
export async function reproducedClaims(
  experiments: readonly ClaimExperiment[],
  run: ClaimRun,
): Promise<ReproducedClaims> {
  const times = await methodTimes(experiments, run);
  const evidence = await claimEvidence(experiments, { store: run.store, times: times?.models });
  return { verdicts: judgeClaims(evidence), times };
}

/** Bytes of a model from which several are not held open at once, so that no interleaved times are taken. */
const LARGE = 2 ** 30;

async function methodTimes(
  experiments: readonly ClaimExperiment[],
  { store, model, device, fresh }: ClaimRun,
): Promise<TimesRecord | null> {
  const rows = TIMED.map((id) =>
    experiments.flatMap((experiment) => experiment.rows).find((row) => row.method.id === id)
  );
  if (!rows.every((row): row is ResultRow => row !== undefined)) return null;
  if (rows.some(({ bytesExecuted }) => bytesExecuted > LARGE)) return null;
  const [{ recipe }] = experiments;
  const threads = defaultThreads();
  const models = await Promise.all(rows.map(async (row, i) => {
    const folder = row.compression
      ? await compressedFolder(store.folder, row.compression.key)
      : model.folder;
    return folder === undefined ? undefined : await timedModel(TIMED[i], folder, {
      device,
      threads,
      dtype: model.dtype,
      graphFolder: `${store.folder}/graphs/${row.sources.translation.slice(0, 16)}`,
    });
  }));
  if (!models.every((timed) => timed !== undefined)) return null;
  const work = recipeWork(
    await loadTokenizer(model.folder),
    await openTestSet(recipe.testSet),
    recipe,
  );
  return await storedTimes(models, {
    folder: store.folder,
    work,
    device,
    threads,
    fresh,
  });
}

/** The verdicts in a few lines: which claims got which. */
export function claimsSummary(verdicts: readonly ClaimVerdict[]): string[] {
  const groups = Map.groupBy(verdicts, ({ verdict }) => verdict);
  return Array.from(
    groups,
    ([verdict, own]) => `  ${verdict} (${own.length}): ${own.map(({ id }) => id).join(", ")}`,
  );
}
