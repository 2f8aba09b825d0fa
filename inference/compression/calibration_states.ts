/**
 * The calibration samples on their way through the model: their states before the layer that is next, in batches, in memory or on disk.
 *
 * Each batch has a file that says which layer its states are before, and that is replaced whole when they are taken through a layer.
 * A process that is killed so loses the work on one batch, and disk use does not grow. In memory, the files are written
 * after each layer, so that going on needs no way through the layers that are complete; they are not needed: without them, states are
 * computed again from the embedding, and are the same.
 * @module
 */
import { removeIfThere } from "../files.ts";
import type { Checkpoint } from "../checkpoint.ts";
import { release, releaseUnless } from "../release.ts";
import { openSafetensors } from "../safetensors.ts";
import { writeSafetensors } from "../safetensors_writer.ts";
import type { FlowValues } from "./layer_runner.ts";
import {
  batchSamples,
  type BatchShape,
  batchShape,
  embedBatch,
  type TokenSequence,
} from "./states.ts";
import type { StatesPlace } from "./states_place.ts";

/** What opening states needs. */
export interface StatesRequest {
  /** The model. */
  readonly source: Checkpoint;
  /** The samples. */
  readonly samples: readonly TokenSequence[];
  /** The folder of the compressed model, which holds the files meanwhile. */
  readonly folder: string;
  /** Where states are. */
  readonly place: StatesPlace;
  /** Tokens to which each sample is padded with zero vectors. */
  readonly paddedTo?: number;
  /** Layers that are complete; states behind a later one are of no use. */
  readonly done: number;
}

const FOLDER = "calibration-states";
const LAYER = "layer";
const STATES = "states";

/** What is kept of a layer that is half computed. */
type Kept = "inputs1" | "sum";

/** States of all samples. */
export class CalibrationStates {
  readonly #layers: number[];
  readonly #held: FlowValues[];

  private constructor(
    private readonly folder: string,
    private readonly place: StatesPlace,
    /** The batches' shapes. */
    readonly shapes: readonly BatchShape[],
  ) {
    this.#layers = shapes.map(() => 0);
    this.#held = shapes.map(() => ({}));
  }

  /** Opens the states that an earlier process left, and embeds the samples that it left none of. */
  static async open(request: StatesRequest): Promise<CalibrationStates> {
    const { samples, paddedTo, place, done } = request;
    const batches = batchSamples(samples, paddedTo);
    const shapes = batches.map((batch) => batchShape(batch, paddedTo));
    const states = new CalibrationStates(`${request.folder}/${FOLDER}`, place, shapes);
    await Deno.mkdir(states.folder, { recursive: true });
    const H = request.source.config.hiddenSize;
    const fresh: number[] = [];
    for (const [i, { lengths, longest }] of shapes.entries()) {
      const found = await states.#readFile(i, lengths.length * longest * H);
      if (found === undefined || found.layer > done) fresh.push(i);
      else await states.#set(i, found.layer, found.values, false);
    }
    if (fresh.length === 0) return states;
    const embedding = await request.source.tensor("model.embed_tokens.weight");
    for (const i of fresh) {
      const values = embedBatch(embedding, H, batches[i], shapes[i]);
      await states.#set(i, 0, values, place === "disk");
      states.release(i, { states: values });
    }
    release(embedding);
    return states;
  }

  /** The layer that a batch's states are before. */
  layer(i: number): number {
    return this.#layers[i];
  }

  /** What is known of a batch: its states, perhaps with `inputs1`; or `sum` alone. */
  async read(i: number): Promise<FlowValues> {
    if (this.place === "memory") return this.#held[i];
    const { sum, inputs1 } = this.#held[i];
    if (sum) return { sum: await this.#readKept(i, "sum") };
    const { values } = (await this.#readFile(i))!;
    return { states: values, ...(inputs1 && { inputs1: await this.#readKept(i, "inputs1") }) };
  }

  /** Keeps a value that more of the layer can be computed from; with `sum`, nothing else of the batch is needed. */
  async keep(i: number, name: Kept, values: Float32Array): Promise<void> {
    if (this.place === "memory") {
      if (name === "sum") this.#hold(i, { sum: values });
      else this.#held[i][name] = values;
      return;
    }
    await Deno.writeFile(this.#keptPath(i, name), bytesOf(values));
    if (name === "sum") await this.#removeKept(i, "inputs1");
    this.#held[i] = { [name]: new Float32Array(0) };
  }

  /** Frees values of a batch that are no longer needed: all but those that are held here. */
  release(i: number, values: FlowValues): void {
    releaseUnless(Object.values(this.#held[i]), ...Object.values(values));
  }

  /** Takes a batch's states to the next layer. */
  async advance(i: number, next: Float32Array): Promise<void> {
    await this.#removeKept(i, "sum");
    await this.#set(i, this.#layers[i] + 1, next, true);
  }

  #hold(i: number, values: FlowValues): void {
    const before = this.#held[i];
    this.#held[i] = values;
    this.release(i, before);
  }

  async #set(i: number, layer: number, values: Float32Array, write: boolean): Promise<void> {
    this.#layers[i] = layer;
    if (this.place === "memory") this.#hold(i, { states: values });
    else this.#held[i] = {};
    if (!write) return;
    const bytes = () => bytesOf(values);
    const tensors = new Map([[STATES, { dtype: "F32", shape: [values.length], bytes }]]);
    await writeSafetensors(this.#path(i), tensors, { [LAYER]: String(layer) });
  }

  /** The states of a batch's file; nothing when there is no file, or one of another number of values. */
  async #readFile(
    i: number,
    length?: number,
  ): Promise<{ layer: number; values: Float32Array } | undefined> {
    const file = await openSafetensors(this.#path(i)).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    });
    if (file === undefined) return undefined;
    try {
      const size = file.tensors.get(STATES)?.shape[0];
      if (length !== undefined && size !== length) return undefined;
      const values = new Float32Array((await file.bytes(STATES)).buffer);
      return { layer: Number(file.metadata[LAYER]), values };
    } finally {
      file.close();
    }
  }

  #path(i: number): string {
    return `${this.folder}/${String(i).padStart(5, "0")}.safetensors`;
  }

  #keptPath(i: number, name: Kept): string {
    return `${this.folder}/${String(i).padStart(5, "0")}.${name}`;
  }

  async #readKept(i: number, name: Kept): Promise<Float32Array> {
    return new Float32Array((await Deno.readFile(this.#keptPath(i, name))).buffer);
  }

  async #removeKept(i: number, name: Kept): Promise<void> {
    if (this.place === "disk" && this.#held[i][name]) await Deno.remove(this.#keptPath(i, name));
  }
}

/** Removes what is left of a folder's calibration states. */
export async function forgetStates(folder: string): Promise<void> {
  await removeIfThere(`${folder}/${FOLDER}`);
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
