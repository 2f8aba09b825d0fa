/**
 * The models that a run measures, one open at a time.
 * @module
 */
import { removeIfThere } from "../inference/files.ts";
import { isCompressed, openModel } from "../inference/compressed/model.ts";
import type { loadTranslator, Translator } from "../inference/translator.ts";
import type { CompressedFolder, CompressionRequest } from "./compressed_models.ts";
import type { ModelChoice } from "./model.ts";
import type { PreparedMethod } from "./prepared_method.ts";
import type { RowCompression } from "./row.ts";

/** A method's model, ready to translate. */
export interface OpenedModel {
  /** Translates. */
  translator: Translator;
  /** How it was compressed. */
  compression: RowCompression | null;
  /** Bytes of its weights as stored. */
  bytes: number;
  /** Bytes of its weights in the form in which they are run. */
  bytesExecuted: number;
}

/** How models are made and opened. */
export interface ModelSeams {
  /** Makes a method's compressed model, or finds it. */
  compress: (request: CompressionRequest) => Promise<CompressedFolder>;
  /** Opens a model for translation. */
  openTranslator: typeof loadTranslator;
  /** Bytes of a model from which its graph is not kept. Default: 1 GiB. */
  large?: number;
}

/** Bytes of a model from which its graph is not kept: it takes a minute to write again, and as much disk as the model. */
const LARGE = 2 ** 30;

/**
 * Opens the model of one method after another; a method's model is closed when another's is opened. The graph of a large model goes
 * with it; one that a kill left behind is used again by the next run.
 */
export class MethodModels {
  #method?: string;
  #opened?: Promise<OpenedModel>;
  #ownGraphs?: string;

  /**
   * @param seams How models are made and opened.
   * @param request What all requests to compress share.
   * @param check Throws when a model cannot translate what it will be asked for.
   */
  constructor(
    private readonly seams: ModelSeams,
    private readonly request: Omit<CompressionRequest, "prepared">,
    private readonly check: (translator: Translator, prepared: PreparedMethod) => void,
  ) {}

  /** The model of a method, opened at the first call. */
  async open(prepared: PreparedMethod): Promise<OpenedModel> {
    if (this.#method !== prepared.method.id) {
      await this.close();
      this.#method = prepared.method.id;
      this.#opened = this.#open(prepared);
    }
    return await this.#opened!;
  }

  /** Closes what is open. */
  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    this.#method = undefined;
    await (await opened?.catch(() => undefined))?.translator.close();
    if (this.#ownGraphs) {
      await removeIfThere(this.#ownGraphs);
    }
    this.#ownGraphs = undefined;
  }

  async #open(prepared: PreparedMethod): Promise<OpenedModel> {
    const { facts, compressionKey } = prepared;
    let folder = this.request.model.folder;
    let compression: RowCompression | null = null;
    if (compressionKey !== null) {
      const compressed = await this.seams.compress({ ...this.request, prepared });
      const { seconds, sparsity } = compressed;
      folder = compressed.folder;
      compression = { key: compressionKey, backend: facts.backend!, seconds, sparsity };
    }
    const { dtype } = this.request.model;
    const bytes = await weightBytes(folder, dtype);
    const graphs = `${this.request.results}/graphs/${facts.sources.translation.slice(0, 16)}`;
    if (bytes.bytesExecuted > (this.seams.large ?? LARGE)) {
      this.#ownGraphs = `${graphs}-${prepared.method.id}`;
    }
    const translator = await this.seams.openTranslator(folder, {
      device: facts.device,
      dtype,
      accuracyLevel: facts.accuracyLevel,
      graphFolder: this.#ownGraphs ?? graphs,
    });
    try {
      this.check(translator, prepared);
      return { translator, compression, ...bytes };
    } catch (error) {
      await translator.close();
      throw error;
    }
  }
}

async function weightBytes(
  folder: string,
  dtype: ModelChoice["dtype"],
): Promise<{ bytes: number; bytesExecuted: number }> {
  const model = await openModel(folder, { dtype });
  try {
    if (isCompressed(model)) {
      return { bytes: model.storedBytes(), bytesExecuted: model.executedBytes() };
    }
    const sizes = model.names().map((name) => model.info(name).byteLength);
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    return { bytes, bytesExecuted: bytes };
  } finally {
    model.close();
  }
}
