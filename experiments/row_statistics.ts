/**
 * BLEU statistics of a row, from its stored translations.
 * @module
 */
import { bleuStatistics } from "../metrics/bleu.ts";
import type { SegmentStatistics } from "../metrics/statistics.ts";
import type { ResultRow } from "./row.ts";
import { scoringTokenizer } from "./score.ts";
import type { ResultStore } from "./store.ts";
import type { TestSet } from "./test_set.ts";

/** The statistics that a row's BLEU is made of, with the tokenizer of its direction and quirks. */
export async function rowStatistics(
  row: ResultRow,
  store: Pick<ResultStore, "hypotheses">,
  open: (id: string) => Promise<TestSet>,
): Promise<SegmentStatistics> {
  const { references } = (await open(row.data.id)).unit(row.direction, row.data.segments);
  const tokenizer = scoringTokenizer(row.direction, row.quirks);
  return bleuStatistics(await store.hypotheses(row), references, { tokenizer });
}
