/**
 * JSON values as types, and one spelling for each of them.
 * @module
 */

/** What JSON can say. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A JSON object; a property that is `undefined` is left out. */
export interface JsonObject {
  /** A property. */
  readonly [key: string]: JsonValue | undefined;
}

/** The same value with the keys of every object in code-unit order. */
function sorted(value: JsonValue): JsonValue {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new TypeError(`Cannot write ${value} as JSON: JSON has no such number`);
  }
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner!)]));
}

/**
 * Writes a value so that equal values give equal texts: object keys in code-unit order.
 *
 * @param value the value.
 * @param indent spaces of each level; without it everything is on one line.
 * @throws {TypeError} if a number is not finite.
 */
export function stableJson(value: JsonValue, indent?: number): string {
  return JSON.stringify(sorted(value), null, indent);
}
