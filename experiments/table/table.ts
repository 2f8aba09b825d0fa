/**
 * A table that shows itself: aligned text in a terminal, HTML in a notebook, Markdown, CSV and LaTeX in files.
 * @module
 */
import type { TableContent } from "./content.ts";
import { tableToCsv } from "./csv.ts";
import { tableToHtml } from "./html.ts";
import { tableToLatex } from "./latex.ts";
import { tableToMarkdown } from "./markdown.ts";
import { tableToText } from "./text.ts";

/** Jupyter's name for the method that gives a value's rich forms. */
const JUPYTER_DISPLAY: unique symbol = Symbol.for("Jupyter.display") as never;

/**
 * A table with several faces. In a Deno notebook it shows itself as HTML.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { Table } from "mtpress";
 * const table = new Table({
 *   title: "Scores",
 *   columns: [{ heading: "Method", align: "left" }, { heading: "BLEU", align: "right" }],
 *   rows: [[{ text: "Baseline" }, { text: "34.54" }]],
 *   notes: [],
 * });
 * equal(table.toCsv(), "Method,BLEU\nBaseline,34.54\n");
 * ```
 */
export class Table {
  /**
   * Makes a table of its content.
   *
   * @param content Title, columns, rows and notes.
   * @throws {RangeError} If a row has another number of cells than there are columns.
   */
  constructor(
    /** Title, columns, rows and notes. */
    readonly content: Readonly<TableContent>,
  ) {
    const { columns, rows } = content;
    const wrong = rows.findIndex((row) => row.length !== columns.length);
    if (wrong >= 0) {
      throw new RangeError(
        `Cannot make a table with ${rows[wrong]!.length} cells in row ${wrong}: ` +
          `every row must have ${columns.length}, one per column`,
      );
    }
  }

  /** Aligned text for a terminal; best values carry `*`, second best `'`. */
  toText(): string {
    return tableToText(this.content);
  }

  /** GitHub-flavoured Markdown; best values bold, second best underlined. */
  toMarkdown(): string {
    return tableToMarkdown(this.content);
  }

  /** An HTML `<table>`; best values bold, second best underlined. */
  toHtml(): string {
    return tableToHtml(this.content);
  }

  /** CSV as in RFC 4180 with LF line ends, without title, notes and marks. */
  toCsv(): string {
    return tableToCsv(this.content);
  }

  /** A LaTeX `table` with booktabs rules; best values bold, second best underlined. */
  toLatex(): string {
    return tableToLatex(this.content);
  }

  /** The faces that a notebook chooses from. */
  [JUPYTER_DISPLAY](): Record<string, string> {
    return {
      "text/html": this.toHtml(),
      "text/markdown": this.toMarkdown(),
      "text/plain": this.toText(),
    };
  }
}
