/**
 * Metrics beside BLEU and chrF, computed from stored translations: nothing is translated again.
 * @module
 */
import type { Direction } from "../data/directions.ts";
import type { ResultRow } from "./row.ts";
import type { ResultStore } from "./store.ts";
import { openingOnce } from "./test_set.ts";

/** A score of translations, the kit's or one's own. */
export interface Metric {
  /** The name that tables show. */
  readonly name: string;
  /** Whether more is better, or less; without it values are shown and not ranked. */
  readonly moreIsBetter?: boolean;
  /**
   * The score of all translations of one direction, a finite number. The lists have one entry for each sentence.
   * @param hypotheses The translations.
   * @param references What they are compared with.
   * @param direction Source and target language.
   * @param sources What was translated.
   */
  score(
    hypotheses: readonly string[],
    references: readonly string[],
    direction: Direction,
    sources: readonly string[],
  ): number | Promise<number>;
}

/** Scores stored translations; each test set is opened once. */
export class RowScorer {
  readonly #open = openingOnce();

  /** Makes a scorer of the translations that a store holds. */
  constructor(private readonly store: Pick<ResultStore, "hypotheses">) {}

  /**
   * The score of a row's translations.
   *
   * @throws {Error} If the row's test set is no longer what was translated.
   * @throws {RangeError} If the score is not a finite number.
   */
  async score(row: ResultRow, metric: Metric): Promise<number> {
    const { direction, data } = row;
    const place = `${row.method.id} ${direction}`;
    const unit = (await this.#open(data.id)).unit(direction, data.segments);
    if (unit.data.sha256 !== data.sha256) {
      throw new Error(`Cannot score ${place}: test set ${data.id} is not the one it translated`);
    }
    const hypotheses = await this.store.hypotheses(row);
    const value = await metric.score(hypotheses, unit.references, direction, unit.sources);
    if (!Number.isFinite(value)) {
      throw new RangeError(
        `Cannot use ${value} as ${metric.name} of ${place}: a score must be a finite number`,
      );
    }
    return value;
  }
}
