/**
 * What is settled of each method before any work: its options checked, its calibration drawn, its keys' facts gathered.
 * @module
 */
import { chooseAccuracyLevel } from "../inference/accuracy_level.ts";
import { openModel } from "../inference/compressed/model.ts";
import type { Method } from "../inference/compression/method.ts";
import { checkShapes, checkSteps, stepMethod } from "../inference/compression/steps.ts";
import type { Device } from "../inference/devices.ts";
import type { BackendName } from "../kernels/backend.ts";
import { type Calibration, drawCalibration } from "./calibration.ts";
import { compressionKey, type RunFacts } from "./key.ts";
import { type ModelChoice, modelFilesSha256 } from "./model.ts";
import { methodDecoding, type MethodRecipe, type Recipe, type Step } from "./recipe.ts";
import { dependencyVersions, type Sources } from "./versions.ts";

/** A method that can be run. */
export interface PreparedMethod {
  /** The method. */
  method: MethodRecipe;
  /** What its results' keys cover. */
  facts: RunFacts;
  /** What it is calibrated on, `null` when it needs nothing. */
  calibration: Calibration | null;
  /** Key of its compressed model, `null` when the model is measured as it is. */
  compressionKey: string | null;
}

/** What preparing needs to know. */
export interface Preparation {
  /** The model that is compressed. */
  model: ModelChoice;
  /** Where translations are made. */
  device: Device;
  /** What carries steps out. */
  methods: readonly Method[];
  /** What computes compressions. */
  backend: BackendName;
  /** Hashes of the sources that can change the numbers of a method with these steps. */
  sources: (steps: readonly Step[]) => Promise<Sources>;
}

/**
 * Prepares the methods of a recipe, by their ids.
 *
 * @throws {RangeError} If a step or an option is not known or not allowed, or a method needs calibration and the recipe has none.
 */
export async function prepareMethods(
  recipe: Recipe,
  chosen: readonly MethodRecipe[],
  preparation: Preparation,
): Promise<Map<string, PreparedMethod>> {
  const { device, backend } = preparation;
  const { config, ...model } = await modelFacts(preparation.model);
  const versions = dependencyVersions();
  const prepared = new Map<string, PreparedMethod>();
  for (const method of chosen) {
    const { steps } = method;
    checkSteps(steps, preparation.methods);
    checkShapes(steps, preparation.methods, config);
    const sources = await preparation.sources(steps);
    const calibration = await methodCalibration(recipe, method, preparation.methods);
    const facts: RunFacts = {
      ...model,
      device,
      accuracyLevel: method.accuracyLevel ?? chooseAccuracyLevel(config, steps, device),
      calibration: calibration?.sha256 ?? null,
      backend: steps.length > 0 ? backend : null,
      decoding: methodDecoding(recipe, method),
      versions,
      sources,
    };
    const key = steps.length > 0 ? compressionKey(steps, facts) : null;
    prepared.set(method.id, { method, facts, calibration, compressionKey: key });
  }
  return prepared;
}

async function methodCalibration(
  recipe: Recipe,
  method: MethodRecipe,
  methods: readonly Method[],
): Promise<Calibration | null> {
  const needy = method.steps.find((step) => stepMethod(step, methods).needs.length > 0);
  if (needy === undefined) return null;
  if (recipe.calibration === undefined) {
    throw new RangeError(
      `Cannot run method ${JSON.stringify(method.id)}: its step ${needy.kind} needs calibration, ` +
        `and recipe ${recipe.id} has none`,
    );
  }
  return await drawCalibration({ ...recipe.calibration, ...method.calibration }, recipe.seed);
}

async function modelFacts({ id, folder, dtype }: ModelChoice) {
  const checkpoint = await openModel(folder, { dtype });
  try {
    return {
      config: checkpoint.config,
      modelId: id,
      modelSha256: await checkpoint.sha256(),
      ...(dtype && { dtype }),
      modelFilesSha256: await modelFilesSha256(folder),
    };
  } finally {
    checkpoint.close();
  }
}
