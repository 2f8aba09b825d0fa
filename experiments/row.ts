/**
 * A result row: one method on one direction, with everything needed to trace each number to its inputs.
 * @module
 */
import type { Direction } from "../data/directions.ts";
import type { TranslatorFacts } from "../inference/translator.ts";
import { canonicalJson, sha256 } from "./canonical_json.ts";
import type { QuirkId } from "./protocol/quirks.ts";
import type { DecodingRecipe, Step } from "./recipe.ts";

/** A score and the settings that made it. */
export interface RecordedScore {
  /** The value, 0 to 100 for BLEU and chrF. */
  score: number;
  /** sacreBLEU-style signature: every setting that can change the value. */
  signature: string;
}

/** What a row's scores are: metric name to score. */
export type RecordedScores = Record<"bleu" | "chrf", RecordedScore>;

/** The text that was translated and compared with. */
export interface RowData {
  /** Name of the test set. */
  id: string;
  /** SHA-256 of the file that holds it. */
  fileSha256: string;
  /** SHA-256 of the sentences used, sources and references. */
  sha256: string;
  /** Number of sentences. */
  segments: number;
}

/** How long a row's translations took. */
export interface RowTime {
  /** Seconds of all batches together. */
  seconds: number;
  /** Tokens generated, end-of-sequence tokens included. */
  tokens: number;
  /** `seconds / tokens`. */
  secondsPerToken: number;
  /** Mean seconds of one batch, untrimmed. */
  secondsPerBatch: number;
  /** Median seconds of one batch. */
  medianSecondsPerBatch: number;
  /** Number of batches. */
  batches: number;
  /**
   * Mean seconds of the batches within one standard deviation, as the study computed it; `null` when none is, absent where it was not
   * recorded.
   */
  trimmedSecondsPerBatch?: number | null;
}

/** The samples that a method was calibrated on. */
export interface RowCalibration {
  /** Name of the text. */
  id: string;
  /** Number of samples. */
  samples: number;
  /** The file in the results folder that lists them in their order. */
  file: string;
  /** SHA-256 of that file. */
  sha256: string;
}

/** How a row's model was compressed. */
export interface RowCompression {
  /** Address under which the compressed model is found again. */
  key: string;
  /** What computed it, such as `"wasm"`. */
  backend: string;
  /** Wall-clock seconds that it took, without reading the model. */
  seconds: number;
  /** Share of the linear layers' weights that are exactly 0. */
  sparsity: number;
}

/** What every row says: which translations were scored, against what, by which rules. */
export interface ScoredRow {
  /** Version of this layout. */
  schema: 2;
  /** Source and target language. */
  direction: Direction;
  /** Which measuring rules held. */
  protocol: string;
  /** The study's quirks that were on and touch this row; absent under the protocol `sound`. */
  quirks?: readonly QuirkId[];
  /** The text. */
  data: RowData;
  /** The translations' file and its SHA-256. */
  hypotheses: { file: string; sha256: string };
  /** Scores against the references. */
  scores: RecordedScores;
  /** Commit of the checkout that computed it, when known. */
  commit: string | null;
  /** When it was computed, ISO 8601 in UTC. */
  finished: string;
  /** SHA-256 of this row's canonical JSON without this field. */
  sha256: string;
}

/** One line of the results: one method on one direction. */
export interface ResultRow extends ScoredRow {
  /** Addresses under which the row, and its translations alone, are found again. */
  keys: { row: string; translation: string };
  /** The method: its id and its steps. */
  method: { id: string; steps: readonly Step[] };
  /** Seed of everything that was drawn. */
  seed: number;
  /** The model and the SHA-256 of its weights. */
  model: { id: string; sha256: string };
  /** What the method was calibrated on, or `null` when it needs nothing. */
  calibration: RowCalibration | null;
  /** How the model was compressed, or `null` when it was measured as it is. */
  compression: RowCompression | null;
  /** How it was decoded. */
  decoding: DecodingRecipe;
  /** Device, execution provider and what is known of the adapter. */
  device: TranslatorFacts;
  /** Accuracy level of low-bit products: 1 is float32 compute. */
  accuracyLevel: number;
  /** Versions of everything that can change a number. */
  versions: Record<string, string>;
  /** Hashes of this package's sources that can change the translations and the scores. */
  sources: { translation: string; scoring: string };
  /** The translations' file, its SHA-256, and how many ran into the token limit. */
  hypotheses: { file: string; sha256: string; unfinished: number };
  /** Perplexity of the reference translations per token, end of sequence included. */
  perplexity: number;
  /** How long it took. */
  time: RowTime;
  /** Bytes of the model's weights as stored. */
  bytes: number;
  /** Bytes of the model's weights in the form in which they are run. */
  bytesExecuted: number;
}

/** One line of the results of other systems: translations that were made elsewhere, of which nothing is known but their text. */
export interface SystemRow extends ScoredRow {
  /** Address under which the row is found again. */
  keys: { row: string };
  /** The name that whoever brought the translations gave their system, and the SHA-256 of the file that was brought. */
  system: { name: string; fileSha256: string };
  /** Version of this package. */
  versions: { mtpress: string };
  /** Hash of this package's sources that can change the scores. */
  sources: { scoring: string };
}

/** Adds the SHA-256 of its own canonical JSON to a row. */
export function sealRow<Row extends ScoredRow = ResultRow>(
  row: Omit<Row, "sha256">,
): Row {
  return { ...row, sha256: sha256(canonicalJson(row)) } as Row;
}

/** Whether a row's SHA-256 is the one of its content. */
export function isSealed(row: ScoredRow): boolean {
  const { sha256: claimed, ...content } = row;
  return claimed === sha256(canonicalJson(content));
}

/**
 * Reads a row from its line, the row's `JSON.stringify()`: `undefined` when one byte of it is not what it was. A digit
 * that leaves a number's value alone counts, so the line must also be what the row is written as.
 */
export function parseRow<Row extends ScoredRow = ResultRow>(line: Uint8Array): Row | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(line);
    const row = JSON.parse(text) as Row;
    return isSealed(row) && JSON.stringify(row) === text ? row : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What a row is about, without the machine, versions and sources that computed it: rows of two machines with the same
 * identity answer the same question and can be compared.
 */
export function rowIdentity(row: ResultRow): string {
  const { method, direction, protocol, seed, model, data, calibration } = row;
  return sha256(canonicalJson({
    steps: method.steps,
    direction,
    protocol,
    ...(row.quirks ? { quirks: row.quirks } : {}),
    seed,
    model: model.sha256,
    data: data.sha256,
    calibration: calibration?.sha256 ?? null,
    accuracyLevel: row.accuracyLevel,
    decoding: row.decoding,
  }));
}
