/**
 * Table 1: every method's quality, time and memory, beside what the study published.
 * @module
 */
import { type Direction, isIntoEnglish, isOutOfEnglish } from "../data/directions.ts";
import { PUBLISHED_TABLE_1, type PublishedRow } from "../data/published.ts";
import type { CometLookup } from "./comet_lookup.ts";
import { almaStoredBytes } from "./memory_rows.ts";
import type { MethodRecipe, Recipe, Step } from "./recipe.ts";
import { rowsOfRecipe } from "./recipe_union.ts";
import type { ResultRow } from "./row.ts";
import type { Cell, Column } from "./table/content.ts";
import { markColumns } from "./table/marks.ts";
import { mebibytes, significant } from "./table/numbers.ts";
import { Table } from "./table/table.ts";
import { tableNotes } from "./table_notes.ts";

const OUT = "en→x";
const INTO = "x→en";

const COLUMNS: Column[] = [
  { heading: "Method", align: "left" },
  { heading: "Precision", align: "left" },
  { heading: "Model", align: "left" },
  { group: OUT, heading: "BLEU", align: "right" },
  { group: OUT, heading: "COMET", align: "right" },
  { group: INTO, heading: "BLEU", align: "right" },
  { group: INTO, heading: "COMET", align: "right" },
  { group: "Time (s)", heading: "token", align: "right" },
  { group: "Time (s)", heading: "batch", align: "right" },
  { group: "MiB", heading: "stored", align: "right" },
  { group: "MiB", heading: "ALMA-7B", align: "right" },
];

/** The first column with a number; the columns from here on are ranked. */
const FIRST_NUMBER = 3;
/** Columns in which more is better; in the others, less is. */
const MORE_IS_BETTER = [3, 4, 5, 6];

const ABSENT: Cell = { text: "–" };

/**
 * Makes Table 1 from result rows: for each method one line of this model's numbers and one of ALMA-7B's from the
 * study. BLEU is the plain mean over directions out of and into
 * English, as in the study; a direction that is neither has no part in it. The last column is of ALMA-7B in both lines: computed from its config
 * for the form that the kit stores, and as the study published it. Best and second best are marked within each model.
 *
 * @param recipe The recipe that the rows were computed for.
 * @param all Its rows, other recipes' are passed over; methods without rows show the study's numbers only.
 * @param comet Gives rows' COMET scores, where they are known; see `cometLookup()`.
 */
export function table1(
  recipe: Recipe,
  all: readonly ResultRow[],
  comet: CometLookup = () => undefined,
): Table {
  const rows = rowsOfRecipe(recipe, all);
  const measured = recipe.methods.map((method) => measuredLine(method, recipe, rows, comet));
  const published = recipe.methods.map((method) => publishedLine(method));
  const rankMeasured = markColumns(measured.filter(isLine), FIRST_NUMBER, MORE_IS_BETTER);
  const rankPublished = markColumns(published.filter(isLine), FIRST_NUMBER, MORE_IS_BETTER);
  const lines = recipe.methods.flatMap((_, index) => [
    ...(measured[index] ? [rankMeasured.shift()!] : []),
    ...(published[index] ? [rankPublished.shift()!] : []),
  ]);
  return new Table({
    title: recipe.title,
    columns: COLUMNS,
    rows: lines,
    notes: tableNotes(recipe, rows, comet),
  });
}

