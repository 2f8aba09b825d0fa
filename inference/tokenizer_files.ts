/**
 * The small JSON files that lie beside a tokenizer's vocabulary.
 * @module
 */
import { readIfThere } from "./files.ts";
import { isJsonObject, parseStrictJson } from "./strict_json.ts";

/**
 * Reads one JSON object of a folder.
 *
 * @param folder the folder.
 * @param name the file's name.
 * @returns the object; undefined if there is no such file.
 * @throws {SyntaxError} if the file holds something else.
 */
export async function readJsonObject(
  folder: string,
  name: string,
): Promise<Record<string, unknown> | undefined> {
  const file = `${folder}/${name}`;
  const text = await readIfThere(file);
  if (text === undefined) return undefined;
  const json = parseStrictJson(text, file);
  if (!isJsonObject(json)) throw new SyntaxError(`Cannot read ${file}: it must hold a JSON object`);
  return json;
}

/**
 * The text of a special token as configuration files write it: a string, or an object with `content`.
 *
 * @returns the text; undefined where the file names no token; null where it says something else.
 */
export function tokenContent(value: unknown): string | undefined | null {
  const content = isJsonObject(value) ? value["content"] : value ?? undefined;
  return content === undefined || typeof content === "string" ? content : null;
}
