/**
 * Tables as LaTeX.
 * @module
 */
import { columnGroups, hasGroups } from "./groups.ts";
import type { Cell, Column, TableContent } from "./content.ts";

/**
 * A `table` environment with booktabs rules (`\usepackage{booktabs}`); notes follow the tabular. LaTeX numbers tables
 * itself, so that a number at the beginning of the title is left out.
 */
export function tableToLatex({ title, columns, rows, notes }: Readonly<TableContent>): string {
  const alignment = columnTypes(columns).join("");
  return [
    "% needs \\usepackage{booktabs}",
    "\\begin{table}",
    `\\caption{${escaped(title.replace(/^Table \d+: /, ""))}}`,
    `\\begin{tabular}{${alignment}}`,
    "\\toprule",
    ...(hasGroups(columns) ? groupLines(columns) : []),
    line(columns.map(({ heading }) => escaped(heading))),
    "\\midrule",
    ...rows.map((row) => line(row.map(marked))),
    "\\bottomrule",
    "\\end{tabular}",
    ...notes.flatMap((note) => ["", `\\smallskip\\footnotesize ${escaped(note)}`]),
    "\\end{table}",
  ].join("\n") + "\n";
}

/** Columns with a width share nine tenths of the line by their widths; the others are as wide as their cells. */
function columnTypes(columns: readonly Column[]): string[] {
  const total = columns.reduce((sum, { width = 0 }) => sum + width, 0);
  return columns.map(({ align, width }) => {
    if (width === undefined) return align === "right" ? "r" : "l";
    return `p{${(0.9 * width / total).toFixed(3)}\\linewidth}`;
  });
}

function groupLines(columns: readonly Column[]): string[] {
  const groups = columnGroups(columns);
  const cells = groups.map(({ heading, span }) =>
    heading === "" ? "" : `\\multicolumn{${span}}{c}{${escaped(heading)}}`
  );
  const rules = groups.filter(({ heading }) => heading !== "").map(({ start, span }) =>
    `\\cmidrule(lr){${start + 1}-${start + span}}`
  );
  return [line(cells), rules.join(" ")];
}

function line(cells: string[]): string {
  return `${cells.join(" & ")} \\\\`;
}

function marked({ text, mark }: Cell): string {
  if (mark === "best") return `\\textbf{${escaped(text)}}`;
  return mark === "second" ? `\\underline{${escaped(text)}}` : escaped(text);
}

const SPECIAL: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  "[": "{[}",
  "*": "{*}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "→": "$\\rightarrow$",
  "–": "--",
  "−": "$-$",
  "±": "$\\pm$",
  "×": "$\\times$",
};

function escaped(text: string): string {
  return text.replace(/[\\<>|[*~^→–−±×&%$#_{}]/g, (c) => SPECIAL[c] ?? `\\${c}`);
}
