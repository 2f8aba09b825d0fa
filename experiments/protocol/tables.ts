/**
 * The study's quirks as tables: what they are, and what each moves.
 * @module
 */
import type { Recipe } from "../recipe.ts";
import type { ResultRow } from "../row.ts";
import type { Cell, Column } from "../table/content.ts";
import { signed, significant } from "../table/numbers.ts";
import { Table } from "../table/table.ts";
import type { QuirkEffect } from "./effects.ts";
import { NOT_REPEATED } from "./not_repeated.ts";
import { QUIRKS } from "./quirks.ts";

/** One line a quirk: its name, what it acts on, what is done, where the study's code shows it; below, what is not repeated. */
export function quirkTable(): Table {
  return new Table({
    title: "The study's protocol, switch by switch",
    columns: [
      { heading: "Quirk", align: "left" },
      { heading: "Acts on", align: "left" },
      { heading: "While it is on", align: "left", width: 60 },
      { heading: "Where it is seen", align: "left", width: 40 },
    ],
    rows: QUIRKS.map(({ id, where, sentence, source, inRecipes }) =>
      [inRecipes ? `${id} †` : id, where, sentence, source].map((text) => ({ text }))
    ),
    notes: [
      "†: the package's own recipes choose the same in the sound protocol.",
      ...NOT_REPEATED.map(({ sentence }) => sentence),
    ],
  });
}

/**
 * What each quirk moves: BLEU with the quirk on minus BLEU without, for each method and direction. An empty cell: the quirk does not
 * touch it; 0.00: it does, and nothing moved.
 */
export function effectTable(recipe: Recipe, effects: readonly QuirkEffect[]): Table {
  const cells = recipe.methods.flatMap(({ id, name }) =>
    recipe.directions.map((direction) => ({ id, name, direction }))
  );
  return new Table({
    title: "BLEU with a quirk on, minus BLEU without",
    columns: [
      { heading: "Quirk", align: "left" },
      ...cells.map(({ name, direction }): Column => ({
        group: name,
        heading: direction,
        align: "right",
      })),
    ],
    rows: effects.map((effect): Cell[] => [
      { text: effect.quirks.length === 1 ? effect.quirks[0] : `${effect.quirks.length} together` },
      ...cells.map(({ id, direction }) => difference(effect, id, direction)),
    ]),
    notes: ["An empty cell: the quirk does not touch the method on this direction."],
  });
}

function difference({ rows, sound }: QuirkEffect, method: string, direction: string): Cell {
  const find = (list: readonly ResultRow[]) =>
    list.find((row) => row.method.id === method && row.direction === direction);
  const [on, off] = [find(rows), find(sound)];
  if (!on || !off || on.quirks?.length === 0) return { text: "" };
  return { text: signed(on.scores.bleu.score - off.scores.bleu.score, 2) };
}

/** Times of rows in every way that they are told: per token, per batch as the mean of all, their median, and the study's trimmed mean. */
export function timeTable(rows: readonly ResultRow[]): Table {
  const seconds = (value: number | null | undefined): Cell => ({
    text: typeof value === "number" ? significant(value) : "–",
  });
  return new Table({
    title: "One run's time, told in four ways",
    columns: [
      { heading: "Method", align: "left" },
      { heading: "Direction", align: "left" },
      { heading: "Batches", align: "right" },
      { group: "Seconds", heading: "per token", align: "right" },
      { group: "Seconds", heading: "per batch", align: "right" },
      { group: "Seconds", heading: "median", align: "right" },
      { group: "Seconds", heading: "trimmed", align: "right" },
    ],
    rows: rows.map(({ method, direction, time }) => [
      { text: method.id },
      { text: direction },
      { text: String(time.batches) },
      seconds(time.secondsPerToken),
      seconds(time.secondsPerBatch),
      seconds(time.medianSecondsPerBatch),
      seconds(time.trimmedSecondsPerBatch),
    ]),
    notes: ["Trimmed: the mean of the batches within one standard deviation of the mean."],
  });
}
