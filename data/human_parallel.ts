/**
 * The text that ALMA was fine-tuned on, haoranxu/ALMA-Human-Parallel: translations by people, from the test sets of WMT17 to WMT20 and from
 * Flores-200.
 * @module
 */
import { knownHash } from "./known_hash.ts";
import { type PairFile, readPairFile, splitFile } from "./parquet.ts";

/** A language with English, as the dataset names it. Its rows serve both directions. */
export type HumanParallelPair = "cs-en" | "de-en" | "is-en" | "ru-en" | "zh-en";

/** The five pairs. */
export const HUMAN_PARALLEL_PAIRS: readonly HumanParallelPair[] = [
  "cs-en",
  "de-en",
  "is-en",
  "ru-en",
  "zh-en",
];

/** A part of the dataset; Icelandic has training rows alone. */
export type HumanParallelSplit = "train" | "validation";

/**
 * Reads the rows of one pair.
 *
 * @param folder A copy of the dataset haoranxu/ALMA-Human-Parallel.
 * @returns The rows in the file's order, each with both texts by language code, and the SHA-256 of the file.
 * @throws {RangeError} If the dataset does not have the pair, or the pair not the split.
 * @throws {Deno.errors.NotFound} If the folder does not have the file.
 * @throws {SyntaxError} If the file is not the pinned one, is not Parquet, or holds something else.
 */
export async function readHumanParallel(
  folder: string,
  pair: HumanParallelPair,
  split: HumanParallelSplit,
): Promise<PairFile> {
  if (!HUMAN_PARALLEL_PAIRS.includes(pair)) {
    throw new RangeError(
      `Cannot take ${JSON.stringify(pair)} from ALMA-Human-Parallel: it has ${
        HUMAN_PARALLEL_PAIRS.join(", ")
      }`,
    );
  }
  if (pair === "is-en" && split === "validation") {
    throw new RangeError(
      "Cannot take validation rows of is-en from ALMA-Human-Parallel: it has training rows only",
    );
  }
  const path = await splitFile(folder, pair, split);
  return await readPairFile(`${folder}/${path}`, {
    columns: ["translation", pair],
    languages: pair.split("-"),
    sha256: await knownHash("alma-human-parallel", path),
  });
}
