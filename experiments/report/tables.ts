/**
 * Tables in a report: each in a box of its own that scrolls, its notes below.
 * @module
 */
import { escaped } from "../table/html.ts";
import { Table } from "../table/table.ts";
import type { ReportTable } from "./parts.ts";

/** A table below its title; a folded one is opened by it. */
export function reportTable({ table, folded = false }: ReportTable): string {
  const heading = `<h3>${escaped(table.content.title)}</h3>`;
  if (!folded) return `${heading}\n${tableWithNotes(table)}`;
  return `<details><summary>${heading}</summary>\n${tableWithNotes(table)}\n</details>`;
}

/** A table in its box, with its notes; its title is for those who hear the page. */
export function tableWithNotes({ content }: Table): string {
  const { title, notes, columns } = content;
  const kind = columns.some(({ width }) => width !== undefined) ? "prose" : "numbers";
  return [
    `<div class="table ${kind}">`,
    `<div class="scroll" role="region" tabindex="0" aria-label="${escaped(title)}">`,
    new Table({ ...content, notes: [] }).toHtml().trimEnd(),
    "</div>",
    ...(notes.length > 0 ? [noteList(notes)] : []),
    "</div>",
  ].join("\n");
}

function noteList(notes: readonly string[]): string {
  return `<ul class="notes">\n${
    notes.map((note) => `<li>${escaped(note)}</li>`).join("\n")
  }\n</ul>`;
}
