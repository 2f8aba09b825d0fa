/**
 * What NumPy's and Python's own generators give: `tests/golden/random`.
 * @module
 */
import { createHash } from "node:crypto";
import vectors from "../../golden/random/vectors.json" with { type: "json" };

export { vectors };

/** SHA-256 of decimal numbers with commas between them. */
export function digest(numbers: readonly number[]): string {
  return createHash("sha256").update(numbers.join(",")).digest("hex");
}
