/**
 * The keys and values of the tokens so far, as tensors that JavaScript only passes on.
 *
 * On the CPU a cache has room for more tokens and a step fills it in place; on a graphics device the model's outputs stay
 * there and become the next step's inputs. Rows are re-ordered, and room is made, by graphs of their own
 * (graph/cache_graph.ts), and only when that changes something.
 * @module
 */
import { type InferenceSession, Tensor } from "onnxruntime-node";
import { cacheGraph } from "./graph/cache_graph.ts";
import { cacheWidth } from "./graph/head_size.ts";
import { type CacheName, cacheNames } from "./graph/names.ts";
import type { LlamaConfig } from "./llama_config.ts";
import type { SessionFactory } from "./session.ts";

type Tensors = Record<string, Tensor>;

/** Positions of room that are made at a time: few enough to re-order cheaply, enough to be rare. */
const ROOM = 16;

/** What all caches of one decoder share. */
export class CacheOperations {
  private constructor(
    readonly names: readonly CacheName[],
    readonly config: LlamaConfig,
    /** Whether a step fills its input tensors in place. */
    readonly inPlace: boolean,
    private readonly reordering: InferenceSession,
    private readonly extending: InferenceSession,
  ) {}

  /** Opens the sessions on the factory's device. */
  static async open(factory: SessionFactory, config: LlamaConfig): Promise<CacheOperations> {
    const names = cacheNames(config.layers);
    const presents = names.map(({ present }) => present);
    const inPlace = factory.facts.device === "cpu";
    const reordering = await factory.open(cacheGraph(config, "reorder"), presents);
    const extending = await factory.open(cacheGraph(config, "extend"), presents);
    return new CacheOperations(names, config, inPlace, reordering, extending);
  }

  /**
   * Tensors with the rows of `past` that `source` names, and `room` more positions, by the names of the outputs.
   * @param targets Tensors to write to, if the device can write to memory that it is given.
   */
  async rearrange(
    past: Tensors,
    source: Int32Array,
    room: number,
    targets?: Tensors,
  ): Promise<Tensors> {
    const session = room > 0 ? this.extending : this.reordering;
    const feeds: Tensors = { ...past, beam_idx: int64([...source], [source.length]) };
    if (room > 0) feeds.room = int64([room], [1]);
    const outputs = targets ? await session.run(feeds, targets) : await session.run(feeds);
    return targets ?? outputs as Tensors;
  }

  /** Frees the sessions. */
  async close(): Promise<void> {
    await this.reordering.release();
    await this.extending.release();
  }
}

/** One batch's keys and values, each tensor [rows, keyValueHeads, capacity, width of a head]. */
export class KeyValueCache {
  #past: Tensors;
  /** On the CPU, the whole memory of the tensors before the last rearrangement, by the names of the inputs. */
  #spare: Record<string, Float32Array> = {};
  #length = 0;
  #capacity = 0;

  /** An empty cache. */
  constructor(private readonly operations: CacheOperations, private rows: number) {
    const { config } = operations;
    const shape = [rows, config.keyValueHeads, 0, cacheWidth(config)];
    this.#past = Object.fromEntries(
      operations.names.map(({ past }) => [past, new Tensor("float32", new Float32Array(0), shape)]),
    );
  }

  /**
   * Makes new row r the old row `source[r]`, with room for one more token where that is needed.
   * @param most The most tokens that a row can ever have, which bounds the room.
   */
  async prepareStep(source: Int32Array, most: number): Promise<void> {
    const unchanged = source.length === this.rows && source.every((old, row) => old === row);
    const full = this.operations.inPlace && this.#length === this.#capacity;
    if (unchanged && !full) return;
    const room = full ? Math.min(ROOM, most - this.#length) : 0;
    const targets = this.operations.inPlace
      ? this.#targets(source.length, this.#capacity + room)
      : undefined;
    this.#adopt(await this.operations.rearrange(this.#past, source, room, targets));
    this.#capacity += room;
    this.rows = source.length;
  }

  /**
   * Runs the model on the cache, which then holds `tokens` more positions.
   * @param logits Where the logits go, if the device can write to memory that it is given.
   * @returns The logits, [rows, V].
   */
  async run(
    model: InferenceSession,
    feeds: Tensors,
    logits: Tensor,
    tokens: number,
  ): Promise<Float32Array> {
    const { names, inPlace } = this.operations;
    const filled = inPlace && this.#length > 0;
    const fetches: Record<string, Tensor | null> = { logits: inPlace ? logits : null };
    for (const { past, present } of names) fetches[present] = filled ? this.#past[past] : null;
    const outputs = await model.run({ ...feeds, ...this.#past }, fetches) as Tensors;
    this.#length += tokens;
    if (!filled) {
      this.#adopt(outputs);
      this.#capacity = this.#length;
    }
    return (inPlace ? logits : outputs.logits).data as Float32Array;
  }

  /** Frees the tensors. */
  dispose(): void {
    for (const tensor of Object.values(this.#past)) tensor.dispose();
    this.#past = {};
    this.#spare = {};
  }

  /** Tensors of that size for a rearrangement, in the memory that the last one left behind if it is large enough. */
  #targets(rows: number, capacity: number): Tensors {
    const { names, config } = this.operations;
    const shape = [rows, config.keyValueHeads, capacity, cacheWidth(config)];
    const size = shape.reduce((a, b) => a * b);
    return Object.fromEntries(names.map(({ present, past }) => {
      const spare = this.#spare[past];
      const memory = spare?.length >= size ? spare.subarray(0, size) : new Float32Array(size);
      return [present, new Tensor("float32", memory, shape)];
    }));
  }

  #adopt(outputs: Tensors): void {
    for (const { past, present } of this.operations.names) {
      const old = this.#past[past];
      if (this.operations.inPlace) {
        this.#spare[past] = new Float32Array((old.data as Float32Array).buffer);
      }
      old.dispose();
      this.#past[past] = outputs[present];
    }
  }
}

/** An int64 tensor of small integers. */
export function int64(values: readonly number[], shape: readonly number[]): Tensor {
  return new Tensor("int64", BigInt64Array.from(values, BigInt), shape);
}
