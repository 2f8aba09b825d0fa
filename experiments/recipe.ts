/**
 * A recipe is an experiment as data: which methods, on which directions, decoded how. It is read from JSON, checked
 * before any work, and named by a signature that holds every choice.
 * @module
 */
import type { Direction } from "../data/directions.ts";
import type { Step } from "../inference/compression/step.ts";
import { QUIRK_IDS, type QuirkId } from "./protocol/quirks.ts";
import {
  isCalibration,
  isCount,
  isDecoding,
  isListOf,
  isMethod,
  isName,
  isQuirkList,
  isText,
} from "./recipe_rules.ts";

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
  /** How many calibration samples it takes, instead of the recipe's number, and by which rules. */
  readonly calibration?: { readonly samples: number } & CalibrationRules;
  /** How its translations are decoded where it differs from the recipe. */
  readonly decoding?: Partial<DecodingRecipe>;
  /**
   * Accuracy level of low-bit products: 1 computes in float32, 4 rounds activations to int8.
   * @default {1}
   */
  readonly accuracyLevel?: 1 | 4;
}

/** How calibration samples are drawn and shown. */
export interface CalibrationRules {
  /**
   * Which lines are drawn: evenly over all directions, or as the study drew them for GPTQ or for pruning.
   * @default {"balanced"}
   */
  readonly draw?: "balanced" | "study-gptq" | "study-pruning";
  /**
   * Whether a sample holds the translation.
   * @default {true}
   */
  readonly translations?: boolean;
  /**
   * Positions that each sample is padded to with states of zeros, as the study did; at most all that the model has.
   * @default {no padding}
   */
  readonly paddedTo?: number;
}

/** The text that compression methods are calibrated on. */
export interface CalibrationRecipe extends CalibrationRules {
  /** Name of the parallel text, such as `"tiny/calibration"`. */
  readonly set: string;
  /** Samples: prompts with their translations, drawn evenly over directions, unless a rule says otherwise. */
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
  /**
   * How sentences share batches: by their lengths, or as the study batched, with `maxNewTokens` for its limit.
   * @default {"length"}
   */
  readonly batching?: "length" | "study";
  /**
   * What of the output is the translation; see `TranslateOptions`.
   * @default {"tokens"}
   */
  readonly cut?: "tokens" | "characters";
}

/** Measuring rules. */
export type Protocol = "sound" | "study";

/** An experiment: every method is measured on every direction. */
export interface Recipe {
  /** Short name, such as `"table_1"`. */
  readonly id: string;
  /** The title that tables show. */
  readonly title: string;
  /** Which measuring rules hold: `"sound"` measures what its text says, `"study"` as the study did. */
  readonly protocol: Protocol;
  /** The study's quirks that are on under its protocol; all unless given. */
  readonly quirks?: readonly QuirkId[];
  /** Seed of everything that is drawn. */
  readonly seed: number;
  /** The test set, such as `"tiny/test"`. */
  readonly testSet: string;
  /** Sentences per direction: the first so many of the test set, or `"all"` that it has of each. */
  readonly sentences: number | "all";
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
  const broken = recipeRules(recipe).find(([, holds]) => !holds);
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

/** The parts of a recipe: name, whether its rule holds, the rule. */
function recipeRules(recipe: Recipe): [string, boolean, string][] {
  return [
    ["id", isName(recipe?.id, /^[a-z0-9_]+$/), "lower case letters, digits and underscores"],
    ["title", isText(recipe?.title), "a text that is not empty"],
    [
      "protocol",
      recipe?.protocol === "sound" || recipe?.protocol === "study",
      '"sound" or "study"',
    ],
    [
      "quirks",
      recipe?.quirks === undefined || recipe.protocol === "study" && isQuirkList(recipe.quirks),
      `a list of ${QUIRK_IDS.join(", ")}, and only under the protocol "study"`,
    ],
    ["seed", Number.isSafeInteger(recipe?.seed), "an integer"],
    ["testSet", isText(recipe?.testSet), "the name of a test set"],
    [
      "sentences",
      recipe?.sentences === "all" || isCount(recipe?.sentences),
      'a positive integer or "all"',
    ],
    ["directions", isListOf(recipe?.directions, isDirection), 'a list such as ["en-de"]'],
    [
      "decoding",
      isDecoding(recipe?.decoding),
      "beams, maxNewTokens, batchSize (positive " +
      'integers), lengthPenalty (a number), earlyStopping (true, false or "never"), where given batching ' +
      '("length" or "study") and cut ("tokens" or "characters")',
    ],
    [
      "calibration",
      recipe?.calibration === undefined || isCalibration(recipe.calibration),
      "{ set, samples } with the name of a text and a positive integer, where given draw " +
      '("balanced", "study-gptq" or "study-pruning"), translations (true or false) and paddedTo (a positive integer)',
    ],
    [
      "methods",
      isListOf(recipe?.methods, (method) => isMethod(method, recipe.decoding)),
      "a list of { id, name, precision, steps }, where given calibration: { samples }, decoding (as the recipe's) and " +
      "accuracyLevel (1 or 4)",
    ],
  ];
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

/** How a method's translations are decoded. */
export function methodDecoding(recipe: Recipe, method: MethodRecipe): DecodingRecipe {
  return { ...recipe.decoding, ...method.decoding };
}

/** Whether a value is a direction: two different language codes with a hyphen between them. */
export function isDirection(value: unknown): value is Direction {
  return typeof value === "string" && /^[a-z]{2,3}-[a-z]{2,3}$/.test(value) &&
    value.split("-")[0] !== value.split("-")[1];
}
