/**
 * The address under which a result is found again: a hash of everything that can change it.
 * @module
 */
import type { DecodingRecipe, Recipe } from "./recipe.ts";
import type { ResultRow, RowData } from "./row.ts";
import type { Unit } from "./units.ts";
import type { Sources } from "./versions.ts";
import { canonicalJson, sha256 } from "./canonical_json.ts";

/** What is the same for all units of one run. */
export interface RunFacts {
  /** SHA-256 of the model's weights. */
  modelSha256: string;
  /** SHA-256 of what else its folder says: configuration and tokenizer. */
  modelFilesSha256: string;
  /** `"cpu"` or `"webgpu"`. */
  device: string;
  /** Accuracy level of low-bit products: 1 is float32 compute. */
  accuracyLevel: number;
  /** How sentences are decoded. */
  decoding: DecodingRecipe;
  /** Versions of everything outside this package that can change a number. */
  versions: Record<string, string>;
  /** Hashes of this package's sources that can change translations and scores. */
  sources: Sources;
}

/**
 * Keys of a unit. `translation` covers what can change the translations; `row` covers that, what can change their scores
 * and the method's id, so that a change of a metric, or another recipe's name for the same steps, scores stored
 * translations again instead of making them again.
 */
export function unitKeys(
  recipe: Recipe,
  unit: Unit,
  data: RowData,
  facts: RunFacts,
): ResultRow["keys"] {
  const translation = sha256(canonicalJson({
    steps: unit.method.steps,
    direction: unit.direction,
    protocol: recipe.protocol,
    seed: recipe.seed,
    model: [facts.modelSha256, facts.modelFilesSha256],
    data: data.sha256,
    calibration: null,
    decoding: facts.decoding,
    device: facts.device,
    accuracyLevel: facts.accuracyLevel,
    versions: facts.versions,
    sources: facts.sources.translation,
  }));
  const row = sha256(canonicalJson({
    translation,
    scoring: facts.sources.scoring,
    data,
    method: unit.method.id,
  }));
  return { row, translation };
}
