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
  const texts = rows.map((row) => row.map(marked));
  const widths = columnWidths(columns, texts);
  const line = (cells: string[]) =>
    cells.map((cell, i) => padded(cell, widths[i]!, columns[i]!.align)).join(GAP).trimEnd();
  const lines = [
    title,
    "",
    ...(hasGroups(columns) ? [groupLine(columns, widths)] : []),
    line(columns.map(({ heading }) => heading)),
    widths.map((width) => "─".repeat(width)).join(GAP),
    ...texts.map(line),
    ...(notes.length > 0 ? [""] : []),
    ...notes.flatMap((note) => wrapped(note, Math.max(tableWidth(widths), LEAST_NOTE_WIDTH))),
  ];
  return lines.join("\n") + "\n";
}

function columnWidths(columns: readonly Column[], texts: string[][]): number[] {
  const widths = columns.map(({ heading }, i) =>
    Math.max(width(heading), ...texts.map((row) => width(row[i]!)))
  );
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

/** A note broken at spaces into lines of at most `room` characters; later lines are indented. */
function wrapped(note: string, room: number): string[] {
  const lines: string[] = [];
  for (const word of note.split(" ")) {
    const line = lines.at(-1);
    if (line !== undefined && width(line) + 1 + width(word) <= room) {
      lines[lines.length - 1] = `${line} ${word}`;
    } else lines.push(line === undefined ? word : GAP + word);
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
