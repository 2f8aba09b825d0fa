/**
 * The address under which a result is found again: a hash of everything that can change it.
 * @module
 */
import type { Device } from "../inference/devices.ts";
import type { AccuracyLevel } from "../inference/graph/nbits.ts";
import { unitQuirks } from "./protocol/study_recipe.ts";
import type { DecodingRecipe, Recipe, Step } from "./recipe.ts";
import type { ResultRow, RowData } from "./row.ts";
import type { Unit } from "./units.ts";
import type { Sources } from "./versions.ts";
import { canonicalJson, sha256 } from "./canonical_json.ts";

/** What is the same for all units of one method in one run. */
export interface RunFacts {
  /** Name of the model in rows. */
  modelId: string;
  /** SHA-256 of the model's weights. */
  modelSha256: string;
  /** What the weights are rounded to when they are read, if to anything. */
  dtype?: "float16";
  /** SHA-256 of what else its folder says: configuration and tokenizer. */
  modelFilesSha256: string;
  /** Where translations are made. */
  device: Device;
  /** Accuracy level of low-bit products: 1 is float32 compute. */
  accuracyLevel: AccuracyLevel;
  /** SHA-256 of the ordered calibration samples, `null` when the method needs none. */
  calibration: string | null;
  /** What computes a compression, `null` when there is none. */
  backend: string | null;
  /** How sentences are decoded. */
  decoding: DecodingRecipe;
  /** Versions of everything outside this package that can change a number. */
  versions: Record<string, string>;
  /** Hashes of this package's sources that can change translations and scores. */
  sources: Sources;
}

/** Key of a compressed model: everything that can change its bytes. */
export function compressionKey(steps: readonly Step[], facts: RunFacts): string {
  return sha256(canonicalJson({
    steps,
    model: modelIdentity(facts),
    calibration: facts.calibration,
    backend: facts.backend,
    versions: facts.versions,
    sources: facts.sources.translation,
  }));
}

/**
 * Keys of a unit. `translation` covers what can change the translations; `row` covers that, what can change their scores
 * (the protocol and its quirks among it: those that change translations do so through steps, calibration and decoding) and the names of
 * method and model, so that a change of a metric, or another name for the same, scores stored
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
    seed: recipe.seed,
    model: modelIdentity(facts),
    data: data.sha256,
    calibration: facts.calibration,
    backend: facts.backend,
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
    model: facts.modelId,
    method: unit.method.id,
    protocol: recipe.protocol,
    quirks: unitQuirks(recipe, unit.method, unit.direction),
  }));
  return { row, translation };
}

function modelIdentity({ modelSha256, modelFilesSha256, dtype }: RunFacts): string[] {
  return [modelSha256, modelFilesSha256, ...(dtype ? [dtype] : [])];
}
