/**
 * Headings that neighbouring columns share.
 * @module
 */
import type { Column } from "./content.ts";

/** A run of neighbouring columns with the same group heading; no heading is the empty text. */
export interface ColumnGroup {
  /** The shared heading. */
  heading: string;
  /** Index of its first column. */
  start: number;
  /** Number of its columns. */
  span: number;
}

/** The runs of columns, left to right; one column each where there is no group. */
export function columnGroups(columns: readonly Column[]): ColumnGroup[] {
  const groups: ColumnGroup[] = [];
  columns.forEach(({ group = "" }, start) => {
    const last = groups.at(-1);
    if (last && group !== "" && last.heading === group) last.span++;
    else groups.push({ heading: group, start, span: 1 });
  });
  return groups;
}

/** Whether any column has a group heading. */
export function hasGroups(columns: readonly Column[]): boolean {
  return columns.some(({ group }) => group !== undefined && group !== "");
}
