/**
 * Tables as CSV.
 * @module
 */
import type { TableContent } from "./content.ts";

/** CSV as in RFC 4180 with LF line ends; group headings are joined to the column headings. */
export function tableToCsv({ columns, rows }: Readonly<TableContent>): string {
  const headings = columns.map(({ heading, group }) => group ? `${group} ${heading}` : heading);
  const lines = [headings, ...rows.map((row) => row.map((cell) => cell.text))];
  return lines.map((line) => line.map(quoted).join(",") + "\n").join("");
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
