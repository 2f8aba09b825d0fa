/**
 * How far a method's BLEU is from another's, with an interval: from the stored translations of both.
 * @module
 */
import { type Direction, isIntoEnglish, isOutOfEnglish } from "../data/directions.ts";
import {
  type MeanDifference,
  meanDifference,
  type SystemPair,
} from "../metrics/mean_difference.ts";
import type { Recipe } from "./recipe.ts";
import type { ResultRow } from "./row.ts";
import { rowStatistics } from "./row_statistics.ts";
import type { ResultStore } from "./store.ts";
import { openingOnce } from "./test_set.ts";

/** A method's BLEU minus another's, each way. */
export interface MethodDifference {
  /** Id of the method. */
  method: string;
  /** Id of the method that it is compared with. */
  baseline: string;
  /** Mean over the directions out of English; `undefined` when no direction was measured for both. */
  outOfEnglish?: MeanDifference;
  /** Mean over the directions into English; `undefined` when no direction was measured for both. */
  intoEnglish?: MeanDifference;
}

/** What differences need beside the recipe. */
export interface DifferenceSource {
  /** Rows of both methods. */
  rows: readonly ResultRow[];
  /** Holds their translations. */
  store: Pick<ResultStore, "hypotheses">;
}

/**
 * The difference of each method from the recipe's first, with a 95 % interval of the paired bootstrap: 1,000 resamples, seeded by
 * the recipe, segments drawn within each direction.
 */
export async function methodDifferences(
  recipe: Recipe,
  source: DifferenceSource,
): Promise<MethodDifference[]> {
  const [baseline, ...others] = recipe.methods.map(({ id }) => id);
  const differences: MethodDifference[] = [];
  for (const method of others) {
    differences.push(await methodDifference(recipe, source, method, baseline));
  }
  return differences;
}

/** The difference of one method from another. */
export async function methodDifference(
  recipe: Recipe,
  source: DifferenceSource,
  method: string,
  baseline: string,
): Promise<MethodDifference> {
  const open = openingOnce();
  const difference = async (
    includes: (direction: Direction) => boolean,
  ): Promise<MeanDifference | undefined> => {
    const pairs: SystemPair[] = [];
    for (const direction of recipe.directions.filter(includes)) {
      const find = (id: string) =>
        source.rows.find((row) => row.method.id === id && row.direction === direction);
      const [own, other] = [find(method), find(baseline)];
      if (!own || !other) continue;
      pairs.push({
        system: await rowStatistics(own, source.store, open),
        baseline: await rowStatistics(other, source.store, open),
      });
    }
    return pairs.length === 0 ? undefined : meanDifference(pairs, { seed: recipe.seed });
  };
  return {
    method,
    baseline,
    outOfEnglish: await difference(isOutOfEnglish),
    intoEnglish: await difference(isIntoEnglish),
  };
}
