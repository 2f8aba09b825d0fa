/**
 * JSON as checkpoints need it: JSON.parse silently keeps the last of two equal names; here that is an error.
 * @module
 */

/** Position just behind the string that begins at `start` in well-formed JSON. */
function endOfString(text: string, start: number): number {
  let end = start + 1;
  while (text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
  return end + 1;
}

/**
 * The first name that occurs twice in one object of well-formed JSON, else `undefined`.
 * Names are compared after their escapes are resolved.
 */
function repeatedName(text: string): string | undefined {
  const open: (Set<string> | null)[] = []; // names seen in each open object; null for an array
  let last = "";
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '"') {
      const end = endOfString(text, i);
      last = text.slice(i, end);
      i = end - 1;
    } else if (c === "{") open.push(new Set());
    else if (c === "[") open.push(null);
    else if (c === "}" || c === "]") open.pop();
    else if (c === ":") {
      const names = open[open.length - 1]!;
      const name = JSON.parse(last) as string;
      if (names.has(name)) return name;
      names.add(name);
    }
  }
}

/**
 * Parses JSON in which no object gives a name twice.
 *
 * @param text the JSON text.
 * @param file the file's name, for the error.
 * @returns what JSON.parse returns.
 * @throws {SyntaxError} if the text is no JSON, or an object gives a name twice.
 */
export function parseStrictJson(text: string, file: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SyntaxError(`Cannot read ${file}: it must be JSON, but ${(cause as Error).message}`, {
      cause,
    });
  }
  const name = repeatedName(text);
  if (name !== undefined) {
    throw new SyntaxError(
      `Cannot read ${file}: a name must occur once in an object, but ${
        JSON.stringify(name)
      } is repeated`,
    );
  }
  return value;
}

/** Whether a parsed JSON value is an object: neither null nor an array. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What of well-formed JSON lies outside its strings. */
export function outsideStrings(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let quote = text.indexOf('"'); quote >= 0; quote = text.indexOf('"', from)) {
    parts.push(text.slice(from, quote));
    from = endOfString(text, quote);
  }
  parts.push(text.slice(from));
  return parts.join("");
}

/** A parsed JSON value for an error message, however long or deep it is. */
export function brief(value: unknown): string {
  const isPlain = (item: unknown) => typeof item !== "object" || item === null;
  if (Array.isArray(value)) {
    if (!value.every(isPlain)) return "a list of lists or objects";
    const shown = value.slice(0, 8).map(brief).join(", ");
    return value.length > 8 ? `[${shown}, ...]` : `[${shown}]`;
  }
  if (!isPlain(value)) return "an object";
  const text = JSON.stringify(value) ?? "absent";
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}
