/**
 * What Table 1 leaves out of a method's quality: chrF, perplexity, and how sure the difference from the baseline is.
 * @module
 */
import { type Direction, isIntoEnglish, isOutOfEnglish } from "../data/directions.ts";
import type { MeanDifference } from "../metrics/mean_difference.ts";
import type { MethodDifference } from "./difference.ts";
import type { Recipe } from "./recipe.ts";
import type { ResultRow } from "./row.ts";
import type { Cell, Column } from "./table/content.ts";
import { markColumns } from "./table/marks.ts";
import { signed } from "./table/numbers.ts";
import { Table } from "./table/table.ts";

const COLUMNS: Column[] = [
  { heading: "Method", align: "left" },
  { heading: "Precision", align: "left" },
  { group: "chrF", heading: "en→x", align: "right" },
  { group: "chrF", heading: "x→en", align: "right" },
  { heading: "Perplexity", align: "right" },
  { group: "BLEU minus the baseline's, 95 % interval", heading: "en→x", align: "right" },
  { group: "BLEU minus the baseline's, 95 % interval", heading: "x→en", align: "right" },
];

/** Columns that are ranked, and those of them in which more is better. */
const FIRST_NUMBER = 2;
const LAST_RANKED = 4;
const MORE_IS_BETTER = [2, 3];

/**
 * Makes the table from result rows: means over directions, as in Table 1; the perplexity is the geometric mean.
 *
 * @param differences From `methodDifferences()`; the recipe's first method is what the others are compared with.
 */
export function scoreTable(
  recipe: Recipe,
  rows: readonly ResultRow[],
  differences: readonly MethodDifference[],
): Table {
  const lines = recipe.methods.flatMap((method) => {
    const own = rows.filter((row) => row.method.id === method.id);
    if (own.length === 0) return [];
    const difference = differences.find((candidate) => candidate.method === method.id);
    return [[
      { text: method.name },
      { text: method.precision },
      chrfCell(own, isOutOfEnglish),
      chrfCell(own, isIntoEnglish),
      { text: perplexity(own).toFixed(3) },
      intervalCell(difference?.outOfEnglish),
      intervalCell(difference?.intoEnglish),
    ]];
  });
  const ranked = markColumns(
    lines.map((line) => line.slice(0, LAST_RANKED + 1)),
    FIRST_NUMBER,
    MORE_IS_BETTER,
  );
  return new Table({
    title: "Other scores, and how sure the differences are",
    columns: COLUMNS,
    rows: lines.map((line, i) => [...ranked[i], ...line.slice(LAST_RANKED + 1)]),
    notes: [
      "Perplexity of the reference translations per token: the geometric mean over the directions.",
      "Intervals: paired bootstrap, 1,000 resamples of the sentences within each direction, of the mean over the directions.",
    ],
  });
}

function chrfCell(rows: readonly ResultRow[], includes: (direction: Direction) => boolean): Cell {
  const scores = rows.filter((row) => includes(row.direction)).map((row) => row.scores.chrf.score);
  if (scores.length === 0) return { text: "–" };
  return { text: (scores.reduce((sum, score) => sum + score, 0) / scores.length).toFixed(2) };
}

function perplexity(rows: readonly ResultRow[]): number {
  return Math.exp(rows.reduce((sum, row) => sum + Math.log(row.perplexity), 0) / rows.length);
}

function intervalCell(difference: MeanDifference | undefined): Cell {
  if (difference === undefined) return { text: "–" };
  const { difference: value, low, high } = difference;
  return { text: `${signed(value, 2)} [${signed(low, 2)}, ${signed(high, 2)}]` };
}
