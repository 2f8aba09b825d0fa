/**
 * The sentences below Table 1: where its numbers are from.
 * @module
 */
import { isBesideEnglish } from "../data/directions.ts";
import { protocolNotes } from "./protocol/notes.ts";
import type { CometLookup } from "./comet_lookup.ts";
import type { Recipe } from "./recipe.ts";
import type { ResultRow } from "./row.ts";
import { sentenceCounts } from "./sentence_counts.ts";

/** What must be known to read the table. */
export function tableNotes(
  recipe: Recipe,
  rows: readonly ResultRow[],
  comet: CometLookup = () => undefined,
): string[] {
  const [first] = rows;
  const notes = ["BLEU and COMET are means over the directions."];
  const beside = recipe.directions.filter(isBesideEnglish);
  if (beside.length > 0) {
    notes.push(
      `${beside.join(", ")}: in neither mean, see the table of each direction; in the times.`,
    );
  }
  if (recipe.methods.length > 1) {
    notes.push(
      "The best value of a column is bold (* in text), the second best underlined (' in text), " +
        "within each model.",
    );
  }
  if (first !== undefined) notes.push(...measuredNotes(first, rows, comet));
  notes.push(
    "study: ALMA-7B as published, on WMT22 (Icelandic from WMT21), en-zh scored with tok:13a; its seconds are per " +
      "generated batch, its MiB GPU memory.",
  );
  return [...notes, ...protocolNotes(recipe)];
}

function measuredNotes(
  first: ResultRow,
  rows: readonly ResultRow[],
  comet: CometLookup,
): string[] {
  const notes = [
    `${first.model.id}: weights ${first.model.sha256.slice(0, 12)}, ` +
    `${sentenceCounts(rows)} sentences per direction of ${first.data.id}, beam ` +
    `${first.decoding.beams}, batches of ${batchSizes(rows)}, device ` +
    `${first.device.device}; stored: all its weights. ALMA-7B: its weights in the same form, computed.`,
    ...cometNotes(rows, comet),
    "Its times are of this run, one method after the other, so that some 10 % between rows are noise; claims about time rest " +
    "on interleaved runs.",
  ];
  const calibrated = rows.find((row) => row.calibration !== null)?.calibration;
  if (calibrated) {
    notes.push(
      `Calibration: ${calibrated.samples} samples of ${calibrated.id}` +
        (first.protocol === "sound"
          ? ", evenly over its directions, translations included."
          : ", by the rules of the protocol."),
    );
  }
  const sparse = sparsities(rows);
  if (sparse.length > 0) notes.push(`Weights that are exactly 0: ${sparse.join(", ")}.`);
  return [...notes, ...bleuSignatures(rows)];
}

/** The sizes of batches that methods were decoded in. */
function batchSizes(rows: readonly ResultRow[]): string {
  return [...new Set(rows.map(({ decoding }) => decoding.batchSize))].join(" or ");
}

/** Which COMET, or what fills its columns. */
function cometNotes(rows: readonly ResultRow[], comet: CometLookup): string[] {
  const signatures = new Set(rows.flatMap((row) => comet(row)?.signature ?? []));
  if (signatures.size > 0) return [...signatures, "COMET is shown times 100."];
  return [
    "COMET is empty for it until its model is there: deno task fetch wmt22-comet-da xlm-roberta-large (2.3 GB), then " +
    "deno task comet --rows.",
  ];
}

/** The share of zeros of each method that prunes. */
function sparsities(rows: readonly ResultRow[]): string[] {
  const byMethod = Map.groupBy(rows, (row) => row.method.id);
  return Array.from(byMethod, ([id, [{ method, compression }]]) => {
    const prunes = method.steps.some(({ kind }) => PRUNING.includes(kind));
    return prunes && compression ? `${id} ${(100 * compression.sparsity).toFixed(1)} %` : "";
  }).filter((text) => text !== "");
}

const PRUNING = ["wanda", "magnitude", "dsnot"];

/** Each BLEU signature with the directions that it holds for. */
function bleuSignatures(rows: readonly ResultRow[]): string[] {
  const signatures = Map.groupBy(rows, (row) => row.scores.bleu.signature);
  return Array.from(signatures, ([signature, own]) => {
    const directions = [...new Set(own.map((row) => row.direction))];
    return `BLEU|${signature} (${directions.join(", ")})`;
  });
}
