/**
 * Result rows as points of a figure.
 * @module
 */
import { isIntoEnglish, isOutOfEnglish } from "../../data/directions.ts";
import { activeQuirks } from "../protocol/study_recipe.ts";
import type { Recipe } from "../recipe.ts";
import type { ResultRow } from "../row.ts";
import { sentenceCounts } from "../sentence_counts.ts";

/** The two sides of a direction's language pair that scores are averaged over, with the label of each. */
export const SIDES = [
  { side: "outOfEnglish", label: "en→x" },
  { side: "intoEnglish", label: "x→en" },
] as const;

/** Mean over the directions out of English, or into it. */
export type Side = (typeof SIDES)[number]["side"];

/** Mean score of one side's rows; `undefined` when there are none. */
export function meanScore(
  rows: readonly ResultRow[],
  side: Side,
  metric: "bleu" | "chrf",
): number | undefined {
  const isOnSide = side === "outOfEnglish" ? isOutOfEnglish : isIntoEnglish;
  const own = rows.filter(({ direction }) => isOnSide(direction));
  if (own.length === 0) return undefined;
  return own.reduce((sum, { scores }) => sum + scores[metric].score, 0) / own.length;
}

/** Rows of one method. */
export function rowsOf(rows: readonly ResultRow[], methodId: string): ResultRow[] {
  return rows.filter(({ method }) => method.id === methodId);
}

/** Rows of the model as it is: those whose method has no steps. */
export function baselineRows(rows: readonly ResultRow[]): ResultRow[] {
  return rows.filter(({ method }) => method.steps.length === 0);
}

/** What was measured, and on what; a sentence on what is missing where something is. */
export function measuredNotes(recipe: Recipe, rows: readonly ResultRow[]): string[] {
  const [first] = rows;
  const missing = recipe.methods.flatMap(({ id }) => {
    const measured = new Set(rowsOf(rows, id).map(({ direction }) => direction));
    const absent = recipe.directions.filter((direction) => !measured.has(direction));
    if (absent.length === recipe.directions.length) return [id];
    return absent.length > 0 ? [`${id} (${absent.join(", ")})`] : [];
  });
  return [
    ...(first === undefined ? [] : [
      `${first.model.id}: weights ${first.model.sha256.slice(0, 12)}, ${
        sentenceCounts(rows)
      } sentences per ` +
      `direction of ${first.data.id}, beam ${first.decoding.beams}, device ${first.device.device}; means over the ` +
      "directions.",
    ]),
    ...(recipe.protocol === "study"
      ? [`Protocol of the study, with ${activeQuirks(recipe).join(", ") || "none of its quirks"}.`]
      : []),
    ...(missing.length > 0 ? [`Not measured: ${missing.join(", ")}.`] : []),
  ];
}
