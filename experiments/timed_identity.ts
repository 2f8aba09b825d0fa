/**
 * What tells a timed model from any other.
 * @module
 */
import type { AccuracyLevel } from "../inference/graph/nbits.ts";
import { canonicalJson, sha256 } from "./canonical_json.ts";

/** SHA-256 of a model in the form in which it is timed: of its weights' SHA-256 and the accuracy level of its products. */
export function timedIdentity(weights: string, accuracyLevel: AccuracyLevel): string {
  return sha256(canonicalJson({ weights, accuracyLevel }));
}
