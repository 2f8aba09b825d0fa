/**
 * `deno task comet`: scores translations in files, or the rows of the results folder, with COMET-22.
 * @module
 */
import { type Comet, loadComet } from "../inference/comet/comet.ts";
import { fetchedCometFolder } from "../inference/comet/folders.ts";
import type { CometSegment } from "../inference/comet/scorer.ts";
import { COMET_HELP, type CometCommand, parseCometOptions } from "./comet_options.ts";
import { cometScores } from "./comet_scores.ts";
import { recomputeCometScores } from "./comet_verify.ts";
import { runCommand } from "./command.ts";
import { resultsFolder } from "./results_folder.ts";
import type { ScoredRow } from "./row.ts";
import { writeWhole } from "./row_file.ts";
import { ResultStore } from "./store.ts";

/** Runs the command and returns its exit code. */
export async function cometCommand(args: readonly string[]): Promise<number> {
  const command = parseCometOptions(args);
  if (command === "help") {
    console.log(COMET_HELP);
    return 0;
  }
  const segments = command.files && await readSegments(command.files); // before the model, which takes long
  const folder = command.model ?? await fetchedCometFolder();
  const { tokenizer, device, threads } = command;
  const comet = await loadComet(folder, { tokenizerFolder: tokenizer, device, threads });
  try {
    if (segments) return await scoreFiles(comet, segments, command);
    return await (command.verify ? verifyRows : scoreRows)(comet, command);
  } finally {
    await comet.close();
  }
}

/**
 * Reads three files of one sentence a line, which may be empty.
 *
 * @throws {RangeError} If they do not have as many lines, or none.
 */
async function readSegments(files: NonNullable<CometCommand["files"]>): Promise<CometSegment[]> {
  const paths = [files.source, files.translation, files.reference];
  const [sources, translations, references] = await Promise.all(paths.map(readLines));
  const counts = [sources, translations, references].map((lines) => lines.length);
  if (new Set(counts).size > 1 || counts[0] === 0) {
    throw new RangeError(
      `Cannot score ${paths.join(", ")}: they have ${
        counts.join(", ")
      } lines, and must have as many, and some`,
    );
  }
  return sources.map((source, line) => ({
    source,
    translation: translations[line],
    reference: references[line],
  }));
}

/** The lines of a file; a line end at its end ends the last line. */
async function readLines(path: string): Promise<string[]> {
  const text = await Deno.readTextFile(path);
  return text === "" ? [] : text.replace(/\r?\n$/, "").split(/\r?\n/);
}

async function scoreFiles(
  comet: Comet,
  segments: readonly CometSegment[],
  { batchSize, output, json, files }: CometCommand,
): Promise<number> {
  const { segments: scores, score, signature } = await comet.score(segments, { batchSize });
  if (output !== undefined) {
    await writeWhole(output, new TextEncoder().encode(scores.join("\n") + "\n"));
  }
  if (json) console.log(JSON.stringify({ ...files, score, signature, segments: scores }));
  else console.log(`${signature} = ${score.toFixed(4)}`);
  return 0;
}

/** All rows of the results folder, those of other systems included. */
async function storedRows(): Promise<{ store: ResultStore; rows: ScoredRow[] }> {
  const store = await ResultStore.open(resultsFolder());
  return { store, rows: [...store.rows, ...store.systems] };
}

/** Tells on standard error how far it is. */
function onRow(done: number, total: number): void {
  console.error(`COMET: ${done} of ${total} rows`);
}

async function scoreRows(comet: Comet, { batchSize, json }: CometCommand): Promise<number> {
  const { store, rows } = await storedRows();
  const records = await cometScores(rows, store, comet, { batchSize, onRow });
  if (json) {
    const scores = rows.map((row, place) => ({
      row: row.sha256,
      direction: row.direction,
      score: records[place].score,
    }));
    console.log(JSON.stringify({ signature: comet.signature, rows: scores }));
  } else console.log(`${comet.signature}: ${rows.length} rows have COMET scores`);
  return 0;
}

async function verifyRows(comet: Comet, { batchSize, json }: CometCommand): Promise<number> {
  const { store, rows } = await storedRows();
  const { records, problems } = await recomputeCometScores(rows, store, comet, {
    batchSize,
    onRow,
  });
  if (json) console.log(JSON.stringify({ signature: comet.signature, records, problems }));
  else {
    problems.forEach((problem) => console.error(problem));
    console.log(`${records} COMET records computed again, ${problems.length} problems`);
  }
  return problems.length > 0 ? 1 : 0;
}

if (import.meta.main) await runCommand(cometCommand);
