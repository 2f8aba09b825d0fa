/**
 * Checking stored results: every hash, and every score computed again from the stored translations.
 * @module
 */
import { canonicalJson, sha256 } from "./canonical_json.ts";
import { parseRow, type ResultRow, type ScoredRow } from "./row.ts";
import { scoreTranslations } from "./score.ts";
import { splitLines } from "./row_file.ts";
import { parseHypotheses, ROWS, SYSTEM_ROWS } from "./store.ts";
import { openingOnce, openTestSet, type TestSet } from "./test_set.ts";

/** What a verification found. */
export interface Verification {
  /** Rows that were checked. */
  rows: number;
  /** Scores that were computed again and are equal. */
  scores: number;
  /** What is wrong, one sentence each; empty when everything holds. */
  problems: string[];
}

/**
 * Checks every row of a results folder, its own and those of other systems: the row's own SHA-256, its translations' and its references' files' SHA-256,
 * and each score, computed again, must be equal to the last digit. Changes nothing.
 *
 * @param folder The results folder.
 * @param open Opens a test set by its name.
 */
export async function verifyResults(
  folder: string,
  open: (id: string) => Promise<TestSet> = openTestSet,
): Promise<Verification> {
  const result: Verification = { rows: 0, scores: 0, problems: [] };
  const testSet = openingOnce(open);
  for (const [name, bytes] of await rowFiles(folder)) {
    const path = `${folder}/${name}`;
    const { lines, torn } = splitLines(bytes);
    if (torn > 0) result.problems.push(`${path}: the last line is torn`);
    for (const [index, line] of lines.entries()) {
      result.rows++;
      const place = `${path}, line ${index + 1}`;
      try {
        await verifyRow(line, folder, place, testSet, result);
      } catch (error) {
        result.problems.push(`${place}: ${error instanceof Error ? error.message : error}`);
      }
    }
  }
  return result;
}

/** The files of rows that a results folder has, with their bytes; one at least. */
async function rowFiles(folder: string): Promise<[string, Uint8Array][]> {
  const found: [string, Uint8Array][] = [];
  let missing: unknown;
  for (const name of [ROWS, SYSTEM_ROWS]) {
    try {
      found.push([name, await Deno.readFile(`${folder}/${name}`)]);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      missing = error;
    }
  }
  if (found.length === 0) throw missing;
  return found;
}

async function verifyRow(
  line: Uint8Array,
  folder: string,
  place: string,
  testSet: (id: string) => Promise<TestSet>,
  result: Verification,
): Promise<void> {
  const report = (problem: string) => result.problems.push(`${place}: ${problem}`);
  const row = parseRow<ScoredRow & Partial<Pick<ResultRow, "calibration">>>(line);
  if (row === undefined) return void report("the row is not what its SHA-256 says");
  const bytes = await Deno.readFile(`${folder}/${row.hypotheses.file}`);
  if (sha256(bytes) !== row.hypotheses.sha256) {
    return void report(`${row.hypotheses.file} is not what its SHA-256 says`);
  }
  const { calibration } = row;
  if (calibration) {
    const record = await Deno.readFile(`${folder}/${calibration.file}`);
    if (sha256(record) !== calibration.sha256) {
      return void report(`${calibration.file} is not what its SHA-256 says`);
    }
  }
  const unit = (await testSet(row.data.id)).unit(row.direction, row.data.segments);
  if (canonicalJson(unit.data) !== canonicalJson(row.data)) {
    return void report(`test set ${row.data.id} is not the one that the row was scored against`);
  }
  const hypotheses = parseHypotheses(bytes, row.hypotheses.file);
  const scores = scoreTranslations(hypotheses, unit.references, row.direction, row.quirks);
  for (const [name, { score, signature }] of Object.entries(scores)) {
    const recorded = row.scores[name as keyof typeof scores];
    if (recorded.score === score && recorded.signature === signature) result.scores++;
    else report(`${name} is recorded as ${recorded.score}, computed again it is ${score}`);
  }
}
