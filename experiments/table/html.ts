/**
 * Tables as HTML.
 * @module
 */
import { columnGroups, hasGroups } from "./groups.ts";
import type { Cell, Column, TableContent } from "./content.ts";

const RIGHT = ' style="text-align: right"';
const LEFT = ' style="text-align: left"';

/** A `<table>` with a caption, grouped headings, and the notes in its foot. It needs no style sheet. */
export function tableToHtml({ title, columns, rows, notes }: Readonly<TableContent>): string {
  const headings = columns.map(({ heading, align }) => cell("th", align, escaped(heading)));
  const groups = columnGroups(columns).map(({ heading, span }) =>
    `<th colspan="${span}" style="text-align: center">${escaped(heading)}</th>`
  );
  const body = rows.map((row) =>
    line(row.map((value, i) => cell("td", columns[i]!.align, marked(value))))
  );
  const foot = notes.map((note) =>
    line([`<td colspan="${columns.length}"${LEFT}>${escaped(note)}</td>`])
  );
  return [
    "<table>",
    `<caption${LEFT}>${escaped(title)}</caption>`,
    "<thead>",
    ...(hasGroups(columns) ? [line(groups)] : []),
    line(headings),
    "</thead>",
    "<tbody>",
    ...body,
    "</tbody>",
    ...(notes.length > 0 ? ["<tfoot>", ...foot, "</tfoot>"] : []),
    "</table>",
  ].join("\n") + "\n";
}

/** Text with the characters that HTML gives a meaning replaced. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

function line(cells: string[]): string {
  return `<tr>${cells.join("")}</tr>`;
}

function cell(tag: "th" | "td", align: Column["align"], content: string): string {
  return `<${tag}${align === "right" ? RIGHT : LEFT}>${content}</${tag}>`;
}

function marked({ text, mark }: Cell): string {
  if (mark === "best") return `<b>${escaped(text)}</b>`;
  return mark === "second" ? `<u>${escaped(text)}</u>` : escaped(text);
}
