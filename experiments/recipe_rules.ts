/**
 * What the parts of a recipe must be: each function says whether a value read from JSON keeps its rule.
 * @module
 */
import { QUIRK_IDS } from "./protocol/quirks.ts";
import type { CalibrationRecipe, DecodingRecipe, MethodRecipe, Step } from "./recipe.ts";

/** A text of a form. */
export function isName(value: unknown, pattern: RegExp): boolean {
  return typeof value === "string" && pattern.test(value);
}

/** A text that is not empty. */
export function isText(value: unknown): boolean {
  return typeof value === "string" && value.trim() !== "";
}

/** A positive integer. */
export function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** A list, not empty, whose items keep a rule. */
export function isListOf(value: unknown, holds: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(holds);
}

/** Names of quirks, each once; the list may be empty. */
export function isQuirkList(value: unknown): boolean {
  return Array.isArray(value) && value.every((id) => QUIRK_IDS.includes(id)) &&
    new Set(value).size === value.length;
}

/** How sentences are decoded. */
export function isDecoding(value: unknown): boolean {
  const decoding = value as DecodingRecipe | undefined;
  return isCount(decoding?.beams) && isCount(decoding?.maxNewTokens) &&
    isCount(decoding?.batchSize) && Number.isFinite(decoding?.lengthPenalty) &&
    [true, false, "never"].includes(decoding?.earlyStopping as boolean) &&
    [undefined, "length", "study"].includes(decoding?.batching) &&
    [undefined, "tokens", "characters"].includes(decoding?.cut);
}

/** A method of a recipe that decodes as `decoding` says. */
export function isMethod(value: unknown, decoding: unknown): boolean {
  const method = value as MethodRecipe | null;
  return isName(method?.id, /^[a-z0-9-]+$/) && isText(method?.name) &&
    isText(method?.precision) && Array.isArray(method?.steps) && method.steps.every(isStep) &&
    (method.published === undefined || isText(method.published)) &&
    (method.calibration === undefined || isDraw(method.calibration)) &&
    (method.decoding === undefined ||
      isDecoding({ ...decoding as DecodingRecipe, ...method.decoding })) &&
    (method.accuracyLevel === undefined || [1, 4].includes(method.accuracyLevel));
}

/** What methods are calibrated on. */
export function isCalibration(value: unknown): boolean {
  const calibration = value as CalibrationRecipe | null;
  return isText(calibration?.set) && isDraw(calibration);
}

function isDraw(value: unknown): boolean {
  const draw = value as Omit<CalibrationRecipe, "set"> | null;
  return isCount(draw?.samples) &&
    [undefined, "balanced", "study-gptq", "study-pruning"].includes(draw?.draw) &&
    [undefined, true, false].includes(draw?.translations) &&
    (draw?.paddedTo === undefined || isCount(draw.paddedTo));
}

function isStep(value: unknown): value is Step {
  const step = value as Step | null;
  return isText(step?.kind) &&
    Object.values(step!).every((option) => ["string", "number", "boolean"].includes(typeof option));
}
