/**
 * How many sentences rows are of, in words.
 * @module
 */
import type { ResultRow } from "./row.ts";

/** The number of sentences of each row: one number where all have the same, such as `"100"`, else `"1000 to 2037"`. */
export function sentenceCounts(rows: readonly Pick<ResultRow, "data">[]): string {
  const counts = rows.map(({ data }) => data.segments);
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  return fewest === most ? `${fewest}` : `${fewest} to ${most}`;
}
