/**
 * The study's protocol as a function of recipes: what a quirk changes is data, so that keys and rows say it by themselves.
 * @module
 */
import { type Direction, targetLanguage } from "../../data/directions.ts";
import type { CalibrationRules, DecodingRecipe, MethodRecipe, Recipe, Step } from "../recipe.ts";
import { QUIRK_IDS, type QuirkId } from "./quirks.ts";

/** Kinds of steps that prune. */
const PRUNING = ["wanda", "dsnot", "magnitude"];
/** Kinds of steps that the study calibrated on its pruning draw. */
const PRUNING_CALIBRATED = ["wanda", "dsnot"];
/** The study's padding, in positions. */
const STUDY_POSITIONS = 2048;
/** Sentences that the study generated together, and for a pruned model. */
const STUDY_BATCH = { dense: 8, pruned: 4 };

/** What quirks set in the steps that they are about. */
const STEP_SETTINGS: readonly {
  quirk: QuirkId;
  kind: string;
  options: Record<string, string | number | boolean>;
}[] = [
  {
    quirk: "gptq-defaults",
    kind: "gptq",
    options: { groupSize: 128, symmetric: true, damping: 0.1, sequential: true },
  },
  {
    quirk: "nf4-double-quantization",
    kind: "nf4",
    options: { blockSize: 64, doubleQuantization: true },
  },
  { quirk: "smoothquant-alpha", kind: "smoothquant", options: { alpha: 0.85 } },
  { quirk: "dsnot-attention-only", kind: "dsnot", options: { skip: "mlp" } },
];

/** The quirks that are on: none under `sound`; under `study` those that the recipe lists, or all. */
export function activeQuirks(
  { protocol, quirks }: Pick<Recipe, "protocol" | "quirks">,
): readonly QuirkId[] {
  if (protocol === "sound") return [];
  return quirks === undefined ? QUIRK_IDS : QUIRK_IDS.filter((id) => quirks.includes(id));
}

/**
 * The recipe that a recipe's protocol makes of it: steps, calibration and decoding of each method as the quirks that are on want them.
 * A `sound` recipe is its own; so is one that this function made.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { loadRecipe, protocolRecipe } from "mtpress";
 * const recipe = protocolRecipe({ ...await loadRecipe("table_1"), protocol: "study" });
 * const wanda = recipe.methods.find(({ id }) => id === "wanda-40");
 * equal(wanda?.decoding?.batchSize, 4);
 * equal(wanda?.calibration?.draw, "study-pruning");
 * ```
 */
export function protocolRecipe(recipe: Recipe): Recipe {
  const quirks = activeQuirks(recipe);
  if (quirks.length === 0) return recipe;
  return {
    ...recipe,
    methods: recipe.methods.map((method) => studyMethod(recipe, method, quirks)),
  };
}

/**
 * The quirks that can change something of one method on one direction, among those that are on. GPTQ's settings say nothing of a method
 * without GPTQ, and a tokenizer for Chinese nothing of a translation into German.
 */
export function unitQuirks(
  recipe: Recipe,
  { steps }: MethodRecipe,
  direction: Direction,
): QuirkId[] {
  return activeQuirks(recipe).filter((quirk) =>
    touchesDirection(quirk, direction) && touchesSteps(quirk, steps)
  );
}

/** Whether a quirk can change something on a direction. */
export function touchesDirection(quirk: QuirkId, direction: Direction): boolean {
  return quirk !== "chinese-13a" || targetLanguage(direction) === "zh";
}

function touchesSteps(quirk: QuirkId, steps: readonly Step[]): boolean {
  const has = (kinds: readonly string[]) => steps.some(({ kind }) => kinds.includes(kind));
  const setting = STEP_SETTINGS.find((candidate) => candidate.quirk === quirk);
  if (setting) return has([setting.kind]);
  switch (quirk) {
    case "padding":
      return has(PRUNING_CALIBRATED);
    case "calibration-rows":
    case "prompt-only":
      return has([...PRUNING_CALIBRATED, "gptq"]);
    default:
      return true;
  }
}

function studyMethod(
  recipe: Recipe,
  method: MethodRecipe,
  quirks: readonly QuirkId[],
): MethodRecipe {
  const decoding = { ...method.decoding, ...studyDecoding(method.steps, quirks) };
  const rules = studyCalibration(method.steps, quirks);
  const samples = method.calibration?.samples ?? recipe.calibration?.samples;
  return {
    ...method,
    steps: method.steps.map((step) => studyStep(step, quirks)),
    ...(Object.keys(decoding).length > 0 ? { decoding } : {}),
    ...(Object.keys(rules).length > 0 && samples !== undefined
      ? { calibration: { ...method.calibration, samples, ...rules } }
      : {}),
  };
}

function studyStep(step: Step, quirks: readonly QuirkId[]): Step {
  const settings = STEP_SETTINGS.filter(({ quirk, kind }) =>
    kind === step.kind && quirks.includes(quirk)
  );
  return settings.reduce<Step>((changed, { options }) => ({ ...changed, ...options }), step);
}

function studyDecoding(
  steps: readonly Step[],
  quirks: readonly QuirkId[],
): Partial<DecodingRecipe> {
  const pruned = steps.some(({ kind }) => PRUNING.includes(kind));
  const batchSize = pruned ? STUDY_BATCH.pruned : STUDY_BATCH.dense;
  return {
    ...(quirks.includes("study-batches") ? { batching: "study" as const, batchSize } : {}),
    ...(quirks.includes("character-cut") ? { cut: "characters" as const } : {}),
  };
}

/** A method has one calibration: pruning's where it prunes by activations, else GPTQ's where it has GPTQ. */
function studyCalibration(steps: readonly Step[], quirks: readonly QuirkId[]): CalibrationRules {
  const has = (...kinds: string[]) => steps.some(({ kind }) => kinds.includes(kind));
  const prunes = has(...PRUNING_CALIBRATED);
  if (!prunes && !has("gptq")) return {};
  const draw = prunes ? "study-pruning" as const : "study-gptq" as const;
  return {
    ...(quirks.includes("calibration-rows") ? { draw } : {}),
    ...(quirks.includes("prompt-only") ? { translations: false } : {}),
    ...(quirks.includes("padding") && prunes ? { paddedTo: STUDY_POSITIONS } : {}),
  };
}
