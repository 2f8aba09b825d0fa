/**
 * Parallel text by name or by path.
 * @module
 */
import { tinySplitFile } from "../data/tiny.ts";

const TEXTS: Readonly<Record<string, () => string>> = {
  "tiny/test": () => tinySplitFile("test"),
  "tiny/calibration": () => tinySplitFile("calibration"),
  "tiny/dev": () => tinySplitFile("dev"),
};

/** Name of the test set that is fetched: ten directions with sentences of their own. */
export const WMT22 = "wmt22";

/** Name of the calibration text that is fetched: rows of five language pairs. */
export const HUMAN_PARALLEL = "alma-human-parallel";

/** Whether a text comes with the package, or is fetched by it. */
export function isTextName(id: string): boolean {
  return Object.hasOwn(TEXTS, id) || id === WMT22 || id === HUMAN_PARALLEL;
}

/**
 * The file of a text: one that comes with the package, by its name, or any other file of tab-separated parallel text, by its
 * path, which ends in `.tsv`.
 *
 * @param others Names that are allowed beside these, for the message.
 * @throws {RangeError} If it is neither; the message lists the names.
 */
export function textFile(id: string, ...others: readonly string[]): string {
  if (Object.hasOwn(TEXTS, id)) return TEXTS[id]();
  if (id.endsWith(".tsv")) return id;
  throw new RangeError(
    `Cannot open text ${JSON.stringify(id)}: it must be one of ${
      [...Object.keys(TEXTS), ...others].join(", ")
    }, or the path of a .tsv file`,
  );
}

/**
 * Reads a text's file.
 *
 * @throws {Deno.errors.NotFound} If there is no such file.
 */
export async function readText(file: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(file);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new Deno.errors.NotFound(`Cannot read ${file}: there is no such file`, { cause });
  }
}
