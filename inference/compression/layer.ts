/**
 * One decoder layer while it is being compressed: its weights as they are now, and in which form they are to be stored.
 * @module
 */
import { dequantize } from "../../kernels/dequantize.ts";
import { type Matrix, matrix } from "../../kernels/matrix.ts";
import { sparseMask } from "../../kernels/sparse.ts";
import type { StoredWeight } from "../../kernels/stored_weight.ts";
import type { Checkpoint } from "../checkpoint.ts";
import { asStored } from "../compressed/encode.ts";
import type { LayerContent } from "../compressed/layer_file.ts";
import { isFloatDtype } from "../float_values.ts";
import type { JsonObject } from "../json_value.ts";
import { release, releaseUnless } from "../release.ts";
import { layerShapes } from "./layer_graph.ts";
import type { LayerWeights } from "./layer_runner.ts";

/** A linear layer in work. */
export interface LinearState {
  /** Its name in the decoder layer, such as `"mlp.up_proj"`. */
  readonly name: string;
  /** The weight that stays in use until something is stored: the source's, smoothed if a step does that. */
  readonly dense: Matrix;
  /** The weight now. */
  readonly weight: Matrix;
  /** The weight now, with what was pruned. */
  readonly unpruned: Matrix;
  /** What is pruned, 1 = kept. */
  readonly mask?: Uint8Array;
  /** The form in which it is to be stored; without one it stays as the source has it. */
  readonly stored?: StoredWeight;
}

/** A decoder layer of a checkpoint, to be changed step by step. */
export class LayerInWork implements LayerWeights {
  readonly #norms = new Map<string, Float32Array>();
  readonly #changedNorms = new Set<string>();
  readonly #linears = new Map<string, LinearState>();

  private constructor(
    private readonly source: Checkpoint,
    /** Which layer, from 0. */
    readonly layer: number,
  ) {}

  /** Reads the layer's weights. */
  static async read(source: Checkpoint, layer: number): Promise<LayerInWork> {
    const work = new LayerInWork(source, layer);
    for (const [name, shape] of layerShapes(source.config)) {
      const values = await source.tensor(work.tensor(name));
      if (shape.length === 1) work.#norms.set(name, values);
      else {
        const weight = matrix(shape[0], shape[1], values);
        work.#linears.set(name, { name, dense: weight, weight, unpruned: weight });
      }
    }
    return work;
  }

  /** Reads the layer with weights that were stored before. */
  static async restore(
    source: Checkpoint,
    layer: number,
    content: LayerContent,
  ): Promise<LayerInWork> {
    const work = await LayerInWork.read(source, layer);
    for (const name of work.#norms.keys()) {
      const norm = content.norms.get(work.tensor(name));
      if (norm) work.#norms.set(name, norm);
    }
    for (const name of work.#linears.keys()) {
      const stored = content.linears.get(work.tensor(name));
      if (stored) work.store(name, stored);
      work.finish(name);
    }
    return work;
  }

  /** Name of the checkpoint's tensor of a norm or linear layer. */
  tensor(name: string): string {
    return `model.layers.${this.layer}.${name}.weight`;
  }

  /** Weights of the norms now. */
  get norms(): ReadonlyMap<string, Float32Array> {
    return this.#norms;
  }

  /** Weights of the linear layers now. */
  get linears(): ReadonlyMap<string, Matrix> {
    return new Map([...this.#linears].map(([name, { weight }]) => [name, weight]));
  }

  /** All linear layers. */
  states(): LinearState[] {
    return [...this.#linears.values()];
  }

  /** A linear layer. */
  state(name: string): LinearState {
    return this.#linears.get(name)!;
  }

  /**
   * Stores a linear layer; its weight goes on as it reads back from disk.
   * @param again Whether it is going to be stored in another form, so that this one need not be kept.
   */
  store(name: string, weight: StoredWeight, again = false): void {
    const before = this.state(name);
    const { rows, columns } = before.weight;
    if (weight.rows !== rows || weight.columns !== columns) {
      throw new RangeError(
        `Cannot store ${
          this.tensor(name)
        } [${rows}, ${columns}] as [${weight.rows}, ${weight.columns}]: ` +
          "a method must keep the shape",
      );
    }
    const stored = this.#asStored(name, weight);
    const now = dequantize(stored);
    const pruned = stored.kind === "sparse"
      ? { unpruned: before.unpruned, mask: sparseMask(stored) }
      : { unpruned: now, mask: undefined };
    const kept = again ? undefined : stored;
    const state = { name, dense: before.dense, weight: now, ...pruned, stored: kept };
    this.#linears.set(name, state);
    const used = [state.dense.data, state.unpruned.data, ...usedArrays(now, kept)];
    releaseUnless(used, before.weight.data, before.unpruned.data);
  }

  /** Frees a linear layer's weights as they were before, because it is not going to be changed any more. */
  finish(name: string): void {
    const { dense, unpruned, weight, stored } = this.state(name);
    const used = usedArrays(weight, stored);
    releaseUnless(used, dense.data, unpruned.data);
    this.#linears.set(name, { name, dense: weight, weight, unpruned: weight, stored });
  }

  /** Frees all weights; the layer cannot be used afterwards. */
  release(): void {
    for (const { dense, unpruned, weight, stored } of this.states()) {
      release(dense.data, unpruned.data, ...usedArrays(weight, stored));
    }
  }

  /** Changes a norm and the linear layers behind it, which are not stored yet. */
  smooth(norm: string, values: Float32Array, weights: ReadonlyMap<string, Matrix>): void {
    this.#norms.set(norm, values);
    this.#changedNorms.add(norm);
    for (const [name, weight] of weights) {
      const stored: StoredWeight = { kind: "dense", ...weight };
      this.#linears.set(name, { name, dense: weight, weight, unpruned: weight, stored });
    }
  }

  /**
   * Rounds what is still dense to what is stored of it.
   * @throws {RangeError} if a value is too large for the source's dtype.
   */
  settle(): void {
    for (const { name, stored } of this.states()) {
      if (stored?.kind !== "dense") continue;
      try {
        this.store(name, stored);
      } catch (cause) {
        if (!(cause instanceof RangeError)) throw cause;
        throw new RangeError(`Cannot store ${this.tensor(name)}: ${cause.message}`, { cause });
      }
    }
  }

  /** The layer as it is written. */
  content(facts: JsonObject): LayerContent {
    const stored = this.states().flatMap((state) =>
      state.stored ? [[state.name, state.stored] as const] : []
    );
    const named = <T>(entries: Iterable<readonly [string, T]>): Map<string, T> =>
      new Map([...entries].map(([name, value]) => [this.tensor(name), value]));
    const norms = [...this.#changedNorms].map((name) => [name, this.#norms.get(name)!] as const);
    return { linears: named(stored), norms: named(norms), facts };
  }

  #asStored(name: string, weight: StoredWeight): StoredWeight {
    const { dtype } = this.source.info(this.tensor(name));
    if (!isFloatDtype(dtype)) {
      throw new TypeError(
        `Cannot store ${this.tensor(name)} in ${dtype}: it must be a float dtype`,
      );
    }
    return asStored(weight, dtype);
  }
}

/** The arrays of a weight, dense and as it is stored. */
function usedArrays(weight: Matrix, stored: StoredWeight | undefined): ArrayBufferView[] {
  return [weight.data, ...(stored ? Object.values(stored).filter(ArrayBuffer.isView) : [])];
}
