/**
 * Table 1: every method's quality, time and memory, beside what the study published.
 * @module
 */
import type { Direction } from "../data/directions.ts";
import { PUBLISHED_TABLE_1, type PublishedRow } from "../data/published.ts";
import type { MethodRecipe, Recipe } from "./recipe.ts";
import type { ResultRow } from "./row.ts";
import type { Cell, Column } from "./table/content.ts";
import { markColumns } from "./table/marks.ts";
import { Table } from "./table/table.ts";

const OUT = "en→x";
const INTO = "x→en";

const COLUMNS: Column[] = [
  { heading: "Method", align: "left" },
  { heading: "Bits/sparsity", align: "left" },
  { heading: "Model", align: "left" },
  { group: OUT, heading: "BLEU", align: "right" },
  { group: OUT, heading: "COMET", align: "right" },
  { group: INTO, heading: "BLEU", align: "right" },
  { group: INTO, heading: "COMET", align: "right" },
  { group: "Time (s)", heading: "token", align: "right" },
  { group: "Time (s)", heading: "batch", align: "right" },
  { heading: "MiB", align: "right" },
];

/** The first column with a number; the columns from here on are ranked. */
const FIRST_NUMBER = 3;
/** Columns in which more is better; in the others, less is. */
const MORE_IS_BETTER = [3, 4, 5, 6];

const ABSENT: Cell = { text: "–" };

/**
 * Makes Table 1 from result rows: for each method one line of this model's numbers and one of ALMA-7B's from the
 * study. BLEU is the plain mean over directions, as in the study. Best and second best are marked within each model.
 *
 * @param recipe The recipe that the rows were computed for.
 * @param rows Its rows; methods without rows show the study's numbers only.
 */
export function table1(recipe: Recipe, rows: readonly ResultRow[]): Table {
  const measured = recipe.methods.map((method) => measuredLine(method, recipe, rows));
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
    notes: tableNotes(recipe, rows),
  });
}

/** Scores of each method direction by direction, with perplexity: what the means of Table 1 hide. */
export function directionTable(recipe: Recipe, rows: readonly ResultRow[]): Table {
  const metrics: [string, (row: ResultRow) => string][] = [
    ["BLEU", (row) => row.scores.bleu.score.toFixed(2)],
    ["chrF", (row) => row.scores.chrf.score.toFixed(2)],
    ["perplexity", (row) => row.perplexity.toFixed(3)],
  ];
  const lines = recipe.methods.flatMap((method) =>
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

function measuredLine(method: MethodRecipe, recipe: Recipe, all: readonly ResultRow[]): Line {
  const rows = all.filter((row) => row.method.id === method.id);
  if (rows.length === 0) return undefined;
  const outOf = rows.filter((row) => row.direction.startsWith("en-"));
  const into = rows.filter((row) => !row.direction.startsWith("en-"));
  const seconds = sum(rows.map((row) => row.time.seconds));
  const batches = sum(rows.map((row) => row.time.batches));
  const tokens = sum(rows.map((row) => row.time.tokens));
  return [
    { text: method.name },
    { text: method.precision },
    { text: rows[0]!.model.id },
    bleuCell(outOf, recipe.directions.filter((name) => name.startsWith("en-"))),
    ABSENT,
    bleuCell(into, recipe.directions.filter((name) => !name.startsWith("en-"))),
    ABSENT,
    { text: tokens > 0 ? significant(seconds / tokens) : "–" },
    { text: batches > 0 ? significant(seconds / batches) : "–" },
    { text: mebibytes(rows[0]!.bytes) },
  ];
}

function publishedLine(method: MethodRecipe): Line {
  const row: PublishedRow | undefined = PUBLISHED_TABLE_1.find(({ id }) => id === method.published);
  if (row === undefined) return undefined;
  return [
    { text: row.method === "ALMA-7B" ? method.name : row.method },
    { text: row.precision },
    { text: "ALMA-7B (study)" },
    { text: row.bleuOutOfEnglish.toFixed(2) },
    { text: row.cometOutOfEnglish.toFixed(2) },
    { text: row.bleuIntoEnglish.toFixed(2) },
    { text: row.cometIntoEnglish.toFixed(2) },
    ABSENT,
    { text: row.seconds.toFixed(2) },
    { text: String(row.mebibytes) },
  ];
}

/** Mean BLEU; a mean over fewer directions than the recipe has says so. */
function bleuCell(rows: readonly ResultRow[], directions: readonly Direction[]): Cell {
  if (rows.length === 0) return ABSENT;
  const mean = sum(rows.map((row) => row.scores.bleu.score)) / rows.length;
  const part = rows.length < directions.length ? ` (${rows.length}/${directions.length})` : "";
  return { text: mean.toFixed(2) + part };
}

function tableNotes(recipe: Recipe, rows: readonly ResultRow[]): string[] {
  const [first] = rows;
  const notes = ["BLEU and COMET are means over the directions."];
  if (recipe.methods.length > 1) {
    notes.push(
      "The best value of a column is bold (* in text), the second best underlined (' in text), " +
        "within each model.",
    );
  }
  if (first !== undefined) {
    notes.push(
      `${first.model.id}: weights ${first.model.sha256.slice(0, 12)}, ` +
        `${first.data.segments} sentences per direction of ${first.data.id}, beam ` +
        `${first.decoding.beams}, batches of ${first.decoding.batchSize}, device ` +
        `${first.device.device}; MiB is the stored weights.`,
      "COMET is empty for it: its model (wmt22-comet-da) is not part of the kit yet.",
      ...bleuSignatures(rows),
    );
  }
  notes.push(
    "ALMA-7B (study): as published, on WMT22 (Icelandic from WMT21), en-zh scored with tok:13a; its seconds are per " +
      "generated batch, its MiB GPU memory.",
  );
  return notes;
}

/** Each BLEU signature with the directions that it holds for. */
function bleuSignatures(rows: readonly ResultRow[]): string[] {
  const signatures = Map.groupBy(rows, (row) => row.scores.bleu.signature);
  return Array.from(signatures, ([signature, own]) => {
    const directions = [...new Set(own.map((row) => row.direction))];
    return `BLEU|${signature} (${directions.join(", ")})`;
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function significant(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function mebibytes(bytes: number): string {
  const value = bytes / 2 ** 20;
  return value < 100 ? value.toFixed(1) : value.toFixed(0);
}
