/**
 * What `deno task compress` is going to do: the method's steps, its calibration, and what it takes.
 * @module
 */
import { freeBytes } from "../data/fetch/disk.ts";
import { sizeText } from "../data/fetch/size_text.ts";
import type { Checkpoint } from "../inference/checkpoint.ts";
import { isCompressed, openModel } from "../inference/compressed/model.ts";
import type { CompressOptions } from "../inference/compression/compress_options.ts";
import { METHODS } from "../inference/compression/methods.ts";
import { type CompressionNeeds, compressionNeeds } from "../inference/compression/needs.ts";
import type { Step } from "../inference/compression/step.ts";
import { checkSteps, stepMethod } from "../inference/compression/steps.ts";
import { loadTokenizer } from "../inference/tokenizer.ts";
import { drawCalibration } from "./calibration.ts";
import { calibrationTokens } from "./calibration_tokens.ts";
import type { CompressCommand } from "./compress_options.ts";
import { findModel, type ModelChoice } from "./model.ts";
import { protocolRecipe } from "./protocol/study_recipe.ts";
import type { CalibrationRecipe } from "./recipe.ts";
import { modelRecipe } from "./recipe_model.ts";
import { loadRecipe, RECIPE_IDS } from "./recipes.ts";

/** Everything that is settled before the work. */
export interface CompressWork {
  /** The open model; whoever asked closes it. */
  readonly source: Checkpoint;
  /** What `compressModel` is told, but for where it reports. */
  readonly options: CompressOptions;
  /** What it takes. */
  readonly needs: CompressionNeeds;
}

interface ChosenMethod {
  readonly steps: readonly Step[];
  readonly calibration: CalibrationRecipe | undefined;
  readonly seed: number;
}

/**
 * Opens the model and settles everything.
 *
 * @throws {RangeError} If the model, the method, its steps or the text is unknown or does not fit.
 */
export async function prepareCompression(command: CompressCommand): Promise<CompressWork> {
  const { out: folder, dtype, threads, samples } = command;
  const model = await findModel(command.model);
  const method = await chosenMethod(command, model);
  const { steps } = method;
  checkSteps(steps, METHODS);
  const source = await openModel(model.folder, { dtype: dtype ?? model.dtype });
  try {
    if (isCompressed(source)) {
      throw new RangeError(`Cannot compress ${model.folder}: it is a compressed model already`);
    }
    const { config } = source;
    const calibrated = steps.some((step) => stepMethod(step, METHODS).needs.length > 0)
      ? await calibrate(command, method, model, config.maxPositions, samples)
      : {};
    const valueBytes = source.info("model.norm.weight").dtype === "F32" ? 4 : 2;
    const { states } = command;
    const needs = compressionNeeds(config, steps, { ...calibrated, states, valueBytes });
    return { source, options: { source, steps, folder, threads, states, ...calibrated }, needs };
  } catch (error) {
    source.close();
    throw error;
  }
}

async function chosenMethod(
  { method: id, steps, protocol }: CompressCommand,
  { id: model }: ModelChoice,
): Promise<ChosenMethod> {
  const recipes = await Promise.all(RECIPE_IDS.map(loadRecipe));
  const ids = new Set<string>();
  for (const recipe of recipes) {
    const { methods, calibration, seed } = protocolRecipe(
      modelRecipe({ ...recipe, protocol }, model),
    );
    if (steps !== undefined) return { steps, calibration, seed };
    for (const method of methods) {
      if (method.id === id) {
        const own = calibration && { ...calibration, ...method.calibration };
        return { steps: method.steps, calibration: own, seed };
      }
      ids.add(method.id);
    }
  }
  throw new RangeError(
    `Cannot use method ${JSON.stringify(id)}: it must be one of ${[...ids].join(", ")}`,
  );
}

/** Draws the samples and turns them into tokens. */
async function calibrate(
  { calibration: text }: CompressCommand,
  { calibration, seed }: ChosenMethod,
  model: ModelChoice,
  maxPositions: number,
  samples: number | undefined,
): Promise<Pick<CompressOptions, "calibration" | "paddedTo">> {
  const set = text ?? calibration?.set;
  if (set === undefined || (text === undefined && set.startsWith("tiny/") && model.id !== "tiny")) {
    throw new RangeError(
      `Cannot compress ${model.id} without --calibration: the method looks at activations, and no text ` +
        "belongs to this model",
    );
  }
  const count = samples ?? calibration?.samples ?? 512;
  const drawn = await drawCalibration({ ...calibration, set, samples: count }, seed);
  return calibrationTokens(drawn, await loadTokenizer(model.folder), maxPositions);
}

/**
 * Checks that the disk has room for what is going to be written; what an earlier run of the same command wrote counts.
 *
 * @param free Says how many bytes are free.
 * @throws {Error} If it has not; the message has both numbers.
 */
export async function checkRoom(
  folder: string,
  { diskBytes }: Pick<CompressionNeeds, "diskBytes">,
  free: (folder: string) => Promise<number> = freeBytes,
): Promise<void> {
  const there = await folderBytes(folder);
  const needed = Math.max(0, diskBytes - there);
  const room = await free(folder);
  if (needed <= room) return;
  throw new Error(
    `Cannot write ${sizeText(needed)} to ${folder}: its disk has ${sizeText(room)} free`,
  );
}

async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  try {
    for await (const { name, isFile, isDirectory } of Deno.readDir(folder)) {
      const path = `${folder}/${name}`;
      if (isFile) bytes += (await Deno.stat(path)).size;
      else if (isDirectory) bytes += await folderBytes(path);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return bytes;
}