/** Scores of each method direction by direction, with perplexity: what the means of Table 1 hide. */
export function directionTable(recipe: Recipe, rows: readonly ResultRow[]): Table {
  const metrics: [string, (row: ResultRow) => string][] = [
    ["BLEU", (row) => row.scores.bleu.score.toFixed(2)],
    ["chrF", (row) => row.scores.chrf.score.toFixed(2)],
    ["perplexity", (row) => row.perplexity.toFixed(3)],
  ];
  const measured = recipe.methods.filter(({ id }) => rows.some((row) => row.method.id === id));
  const lines = measured.flatMap((method) =>
    metrics.map(([name, text]) => [
      { text: method.name },
      { text: name },
      ...recipe.directions.map((direction) => {
        const row = rows.find((r) => r.method.id === method.id && r.direction === direction);
        return row ? { text: text(row) } : ABSENT;
      }),
    ])
  );
  return new Table({
    title: "Each direction",
    columns: [
      { heading: "Method", align: "left" },
      { heading: "Metric", align: "left" },
      ...recipe.directions.map((heading): Column => ({ heading, align: "right" })),
    ],
    rows: lines,
    notes: [],
  });
}

type Line = Cell[] | undefined;

function isLine(line: Line): line is Cell[] {
  return line !== undefined;
}

function measuredLine(
  method: MethodRecipe,
  recipe: Recipe,
  all: readonly ResultRow[],
  comet: CometLookup,
): Line {
  const rows = all.filter((row) => row.method.id === method.id);
  if (rows.length === 0) return undefined;
  const means = (includes: (direction: Direction) => boolean) => {
    const own = rows.filter(({ direction }) => includes(direction));
    const { length } = recipe.directions.filter(includes);
    const cometScores = own.flatMap((row) => comet(row)?.score ?? []);
    return [
      meanCell(own.map((row) => row.scores.bleu.score), length),
      meanCell(cometScores.map((score) => 100 * score), length),
    ];
  };
  const seconds = sum(rows.map((row) => row.time.seconds));
  const tokens = sum(rows.map((row) => row.time.tokens));
  return [
    { text: method.name },
    { text: method.precision },
    { text: rows[0].model.id },
    ...means(isOutOfEnglish),
    ...means(isIntoEnglish),
    tokens > 0 ? { text: significant(seconds / tokens) } : ABSENT,
    batchCell(rows),
    { text: mebibytes(rows[0].bytes) },
    almaCell(method.steps),
  ];
}

/** Seconds per batch: of all batches together; where times were trimmed, the mean over directions of the trimmed means. */
function batchCell(rows: readonly ResultRow[]): Cell {
  if (rows.every(({ quirks }) => quirks?.includes("trimmed-times"))) {
    const means = rows.flatMap(({ time }) => time.trimmedSecondsPerBatch ?? []);
    return means.length > 0 ? { text: significant(sum(means) / means.length) } : ABSENT;
  }
  const batches = sum(rows.map((row) => row.time.batches));
  if (batches === 0) return ABSENT;
  return { text: significant(sum(rows.map((row) => row.time.seconds)) / batches) };
}

/** The bytes of ALMA-7B as the kit would store it. */
function almaCell(steps: readonly Step[]): Cell {
  const bytes = almaStoredBytes(steps);
  return bytes === undefined ? ABSENT : { text: mebibytes(bytes) };
}

function publishedLine(method: MethodRecipe): Line {
  const row: PublishedRow | undefined = PUBLISHED_TABLE_1.find(({ id }) => id === method.published);
  if (row === undefined) return undefined;
  return [
    { text: row.method === "ALMA-7B" ? method.name : row.method },
    { text: row.precision },
    { text: "study" },
    { text: row.bleuOutOfEnglish.toFixed(2) },
    { text: row.cometOutOfEnglish.toFixed(2) },
    { text: row.bleuIntoEnglish.toFixed(2) },
    { text: row.cometIntoEnglish.toFixed(2) },
    ABSENT,
    { text: row.seconds.toFixed(2) },
    ABSENT,
    { text: String(row.mebibytes) },
  ];
}

/** The mean of scores; a mean over fewer directions than the recipe has says so. */
function meanCell(scores: readonly number[], directions: number): Cell {
  if (scores.length === 0) return ABSENT;
  const part = scores.length < directions ? ` (${scores.length}/${directions})` : "";
  return { text: (sum(scores) / scores.length).toFixed(2) + part };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
