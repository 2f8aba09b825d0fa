/**
 * Writes a compressed model layer by layer, so that a process that is killed loses one layer at most.
 *
 * Every file appears whole or not at all, and none holds a time: a folder that was finished after an interruption has the same bytes
 * as one that was written at once.
 * @module
 */
import type { Checkpoint } from "../checkpoint.ts";
import { type JsonObject, stableJson } from "../json_value.ts";
import { llamaTensorShapes } from "../llama_config.ts";
import { openSafetensors } from "../safetensors.ts";
import { writeSafetensors, writeWhole } from "../safetensors_writer.ts";
import type { WeightDescription } from "./description.ts";
import { isFile } from "../files.ts";
import { COPIED_FILES, layerFile, REST_FILE } from "./files.ts";
import {
  copiedTensor,
  type LayerContent,
  layerDescription,
  readLayerFile,
  writeLayerFile,
} from "./layer_file.ts";
import { claimFolder, writeText } from "./plan_file.ts";
import {
  type CompressionPlan,
  type CompressionRecord,
  type CompressionSource,
  RECORD_FILE,
} from "./record.ts";

/**
 * Writes a compressed model into a folder, or goes on with one that was begun.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import {
 *   CompressedModelWriter, matrix, openCheckpoint, openCompressedModel, roundToNearest, tinyModelFolder,
 * } from "mtpress";
 *
 * const source = await openCheckpoint(tinyModelFolder());
 * const folder = "results/examples/compressed";
 * const plan = { steps: [{ kind: "rtn", bits: 4 }], calibration: null, backend: "reference" };
 * const writer = await CompressedModelWriter.open(folder, source, plan);
 * for (let layer = writer.done; layer < source.config.layers; layer++) {
 *   const name = `model.layers.${layer}.mlp.up_proj.weight`;
 *   const [rows, columns] = source.info(name).shape;
 *   const weight = matrix(rows, columns, await source.tensor(name));
 *   const linears = new Map([[name, roundToNearest(weight, { bits: 4, symmetric: true })]]);
 *   await writer.writeLayer(layer, { linears, norms: new Map(), facts: {} });
 * }
 * await writer.finish({});
 * const model = await openCompressedModel(folder);
 * equal(model.record.linears["model.layers.0.mlp.up_proj.weight"].kind, "integer");
 * model.close();
 * source.close();
 * ```
 */
export class CompressedModelWriter {
  #done = 0;

  private constructor(
    /** The folder that is written. */
    readonly folder: string,
    private readonly source: Checkpoint,
    private readonly plan: CompressionPlan & JsonObject,
  ) {}

  /**
   * Opens a folder for writing. What an earlier process left of the same plan is gone on with.
   *
   * @param folder where to write; it is made if it does not exist.
   * @param source the model that is being compressed; it stays open.
   * @param plan everything that decides the bytes.
   * @throws {Error} if the folder holds something else, or a compressed model of another plan or source.
   */
  static async open(
    folder: string,
    source: Checkpoint,
    plan: CompressionPlan,
  ): Promise<CompressedModelWriter> {
    await Deno.mkdir(folder, { recursive: true });
    const full = { ...plan, source: await sourceOf(source) };
    await claimFolder(folder, full);
    const writer = new CompressedModelWriter(folder, source, full);
    while (writer.#done < source.config.layers && await isFile(writer.#path(writer.#done))) {
      writer.#done++;
    }
    return writer;
  }

  /** Decoder layers that are complete, from the first. */
  get done(): number {
    return this.#done;
  }

  #path(layer: number): string {
    return `${this.folder}/${layerFile(layer)}`;
  }

  /**
   * Writes the next decoder layer.
   *
   * @param layer its number, which is `done`.
   * @param content its weights; tensors that are not named stay as the source has them.
   * @throws {RangeError} if it is not the next layer, or the content does not fit the model.
   */
  async writeLayer(layer: number, content: LayerContent): Promise<void> {
    if (layer !== this.#done || layer >= this.source.config.layers) {
      throw new RangeError(
        `Cannot write layer ${layer} of ${this.folder}: ${this.#done} of ` +
          `${this.source.config.layers} layers are complete`,
      );
    }
    await writeLayerFile(this.#path(layer), this.source, layer, content);
    this.#done++;
  }

  /**
   * Reads a complete layer.
   *
   * @throws {RangeError} if the layer is not complete.
   */
  async readLayer(layer: number): Promise<LayerContent> {
    if (!(layer >= 0 && layer < this.#done)) {
      throw new RangeError(
        `Cannot read layer ${layer} of ${this.folder}: ${this.#done} layers are complete`,
      );
    }
    return await readLayerFile(this.#path(layer));
  }

  /** Whether the folder is finished. */
  async isFinished(): Promise<boolean> {
    return await isFile(`${this.folder}/${RECORD_FILE}`);
  }

  /**
   * Writes what belongs to no decoder layer, and last `compressed.json`. A finished folder is written again with the same bytes.
   *
   * @param report what the compression reports; no times, so that the bytes are the same each time.
   * @throws {RangeError} if layers are missing.
   */
  async finish(report: JsonObject): Promise<void> {
    const { folder, source } = this;
    const { layers } = source.config;
    if (this.#done < layers) {
      throw new RangeError(
        `Cannot finish ${folder}: only ${this.#done} of ${layers} layers are complete`,
      );
    }
    const inLayers = (name: string) => name.startsWith("model.layers.");
    const rest = [...llamaTensorShapes(source.config).keys()].filter((name) => !inLayers(name));
    const tensors = new Map(rest.map((name) => [name, copiedTensor(source, name)]));
    await writeSafetensors(`${folder}/${REST_FILE}`, tensors);
    for (const name of COPIED_FILES) {
      const from = `${source.folder}/${name}`;
      if (!await isFile(from)) continue;
      const bytes = await Deno.readFile(from);
      await writeWhole(`${folder}/${name}`, (append) => append(bytes));
    }
    const record: CompressionRecord & JsonObject = {
      ...this.plan,
      format: "mtpress-compressed",
      version: 1,
      source: await sourceOf(source),
      layers,
      linears: await this.#descriptions(),
      report,
    };
    await writeText(`${folder}/${RECORD_FILE}`, stableJson(record, 2) + "\n");
  }

  async #descriptions(): Promise<Record<string, WeightDescription>> {
    const all: Record<string, WeightDescription> = {};
    for (let layer = 0; layer < this.#done; layer++) {
      const file = await openSafetensors(this.#path(layer));
      try {
        Object.assign(all, layerDescription(file).linears);
      } finally {
        file.close();
      }
    }
    return all;
  }
}

/** What a record says of its source. */
async function sourceOf(source: Checkpoint): Promise<CompressionSource> {
  const { roundedTo } = source;
  return { weightsSha256: await source.sha256(), ...(roundedTo && { dtype: roundedTo }) };
}
