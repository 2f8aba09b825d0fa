/**
 * One spelling for each JSON value, so that equal values have equal hashes.
 * @module
 */
import { createHash } from "node:crypto";

/**
 * Writes a JSON value with object keys in code-unit order and no white space (the rules of RFC 8785 for the values
 * that occur here). Properties that are `undefined` are left out.
 *
 * @throws {TypeError} If the value holds something JSON cannot say: a number that is not finite, a function, a bigint,
 * an object that is neither a list nor a plain record (a date, a map, a typed array).
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { canonicalJson } from "mtpress";
 * equal(canonicalJson({ b: 1, a: [true, null] }), '{"a":[true,null],"b":1}');
 * ```
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") {
    return JSON.stringify(value);
  }
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${Array.from(value, canonicalJson).join(",")}]`;
  if (isRecord(value)) {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(",")}}`;
  }
  throw new TypeError(`Cannot write ${String(value)} as canonical JSON: JSON has no such value`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** SHA-256 of a text's UTF-8 bytes, or of bytes, as 64 hexadecimal digits. */
export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
