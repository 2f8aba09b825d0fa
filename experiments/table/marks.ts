/**
 * Marking the best and the second best value of a column.
 * @module
 */
import type { Cell } from "./content.ts";

/**
 * Returns the rows with the best value of each column from `first` on marked, and the second best where there are at
 * least three rows. Fewer than two values in a column are not ranked; equal values share their rank.
 *
 * @param moreIsBetter Indices of the columns in which the largest value is best; elsewhere it is the smallest.
 */
export function markColumns(
  rows: readonly Cell[][],
  first: number,
  moreIsBetter: readonly number[],
): Cell[][] {
  const marked = rows.map((row) => row.map((cell) => ({ ...cell })));
  for (let column = first; column < (rows[0]?.length ?? 0); column++) {
    const values = rows.map((row) => Number.parseFloat(row[column]!.text));
    const ranked = [...new Set(values.filter((value) => !Number.isNaN(value)))];
    ranked.sort((a, b) => moreIsBetter.includes(column) ? b - a : a - b);
    if (values.filter((value) => !Number.isNaN(value)).length < 2) continue;
    marked.forEach((row, index) => {
      if (values[index] === ranked[0]) row[column]!.mark = "best";
      else if (values[index] === ranked[1] && rows.length > 2) row[column]!.mark = "second";
    });
  }
  return marked;
}
