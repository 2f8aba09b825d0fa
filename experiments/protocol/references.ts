/**
 * References as a protocol hands them to a metric.
 * @module
 */
import type { QuirkId } from "./quirks.ts";

/** References as they are, or under `reference-newline` each with a line break behind it. */
export function quirkReferences(
  references: readonly string[],
  quirks: readonly QuirkId[],
): readonly string[] {
  return quirks.includes("reference-newline") ? references.map((text) => `${text}\n`) : references;
}
