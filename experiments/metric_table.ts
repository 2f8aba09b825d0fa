/**
 * A table of metrics of one's own.
 * @module
 */
import {
  type Direction,
  isBesideEnglish,
  isIntoEnglish,
  isOutOfEnglish,
} from "../data/directions.ts";
import { type Metric, RowScorer } from "./metric.ts";
import type { MethodRecipe, Recipe } from "./recipe.ts";
import type { ResultRow } from "./row.ts";
import type { ResultStore } from "./store.ts";
import type { Cell, Column } from "./table/content.ts";
import { markColumns } from "./table/marks.ts";
import { Table } from "./table/table.ts";

/** Columns that name the method. */
const NAMES: Column[] = [
  { heading: "Method", align: "left" },
  { heading: "Precision", align: "left" },
];

/** Directions whose mean is one column. */
interface Side {
  heading: string;
  directions: readonly Direction[];
}

/**
 * Scores stored translations by any metrics: one line a method, and for each metric the means over the directions out of and into
 * English, as in Table 1, and every other direction by itself. A mean over fewer directions than the recipe has says so.
 *
 * @param recipe The recipe that the rows were computed for.
 * @param rows Its rows; methods without rows are left out.
 * @param store Holds the rows' translations.
 * @param metrics Whatever gives a finite number for the translations of a direction.
 * @throws {RangeError} If a score is not a finite number.
 * @throws {Error} If a test set is no longer what was translated.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { findModel, loadRecipe, type Metric, metricTable, ResultStore, runRecipe } from "mtpress";
 *
 * const empty: Metric = {
 *   name: "empty",
 *   moreIsBetter: false,
 *   score: (hypotheses) => hypotheses.filter((text) => text === "").length,
 * };
 * const recipe = await loadRecipe("table_1");
 * const store = await ResultStore.open("results/example-metric");
 * const model = await findModel("tiny");
 * const { rows } = await runRecipe(recipe, { model, store, only: ["baseline", "en-de"], limit: 2 });
 * const table = await metricTable(recipe, rows, store, [empty]);
 * equal(table.toCsv().split("\n")[1], "Baseline,16bit/NA,0.00 (1/5),–");
 * ```
 */
export async function metricTable(
  recipe: Recipe,
  rows: readonly ResultRow[],
  store: Pick<ResultStore, "hypotheses">,
  metrics: readonly Metric[],
): Promise<Table> {
  const scorer = new RowScorer(store);
  const sides = recipeSides(recipe);
  const lines: Cell[][] = [];
  for (const method of recipe.methods) {
    const own = rows.filter((row) => row.method.id === method.id);
    if (own.length > 0) lines.push(await methodLine(method, own, scorer, metrics, sides));
  }
  return new Table({
    title: "Scores of the stored translations",
    columns: [
      ...NAMES,
      ...metrics.flatMap(({ name }) =>
        sides.map(({ heading }): Column => ({ group: name, heading, align: "right" }))
      ),
    ],
    rows: ranked(lines, metrics, sides.length),
    notes: notes(sides),
  });
}

function recipeSides({ directions }: Recipe): Side[] {
  return [
    { heading: "en→x", directions: directions.filter(isOutOfEnglish) },
    { heading: "x→en", directions: directions.filter(isIntoEnglish) },
    ...directions.filter(isBesideEnglish).map((direction) => ({
      heading: direction,
      directions: [direction],
    })),
  ].filter((side) => side.directions.length > 0);
}

async function methodLine(
  { name, precision }: MethodRecipe,
  rows: readonly ResultRow[],
  scorer: RowScorer,
  metrics: readonly Metric[],
  sides: readonly Side[],
): Promise<Cell[]> {
  const line: Cell[] = [{ text: name }, { text: precision }];
  for (const metric of metrics) {
    for (const { directions } of sides) {
      const scores: number[] = [];
      for (const row of rows.filter(({ direction }) => directions.includes(direction))) {
        scores.push(await scorer.score(row, metric));
      }
      line.push(meanCell(scores, directions.length));
    }
  }
  return line;
}

function meanCell(scores: readonly number[], directions: number): Cell {
  if (scores.length === 0) return { text: "–" };
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const part = scores.length < directions ? ` (${scores.length}/${directions})` : "";
  return { text: mean.toFixed(2) + part };
}

/** Marks the best values of the metrics that say what is better. */
function ranked(lines: Cell[][], metrics: readonly Metric[], width: number): Cell[][] {
  const metricOf = (column: number) => metrics[Math.floor((column - NAMES.length) / width)];
  const columns = (lines[0] ?? []).map((_, column) => column).slice(NAMES.length);
  const moreIsBetter = columns.filter((column) => metricOf(column).moreIsBetter);
  return markColumns(lines, NAMES.length, moreIsBetter).map((line, i) =>
    line.map((cell, column) => {
      const plain = column < NAMES.length || metricOf(column).moreIsBetter === undefined;
      return plain ? lines[i][column] : cell;
    })
  );
}

function notes(sides: readonly Side[]): string[] {
  const means = sides.some(({ directions }) => !directions.every(isBesideEnglish));
  return means ? ["en→x and x→en are means over the directions out of and into English."] : [];
}
