/**
 * Tables as GitHub-flavoured Markdown.
 * @module
 */
import type { Cell, TableContent } from "./content.ts";

/** A title, a pipe table and notes. */
export function tableToMarkdown({ title, columns, rows, notes }: Readonly<TableContent>): string {
  const headings = columns.map(({ heading, group }) => group ? `${group} ${heading}` : heading);
  const lines = [
    `**${escaped(title)}**`,
    "",
    row(headings.map(escaped)),
    row(columns.map(({ align }) => align === "right" ? "---:" : ":---")),
    ...rows.map((cells) => row(cells.map(marked))),
    ...notes.flatMap((note) => ["", escaped(note)]),
  ];
  return lines.join("\n") + "\n";
}

function row(cells: string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function marked({ text, mark }: Cell): string {
  if (mark === "best") return `**${escaped(text)}**`;
  return mark === "second" ? `<u>${escaped(text)}</u>` : escaped(text);
}

function escaped(text: string): string {
  return text.replace(/[\\|*_<>`&~$[\]]/g, (character) => `\\${character}`);
}
