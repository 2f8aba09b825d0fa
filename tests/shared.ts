/**
 * The one door to data that is too large or not ours to keep in the repository: reference vectors, WMT22 text, published systems' outputs.
 * It lies beside a checkout on the maintainers' machines. Where it is missing, tests that need it are ignored, with this reason.
 * @module
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("../../shared/", import.meta.url);

/** `false` when the shared data is present, else the reason to give to a test's `skip`. */
export const sharedMissing: string | false = existsSync(root)
  ? false
  : "the shared reference data is not on this machine";

/** Path of a file or folder of the shared data, such as `golden/metrics/corpus.json`. */
export function sharedPath(path: string): string {
  return fileURLToPath(new URL(path, root));
}

/** Reads and parses a JSON file of the shared data. */
export async function sharedJson<T>(path: string): Promise<T> {
  return JSON.parse(await Deno.readTextFile(sharedPath(path))) as T;
}

/** Reads a text file of the shared data as lines, split on LF only; a final LF ends the last line. */
export async function sharedLines(path: string): Promise<string[]> {
  const text = await Deno.readTextFile(sharedPath(path));
  return text.replace(/\n$/, "").split("\n");
}
