/**
 * The embedded model `tiny` and its text: small enough to live in the repository, real enough to compress.
 * @module
 */
import { fileURLToPath } from "node:url";
import { type ParallelText, parseParallelText } from "./parallel_text.ts";

/** A part of the embedded corpus. Training text is regenerated from the seed, the others are kept. */
export type TinySplit = "calibration" | "dev" | "test";

/** Path of the embedded model's Hugging Face folder. */
export function tinyModelFolder(): string {
  return localPath(new URL("./tiny/model/", import.meta.url));
}

/** Path of the file that holds one split of the embedded corpus. */
export function tinySplitFile(split: TinySplit): string {
  return localPath(new URL(`./tiny/splits/${split}.tsv`, import.meta.url));
}

/** Reads one split of the embedded corpus: six languages, one meaning a line. */
export async function readTinySplit(split: TinySplit): Promise<ParallelText> {
  const file = tinySplitFile(split);
  return parseParallelText(await Deno.readTextFile(file), file);
}

/** Path of the folder with the committed result rows of the embedded model. */
export function tinyReferenceFolder(): string {
  return localPath(new URL("./tiny/reference/", import.meta.url));
}

function localPath(url: URL): string {
  if (url.protocol !== "file:") {
    throw new Error(
      `Cannot open ${url}: the embedded model is read from a local checkout of the repository`,
    );
  }
  return fileURLToPath(url);
}
