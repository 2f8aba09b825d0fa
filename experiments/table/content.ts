/**
 * What a table consists of, before it has a face.
 * @module
 */

/** How a value ranks in its column: the study prints the best bold and the second best underlined. */
export type Mark = "best" | "second";

/** One cell: what is printed, and its rank where it has one. */
export interface Cell {
  /** What is printed. */
  text: string;
  /** Its rank in the column. */
  mark?: Mark;
}

/** A column: its heading, and the heading it shares with its neighbours. */
export interface Column {
  /** Heading. */
  heading: string;
  /** Heading above this and neighbouring columns with the same `group`. */
  group?: string;
  /** `"left"` for words, `"right"` for numbers. */
  align: "left" | "right";
  /** Characters after which text and LaTeX break its cells into lines, at spaces; without it they are never broken. */
  width?: number;
}

/** What a table consists of. */
export interface TableContent {
  /** Title, one line. */
  title: string;
  /** Columns, left to right. */
  columns: Column[];
  /** Rows, each with one cell a column. */
  rows: Cell[][];
  /** Sentences below the table. */
  notes: string[];
}
