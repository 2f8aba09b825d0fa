/**
 * COMET scores as they are stored: one file for one row's translations and one model.
 * @module
 */
import { readIfThere } from "../inference/files.ts";
import type { CometScores } from "../inference/comet/scorer.ts";
import { canonicalJson, sha256 } from "./canonical_json.ts";
import type { QuirkId } from "./protocol/quirks.ts";
import type { ScoredRow } from "./row.ts";
import { writeWhole } from "./row_file.ts";

/** COMET scores of a row's translations. */
export interface CometRecord {
  /** Version of this layout. */
  readonly schema: 1;
  /** Source and target language. */
  readonly direction: string;
  /** SHA-256 of the translations' file. */
  readonly hypothesesSha256: string;
  /** SHA-256 of the sentences and references; see `RowData`. */
  readonly dataSha256: string;
  /** Quirks of the row that change what COMET reads. */
  readonly quirks: readonly QuirkId[];
  /** The signature of the model that gave them. */
  readonly signature: string;
  /** The system's score: the mean of `segments`. */
  readonly score: number;
  /** A score for each translation. */
  readonly segments: readonly number[];
  /** SHA-256 of this record's canonical JSON without this field. */
  readonly sha256: string;
}

/** Quirks that change what COMET reads; others do not touch its scores. */
const READ_QUIRKS: readonly QuirkId[] = ["comet-prompt-source", "reference-newline"];

/** What of a row and a model its COMET scores depend on. */
function identity(row: ScoredRow, signature: string) {
  return {
    direction: row.direction,
    hypothesesSha256: row.hypotheses.sha256,
    dataSha256: row.data.sha256,
    quirks: READ_QUIRKS.filter((quirk) => row.quirks?.includes(quirk)),
    signature,
  };
}

/** The name under which a row's scores by a model are stored: SHA-256 of all that they depend on. */
export function cometRecordKey(row: ScoredRow, signature: string): string {
  return sha256(canonicalJson(identity(row, signature)));
}

/**
 * Reads a record of a results folder.
 *
 * @param key Its name; see `cometRecordKey()`.
 * @returns the record, or `undefined` if there is none.
 * @throws {SyntaxError} If it does not carry its own SHA-256, or is another key's.
 */
export async function readCometRecord(
  folder: string,
  key: string,
): Promise<CometRecord | undefined> {
  const path = `${folder}/comet/${key}.json`;
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  const problem = recordProblem(text, key);
  if (problem === undefined) return JSON.parse(text) as CometRecord;
  throw new SyntaxError(
    `Cannot read ${path}: ${problem}. Something changed it; remove the file to have it computed again`,
  );
}

/** What is wrong with a record's text, or `undefined`. */
function recordProblem(text: string, key: string): string | undefined {
  let record: CometRecord;
  try {
    record = JSON.parse(text);
  } catch {
    return "it must be JSON";
  }
  const { sha256: claimed, ...content } = record;
  if (claimed !== sha256(canonicalJson(content))) return "scores must carry their own SHA-256";
  const { direction, hypothesesSha256, dataSha256, quirks, signature } = record;
  const named = { direction, hypothesesSha256, dataSha256, quirks, signature };
  if (key !== sha256(canonicalJson(named))) return "it must be named after what it was computed of";
  return undefined;
}

/** Stores a row's scores in a results folder: whole, or not at all. */
export async function writeCometRecord(
  folder: string,
  row: ScoredRow,
  { segments, score, signature }: CometScores,
): Promise<CometRecord> {
  const content = { schema: 1 as const, ...identity(row, signature), score, segments };
  const record = { ...content, sha256: sha256(canonicalJson(content)) };
  await Deno.mkdir(`${folder}/comet`, { recursive: true });
  const path = `${folder}/comet/${cometRecordKey(row, signature)}.json`;
  await writeWhole(path, new TextEncoder().encode(JSON.stringify(record) + "\n"));
  return record;
}
