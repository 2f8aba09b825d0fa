/**
 * Checking stored results: every hash, and every score computed again from the stored translations.
 * @module
 */
import { canonicalJson, sha256 } from "./canonical_json.ts";
import { parseRow } from "./row.ts";
import { scoreTranslations } from "./score.ts";
import { parseHypotheses, splitLines } from "./store.ts";
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
 * Checks every row of a results folder: the row's own SHA-256, its translations' and its references' files' SHA-256,
 * and each score, computed again, must be equal to the last digit. Changes nothing.
 *
 * @param folder The results folder.
 * @param open Opens a test set by its name.
 */
export async function verifyResults(
  folder: string,
  open: (id: string) => Promise<TestSet> = openTestSet,
): Promise<Verification> {
  const path = `${folder}/rows.jsonl`;
  const { lines, torn } = splitLines(await Deno.readFile(path));
  const result: Verification = { rows: 0, scores: 0, problems: [] };
  if (torn > 0) result.problems.push(`${path}: the last line is torn`);
  const testSet = openingOnce(open);
  for (const [index, line] of lines.entries()) {
    result.rows++;
    const place = `${path}, line ${index + 1}`;
    try {
      await verifyRow(line, folder, place, testSet, result);
    } catch (error) {
      result.problems.push(`${place}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return result;
}

async function verifyRow(
  line: Uint8Array,
  folder: string,
  place: string,
  testSet: (id: string) => Promise<TestSet>,
  result: Verification,
): Promise<void> {
  const report = (problem: string) => result.problems.push(`${place}: ${problem}`);
  const row = parseRow(line);
  if (row === undefined) return void report("the row is not what its SHA-256 says");
  const bytes = await Deno.readFile(`${folder}/${row.hypotheses.file}`);
  if (sha256(bytes) !== row.hypotheses.sha256) {
    return void report(`${row.hypotheses.file} is not what its SHA-256 says`);
  }
  const { calibration } = row;
  if (calibration !== null) {
    const record = await Deno.readFile(`${folder}/${calibration.file}`);
    if (sha256(record) !== calibration.sha256) {
      return void report(`${calibration.file} is not what its SHA-256 says`);
    }
  }
  const unit = (await testSet(row.data.id)).unit(row.direction, row.data.segments);
  if (canonicalJson(unit.data) !== canonicalJson(row.data)) {
    return void report(`test set ${row.data.id} is not the one that the row was scored against`);
  }
  const hypotheses = parseHypotheses(bytes);
  const scores = scoreTranslations(hypotheses, unit.references, row.direction);
  for (const [name, { score, signature }] of Object.entries(scores)) {
    const recorded = row.scores[name as keyof typeof scores];
    if (recorded.score === score && recorded.signature === signature) result.scores++;
    else report(`${name} is recorded as ${recorded.score}, computed again it is ${score}`);
  }
}
