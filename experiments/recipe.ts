/**
 * A recipe is an experiment as data: which methods, on which directions, decoded how. It is read from JSON, checked
 * before any work, and named by a signature that holds every choice.
 * @module
 */
import type { Direction } from "../data/directions.ts";
import type { Step } from "../inference/compression/step.ts";

export type { Step } from "../inference/compression/step.ts";

/** A compression method: steps applied in order to each linear layer. No steps: the model as it is. */
export interface MethodRecipe {
  /** Short name for options and files: lower case letters, digits and hyphens. */
  readonly id: string;
  /** The name that tables show. */
  readonly name: string;
  /** Precision and sparsity as tables show them, such as `"4bit/NA"`. */
  readonly precision: string;
  /** The steps, in order. */
  readonly steps: readonly Step[];
  /** Id of the study's row that this method answers, in `data/published.json`. */
  readonly published?: string;
  /** How many calibration samples it takes, instead of the recipe's number. */
  readonly calibration?: { readonly samples: number };
  /**
   * Accuracy level of low-bit products: 1 computes in float32, 4 rounds activations to int8.
   * @default {1}
   */
  readonly accuracyLevel?: 1 | 4;
}

/** The text that compression methods are calibrated on. */
export interface CalibrationRecipe {
  /** Name of the parallel text, such as `"tiny/calibration"`. */
  readonly set: string;
  /** Samples, each a prompt with its translation, drawn evenly over directions. */
  readonly samples: number;
}

/** How sentences are decoded. */
export interface DecodingRecipe {
  /** Width of the beam; 1 is greedy search. */
  readonly beams: number;
  /** The most tokens of a translation. */
  readonly maxNewTokens: number;
  /** Exponent of the length that a hypothesis' score is divided by. */
  readonly lengthPenalty: number;
  /** When a beam search stops, as in Hugging Face `generate`. */
  readonly earlyStopping: boolean | "never";
  /** Sentences decoded together. */
  readonly batchSize: number;
}

/** An experiment: every method is measured on every direction. */
export interface Recipe {
  /** Short name, such as `"table_1"`. */
  readonly id: string;
  /** The title that tables show. */
  readonly title: string;
  /** Which measuring rules hold: `"sound"` measures what its text says. */
  readonly protocol: "sound";
  /** Seed of everything that is drawn. */
  readonly seed: number;
  /** The test set, such as `"tiny/test"`. */
  readonly testSet: string;
  /** Sentences per direction: the first so many of the test set. */
  readonly sentences: number;
  /** Directions, in the table's order. */
  readonly directions: readonly Direction[];
  /** How sentences are decoded. */
  readonly decoding: DecodingRecipe;
  /** What methods are calibrated on; needed by those that look at activations. */
  readonly calibration?: CalibrationRecipe;
  /** Methods, in the table's order. */
  readonly methods: readonly MethodRecipe[];
}

/**
 * Checks a recipe that was read from JSON.
 *
 * @param value The parsed JSON.
 * @param file Its name, for error messages.
 * @throws {SyntaxError} If a part is missing or has a value that its rule excludes; the message names both.
 */
export function parseRecipe(value: unknown, file: string): Recipe {
  const recipe = value as Recipe;
  const rules: [string, boolean, string][] = [
    ["id", isName(recipe?.id, /^[a-z0-9_]+$/), "lower case letters, digits and underscores"],
    ["title", isText(recipe?.title), "a text that is not empty"],
    ["protocol", recipe?.protocol === "sound", '"sound"'],
    ["seed", Number.isSafeInteger(recipe?.seed), "an integer"],
    ["testSet", isText(recipe?.testSet), "the name of a test set"],
    ["sentences", isCount(recipe?.sentences), "a positive integer"],
    ["directions", isListOf(recipe?.directions, isDirection), 'a list such as ["en-de"]'],
    [
      "decoding",
      isDecoding(recipe?.decoding),
      "beams, maxNewTokens, batchSize (positive " +
      'integers), lengthPenalty (a number), earlyStopping (true, false or "never")',
    ],
    [
      "calibration",
      recipe?.calibration === undefined || isCalibration(recipe.calibration),
      "{ set, samples } with the name of a text and a positive integer",
    ],
    [
      "methods",
      isListOf(recipe?.methods, isMethod),
      "a list of { id, name, precision, steps }, where given calibration: { samples } and accuracyLevel (1 or 4)",
    ],
  ];
  const broken = rules.find(([, holds]) => !holds);
  if (broken) {
    const [name, , rule] = broken;
    const found = JSON.stringify((value as Record<string, unknown> | null)?.[name]) ?? "nothing";
    throw new SyntaxError(`Cannot use recipe ${file}: "${name}" is ${found}, it must be ${rule}`);
  }
  const names: Record<string, readonly string[]> = {
    method: recipe.methods.map(({ id }) => id),
    direction: recipe.directions,
  };
  for (const [kind, list] of Object.entries(names)) {
    const twice = list.find((name, index) => list.indexOf(name) !== index);
    if (twice) throw new SyntaxError(`Cannot use recipe ${file}: ${kind} "${twice}" occurs twice`);
  }
  return recipe;
}

/**
 * A method's signature: every option of every step, in order, or `none`.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { stepsSignature } from "mtpress";
 * equal(stepsSignature([{ kind: "gptq", bits: 4, groupSize: 128 }]), "gptq|bits:4|groupSize:128");
 * ```
 */
export function stepsSignature(steps: readonly Step[]): string {
  if (steps.length === 0) return "none";
  return steps.map(({ kind, ...options }) => {
    const pairs = Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1));
    return [kind, ...pairs.map(([name, value]) => `${name}:${value}`)].join("|");
  }).join(" + ");
}

/** Whether a value is a direction: two different language codes with a hyphen between them. */
export function isDirection(value: unknown): value is Direction {
  return typeof value === "string" && /^[a-z]{2,3}-[a-z]{2,3}$/.test(value) &&
    value.split("-")[0] !== value.split("-")[1];
}

function isName(value: unknown, pattern: RegExp): boolean {
  return typeof value === "string" && pattern.test(value);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.trim() !== "";
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isListOf(value: unknown, holds: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(holds);
}

function isDecoding(value: unknown): boolean {
  const decoding = value as DecodingRecipe | undefined;
  return isCount(decoding?.beams) && isCount(decoding?.maxNewTokens) &&
    isCount(decoding?.batchSize) && Number.isFinite(decoding?.lengthPenalty) &&
    [true, false, "never"].includes(decoding?.earlyStopping as boolean);
}

function isMethod(value: unknown): boolean {
  const method = value as MethodRecipe | null;
  return isName(method?.id, /^[a-z0-9-]+$/) && isText(method?.name) &&
    isText(method?.precision) && Array.isArray(method?.steps) && method.steps.every(isStep) &&
    (method.published === undefined || isText(method.published)) &&
    (method.calibration === undefined || isCount(method.calibration?.samples)) &&
    (method.accuracyLevel === undefined || [1, 4].includes(method.accuracyLevel));
}

function isCalibration(value: unknown): boolean {
  const calibration = value as CalibrationRecipe | null;
  return isText(calibration?.set) && isCount(calibration?.samples);
}

function isStep(value: unknown): value is Step {
  const step = value as Step | null;
  return isText(step?.kind) &&
    Object.values(step!).every((option) => ["string", "number", "boolean"].includes(typeof option));
}
