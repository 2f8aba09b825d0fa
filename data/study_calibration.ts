/**
 * The study's choice of calibration rows, row for row.
 *
 * Its two samplers draw from ALMA-Human-Parallel's training pairs and look at nothing but how many there are of each. (Its length filters
 * keep everything: GPTQ's counts words, of which no prompt has 2,048; the pruning code's comes after the cut to 2,048 tokens.) Both draw
 * with seed 0, leave Icelandic out, and show prompts without their translations.
 *
 * SmoothQuant's activation scales were computed beforehand by code that is not in the study's repositories, so that its rows are not known.
 * @module
 */
import type { Direction } from "./directions.ts";
import type { HumanParallelPair } from "./human_parallel.ts";
import { numpyPermutation } from "./random/numpy.ts";
import { PythonRandom } from "./random/python.ts";

/** A row of a pair's training split, counted from 0. */
export interface StudyRow {
  /** The pair; its first language is the source. */
  readonly pair: HumanParallelPair;
  /** The row. */
  readonly row: number;
}

/** Rows that the pruning code draws for one direction. */
export interface StudyDraw {
  /** Source and target language. */
  readonly direction: Direction;
  /** Rows of the training split that holds both languages; some may occur twice. */
  readonly rows: readonly number[];
}

const PAIRS = ["cs-en", "de-en", "ru-en", "zh-en"] as const;
const SEED = 0;

/**
 * The rows that the study calibrates GPTQ on: of each of Czech, German, Russian and Chinese into English the first `samples` of
 * `datasets`' shuffle with seed 0; all of them together shuffled by Python's `random` with seed 0; the first `samples` of that. 512 is
 * the number in all, not of each pair.
 *
 * @param rows number of training rows of each pair.
 * @param samples how many; the study has 512. A smaller draw is not the beginning of a larger one.
 * @throws {RangeError} if the number of rows of a pair is missing or smaller than `samples`.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { studyGptqCalibration } from "mtpress";
 *
 * const rows = new Map([["cs-en", 12076], ["de-en", 14211], ["ru-en", 15000], ["zh-en", 15406]] as const);
 * deepEqual(studyGptqCalibration(rows)[0], { pair: "cs-en", row: 1500 });
 * ```
 */
export function studyGptqCalibration(
  rows: ReadonlyMap<HumanParallelPair, number>,
  samples: number = 512,
): StudyRow[] {
  const pool = PAIRS.flatMap((pair) => {
    const count = rowCount(rows, pair);
    if (!Number.isInteger(samples) || samples < 1 || samples > count) {
      throw new RangeError(
        `Cannot draw ${samples} samples as the study did: it must be an integer from 1 to the ${count} rows of ${pair}`,
      );
    }
    return numpyPermutation(SEED, count).slice(0, samples).map((row): StudyRow => ({ pair, row }));
  });
  new PythonRandom(SEED).shuffle(pool);
  return pool.slice(0, samples);
}

/**
 * The rows that the study calibrates Wanda and DSnoT on, whatever direction is then translated: `samples` from Czech into English,
 * drawn with replacement. The code draws as many for seven directions more (`studyWandaDraws()`), which never reach the model. A smaller
 * draw is the beginning of a larger one.
 *
 * @param rows number of training rows of each pair.
 * @throws {RangeError} if the number of rows of a pair is missing, or `samples` is not a positive integer.
 */
export function studyWandaCalibration(
  rows: ReadonlyMap<HumanParallelPair, number>,
  samples: number,
): StudyRow[] {
  return studyWandaDraws(rows, samples)[0].rows.map((row) => ({ pair: "cs-en", row }));
}

/**
 * Everything that the study's pruning code draws: for Czech, German, Russian and Chinese, `samples` rows into English and then `samples`
 * out of it, by `randint()` of Python's `random` with seed 0.
 *
 * @param rows number of training rows of each pair.
 * @throws {RangeError} if the number of rows of a pair is missing, or `samples` is not a positive integer.
 */
export function studyWandaDraws(
  rows: ReadonlyMap<HumanParallelPair, number>,
  samples: number,
): StudyDraw[] {
  if (!Number.isInteger(samples) || samples < 1) {
    throw new RangeError(`Cannot draw ${samples} samples: it must be a positive integer`);
  }
  const random = new PythonRandom(SEED);
  return PAIRS.flatMap((pair) => {
    const last = rowCount(rows, pair) - 1;
    const reversed: Direction = `en-${pair.slice(0, 2)}`;
    return [pair, reversed].map((direction) => ({
      direction,
      rows: Array.from({ length: samples }, () => random.randomInteger(0, last)),
    }));
  });
}

function rowCount(rows: ReadonlyMap<HumanParallelPair, number>, pair: HumanParallelPair): number {
  const count = rows.get(pair);
  if (count !== undefined && Number.isInteger(count) && count > 0) return count;
  throw new RangeError(
    `Cannot draw as the study did: it needs the number of rows of ${pair}, not ${count}`,
  );
}
