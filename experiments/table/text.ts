/**
 * Tables as aligned text.
 * @module
 */
import { columnGroups, hasGroups } from "./groups.ts";
import type { Cell, Column, TableContent } from "./content.ts";

const GAP = "  ";
/** Notes are broken at the table's width, but not below this. */
const LEAST_NOTE_WIDTH = 72;

/** Columns padded to equal width, a rule below the headings, notes below. */
export function tableToText({ title, columns, rows, notes }: Readonly<TableContent>): string {
  const texts = rows.map((row) => row.map((cell, i) => cellLines(marked(cell), columns[i]!)));
  const heads = columns.map((column) => cellLines(column.heading, column));
  const widths = columnWidths(columns, [heads, ...texts]);
  const line = (cells: string[]) =>
    cells.map((cell, i) => padded(cell, widths[i]!, columns[i]!.align)).join(GAP).trimEnd();
  const apart = columns.some(({ width }) => width !== undefined);
  const lines = [
    title,
    "",
    ...(hasGroups(columns) ? [groupLine(columns, widths)] : []),
    ...rowLines(heads).map(line),
    widths.map((width) => "─".repeat(width)).join(GAP),
    ...texts.flatMap((row, r) => [...(apart && r > 0 ? [""] : []), ...rowLines(row).map(line)]),
    ...(notes.length > 0 ? [""] : []),
    ...notes.flatMap((note) => wrapped(note, Math.max(tableWidth(widths), LEAST_NOTE_WIDTH), GAP)),
  ];
  return lines.join("\n") + "\n";
}

/** A cell's lines: one, unless its column has a width. */
function cellLines(text: string, column: Column): string[] {
  return column.width === undefined ? [text] : wrapped(text, column.width, "");
}

/** The lines of a row whose cells have lines of their own: short cells end in blank ones. */
function rowLines(cells: string[][]): string[][] {
  const height = Math.max(...cells.map(({ length }) => length));
  return Array.from({ length: height }, (_, i) => cells.map((lines) => lines[i] ?? ""));
}

function columnWidths(columns: readonly Column[], texts: string[][][]): number[] {
  const widths = columns.map((_, i) => Math.max(...texts.flatMap((row) => row[i]!.map(width))));
  for (const { heading, start, span } of columnGroups(columns)) {
    const total = widths.slice(start, start + span).reduce((sum, w) => sum + w, 0) +
      GAP.length * (span - 1);
    if (heading !== "" && total < width(heading)) {
      widths[start + span - 1]! += width(heading) - total;
    }
  }
  return widths;
}

function groupLine(columns: readonly Column[], widths: number[]): string {
  return columnGroups(columns).map(({ heading, start, span }) => {
    const room = widths.slice(start, start + span).reduce((sum, w) => sum + w, 0) +
      GAP.length * (span - 1);
    const left = Math.floor((room - width(heading)) / 2);
    return " ".repeat(left) + heading + " ".repeat(room - left - width(heading));
  }).join(GAP).trimEnd();
}

function tableWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1);
}

/** A text broken at spaces into lines of at most `room` characters, longer words aside; later lines are indented. */
function wrapped(text: string, room: number, indent: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line !== undefined && width(line) + 1 + width(word) <= room) {
      lines[lines.length - 1] = `${line} ${word}`;
    } else lines.push(line === undefined ? word : indent + word);
  }
  return lines;
}

function marked({ text, mark }: Cell): string {
  return text + (mark === "best" ? "*" : mark === "second" ? "'" : "");
}

function padded(text: string, room: number, align: Column["align"]): string {
  const blank = " ".repeat(room - width(text));
  return align === "right" ? blank + text : text + blank;
}

/** Characters of a text; every character that tables use here is one column wide. */
function width(text: string): number {
  return [...text].length;
}
