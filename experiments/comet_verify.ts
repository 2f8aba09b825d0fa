/**
 * Checking stored COMET scores.
 * @module
 */
import type { Comet } from "../inference/comet/comet.ts";
import { type CometRecord, cometRecordKey, readCometRecord } from "./comet_record.ts";
import { type CometScoresOptions, rowSegments } from "./comet_scores.ts";
import type { ScoredRow } from "./row.ts";
import type { ResultStore } from "./store.ts";
import { openingOnce, openTestSet } from "./test_set.ts";

/** What was found. */
export interface CometVerification {
  /** Records that were checked. */
  records: number;
  /** What is wrong, one sentence each; empty when everything holds. */
  problems: string[];
}

/** Scores on another machine may differ by this much: float32 sums in another order. */
const TOLERANCE = 1e-4;

/**
 * Checks every stored record of COMET scores without a model: its own SHA-256, its name, and that its score is the mean of its segments'.
 *
 * @param folder The results folder.
 */
export async function verifyCometRecords(folder: string): Promise<CometVerification> {
  const result: CometVerification = { records: 0, problems: [] };
  for (const name of await recordNames(folder)) {
    result.records++;
    try {
      const record = await readCometRecord(folder, name.replace(/\.json$/, ""));
      const problem = record && meanProblem(record);
      if (problem) result.problems.push(`${folder}/comet/${name}: ${problem}`);
    } catch (error) {
      result.problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  return result;
}

async function recordNames(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(`${folder}/comet`)) {
      if (name.endsWith(".json")) names.push(name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names.sort();
}

function meanProblem({ segments, score }: CometRecord): string | undefined {
  const mean = segments.reduce((total, segment) => total + segment, 0) / segments.length;
  if (mean === score) return undefined;
  return `the score is recorded as ${score}, the mean of its segments is ${mean}`;
}

/**
 * Computes stored COMET scores of rows again with their model. They may differ by 1e-4, because other machines add in another order.
 *
 * @param rows Rows of the store; those without scores of this model are passed over.
 * @param store Holds the rows' translations and the scores.
 * @param comet The model.
 */
export async function recomputeCometScores(
  rows: readonly ScoredRow[],
  store: Pick<ResultStore, "folder" | "holds" | "hypotheses">,
  comet: Pick<Comet, "signature" | "score">,
  options: CometScoresOptions = {},
): Promise<CometVerification> {
  const { batchSize, onRow } = options;
  const open = openingOnce(options.open ?? openTestSet);
  const result: CometVerification = { records: 0, problems: [] };
  for (const [done, row] of rows.entries()) {
    const key = cometRecordKey(row, comet.signature);
    const record = await readCometRecord(store.folder, key);
    if (record !== undefined) {
      result.records++;
      const { segments } = await comet.score(await rowSegments(row, store, open), { batchSize });
      const problem = differenceProblem(record.segments, segments);
      if (problem) result.problems.push(`${store.folder}/comet/${key}.json: ${problem}`);
    }
    onRow?.(done + 1, rows.length);
  }
  return result;
}

function differenceProblem(
  stored: readonly number[],
  computed: readonly number[],
): string | undefined {
  if (stored.length !== computed.length) {
    return `${stored.length} scores are recorded, for ${computed.length} translations`;
  }
  const other = stored.findIndex((score, place) =>
    !(Math.abs(score - computed[place]) < TOLERANCE)
  );
  if (other < 0) return undefined;
  return `segment ${other} is recorded as ${stored[other]}, computed again it is ${
    computed[other]
  }`;
}
