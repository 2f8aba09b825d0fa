/**
 * The scores of other systems as a table.
 * @module
 */
import { type Direction, isIntoEnglish, isOutOfEnglish } from "../data/directions.ts";
import { findQuirk, type QuirkId } from "./protocol/quirks.ts";
import type { SystemRow } from "./row.ts";
import type { Cell, Column } from "./table/content.ts";
import { Table } from "./table/table.ts";

/** A mean of a table: its heading and whose scores it holds. */
const MEANS: readonly [string, (direction: Direction) => boolean][] = [
  ["en→x", isOutOfEnglish],
  ["x→en", isIntoEnglish],
];

/**
 * Two lines a system, test set and protocol, BLEU and chrF: each direction, and the plain means out of and into English. A direction
 * that was scored twice counts once, as it was scored last.
 *
 * @param rows Rows of a store's `systems`.
 */
export function systemTable(rows: readonly SystemRow[]): Table {
  const directions = [...new Set(rows.map(({ direction }) => direction))].sort(byEnglish);
  const groups = Map.groupBy(
    rows,
    ({ system, data, protocol, quirks = [] }) =>
      JSON.stringify([system.name, textName(data.id), protocol, everywhere(quirks)]),
  );
  const means = MEANS.filter(([, includes]) => directions.some(includes));
  return new Table({
    title: "Translations by other systems",
    columns: [
      ...["System", "Test set", "Protocol", "Metric"].map((heading): Column => ({
        heading,
        align: "left",
      })),
      ...directions.map((heading): Column => ({ heading, align: "right" })),
      ...means.map(([heading]): Column => ({ group: "Mean", heading, align: "right" })),
    ],
    rows: [...groups.values()].flatMap((own) => systemLines(own, directions, means)),
    notes: notes(rows),
  });
}

/** The lines of one system; `rows` are oldest first. */
function systemLines(
  rows: readonly SystemRow[],
  directions: readonly Direction[],
  means: typeof MEANS,
): Cell[][] {
  const newest = new Map(rows.map((row) => [row.direction, row]));
  const [{ system, data, protocol }] = rows;
  return (["bleu", "chrf"] as const).map((metric) => {
    const score = (direction: Direction) => newest.get(direction)?.scores[metric].score;
    return [
      ...[system.name, textName(data.id), protocol, METRICS[metric]].map((text) => ({ text })),
      ...directions.map((direction) => ({ text: score(direction)?.toFixed(2) ?? "–" })),
      ...means.map(([, includes]) => meanCell(directions.filter(includes).map(score))),
    ];
  });
}

const METRICS = { bleu: "BLEU", chrf: "chrF" };

/** The mean of scores; one over fewer than there are directions says so. */
function meanCell(scores: readonly (number | undefined)[]): Cell {
  const known = scores.filter((score) => score !== undefined);
  if (known.length === 0) return { text: "–" };
  const mean = known.reduce((sum, score) => sum + score, 0) / known.length;
  const part = known.length < scores.length ? ` (${known.length}/${scores.length})` : "";
  return { text: mean.toFixed(2) + part };
}

/** Files have no name that a table could show. */
function textName(id: string): string {
  return id.includes(",") ? "text files" : id;
}

/** The quirks of a row that do not depend on its direction. */
function everywhere(quirks: readonly QuirkId[]): QuirkId[] {
  return quirks.filter((id) => id !== "chinese-13a");
}

/** Out of English first, each side by the other language. */
function byEnglish(a: Direction, b: Direction): number {
  return Number(isOutOfEnglish(b)) - Number(isOutOfEnglish(a)) || (a < b ? -1 : 1);
}

function notes(rows: readonly SystemRow[]): string[] {
  const signatures = Map.groupBy(rows, ({ scores }) => scores.bleu.signature);
  const quirks = new Set(rows.flatMap((row) => row.quirks ?? []));
  return [
    ...Array.from(signatures, ([signature, own]) => {
      const names = own.map(({ direction, protocol }) => `${direction} ${protocol}`);
      return `BLEU|${signature} (${[...new Set(names)].join(", ")})`;
    }),
    ...Array.from(quirks, (id) => `${id}: ${findQuirk(id).sentence}`),
  ];
}
