/**
 * WMT22 as ALMA's authors keep it, haoranxu/WMT22-Test: ten directions of news, conversations, reviews and user text, those with Icelandic
 * from WMT21.
 * @module
 */
import { type Direction, DIRECTIONS, sourceLanguage, targetLanguage } from "./directions.ts";
import { knownHash } from "./known_hash.ts";
import type { SentencePairs } from "./parallel_text.ts";
import { readPairFile, splitFile } from "./parquet.ts";

/**
 * Reads one direction of the WMT22 test set.
 *
 * @param folder A copy of the dataset haoranxu/WMT22-Test.
 * @param direction One of the ten of `DIRECTIONS`. Each has text of its own: `"en-de"` and `"de-en"` are not the same sentences.
 * @returns 1,000 to 2,037 sentences with their reference translations, and the SHA-256 of the file that they are from.
 * @throws {RangeError} If the test set does not have the direction.
 * @throws {Deno.errors.NotFound} If the folder does not have its file.
 * @throws {SyntaxError} If the file is not the pinned one, is not Parquet, or holds something else.
 */
export async function readWmt22(
  folder: string,
  direction: Direction,
): Promise<SentencePairs & { fileSha256: string }> {
  if (!DIRECTIONS.includes(direction)) {
    throw new RangeError(
      `Cannot take direction ${JSON.stringify(direction)} from WMT22: it has ${
        DIRECTIONS.join(", ")
      }`,
    );
  }
  const languages = [sourceLanguage(direction), targetLanguage(direction)];
  const path = await splitFile(folder, direction, "test");
  const { rows, fileSha256 } = await readPairFile(`${folder}/${path}`, {
    columns: [direction],
    languages,
    sha256: await knownHash("wmt22-test", path),
  });
  const [sources, references] = languages.map((code) => rows.map((row) => row[code]));
  return { sources, references, fileSha256 };
}
