/**
 * The keys and values of the tokens so far, as tensors that JavaScript only passes on.
 *
 * On the CPU a cache has room for more tokens and a step fills it in place; on a graphics device the model's outputs stay
 * there and become the next step's inputs. Rows are re-ordered, and room is made, by graphs of their own
 * (graph/cache_graph.ts), and only when that changes something.
 * @module
 */
import { type InferenceSession, Tensor } from "onnxruntime-node";
import { layersTogether } from "./decoding_memory.ts";
import { cacheGraph } from "./graph/cache_graph.ts";
import { cacheWidth } from "./graph/head_size.ts";
import { type CacheName, cacheNames } from "./graph/names.ts";
import type { LlamaConfig } from "./llama_config.ts";
import { freeCopy, keepFreedMemory } from "./output_copies.ts";
import type { SessionFactory } from "./session.ts";

type Tensors = Record<string, Tensor>;

/** Positions of room that are made at a time: few enough to re-order cheaply, enough to be rare. */
const ROOM = 16;

/** What all caches of one decoder share. */
export class CacheOperations {
  private constructor(
    readonly names: readonly CacheName[],
    /** Names in the graphs that re-order, which take a few layers at a time. */
    readonly together: readonly CacheName[],
    readonly config: LlamaConfig,
    /** Whether a step fills its input tensors in place. */
    readonly inPlace: boolean,
    private readonly reordering: InferenceSession,
    private readonly extending: InferenceSession,
  ) {}

  /** Opens the sessions on the factory's device. */
  static async open(factory: SessionFactory, config: LlamaConfig): Promise<CacheOperations> {
    const layers = layersTogether(config.layers);
    const together = cacheNames(layers);
    const presents = together.map(({ present }) => present);
    const inPlace = factory.facts.device === "cpu";
    if (inPlace) keepFreedMemory();
    const shape = { ...config, layers };
    const reordering = await factory.open(cacheGraph(shape, "reorder"), presents);
    const extending = await factory.open(cacheGraph(shape, "extend"), presents);
    const names = cacheNames(config.layers);
    return new CacheOperations(names, together, config, inPlace, reordering, extending);
  }

  /**
   * Tensors with the rows of `past` that `source` names, and `room` more positions.
   * @param past As many tensors as `together` has names.
   * @param targets Tensors to write to, if the device can write to memory that it is given.
   */
  async rearrange(
    past: readonly Tensor[],
    source: Int32Array,
    room: number,
    targets?: readonly Tensor[],
  ): Promise<readonly Tensor[]> {
    const { together } = this;
    const session = room > 0 ? this.extending : this.reordering;
    const feeds: Tensors = { beam_idx: int64([...source], [source.length]) };
    together.forEach(({ past: name }, i) => feeds[name] = past[i]);
    if (room > 0) feeds.room = int64([room], [1]);
    if (targets) {
      const fetches = together.map(({ present }, i) => [present, targets[i]] as const);
      const copies = await session.run(feeds, Object.fromEntries(fetches)) as Tensors;
      together.forEach(({ present }, i) => freeCopy(copies[present], targets[i]));
      return targets;
    }
    const outputs = await session.run(feeds) as Tensors;
    return together.map(({ present }) => outputs[present]);
  }

  /** Frees the sessions. */
  async close(): Promise<void> {
    await this.reordering.release();
    await this.extending.release();
  }
}

/** One batch's keys and values, each tensor [rows, keyValueHeads, capacity, width of a head]. */
export class KeyValueCache {
  /** In the order of the operations' names. */
  #past: Tensor[];
  /** On the CPU, the whole memory of tensors that the last rearrangements left behind. */
  #spare: Float32Array[] = [];
  #length = 0;
  #capacity = 0;

  /**
   * An empty cache.
   * @param most The most tokens that a row can ever have, which bounds the room.
   */
  constructor(
    private readonly operations: CacheOperations,
    private rows: number,
    private readonly most: number,
  ) {
    const shape = this.#shape(rows, 0);
    this.#past = operations.names.map(() => new Tensor("float32", new Float32Array(0), shape));
  }

  /** Makes new row r the old row `source[r]`, with room for one more token where that is needed. */
  async prepareStep(source: Int32Array): Promise<void> {
    const { inPlace, together } = this.operations;
    const unchanged = source.length === this.rows && source.every((old, row) => old === row);
    const full = inPlace && this.#length === this.#capacity;
    if (unchanged && !full) return;
    const room = full ? Math.min(ROOM, this.most - this.#length) : 0;
    this.#capacity += room;
    this.rows = source.length;
    for (let at = 0; at < this.#past.length; at += together.length) {
      const past = this.#past.slice(at, at + together.length);
      const targets = inPlace ? past.map(() => this.#target()) : undefined;
      const moved = await this.operations.rearrange(past, source, room, targets);
      moved.forEach((tensor, i) => this.#replace(at + i, tensor));
    }
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
    const first = this.#length === 0;
    if (first && inPlace) this.#capacity = tokens;
    const targets = inPlace ? first ? names.map(() => this.#target()) : this.#past : undefined;
    const inputs: Tensors = { ...feeds };
    const fetches: Record<string, Tensor | null> = { logits: inPlace ? logits : null };
    names.forEach(({ past, present }, i) => {
      inputs[past] = this.#past[i];
      fetches[present] = targets?.[i] ?? null;
    });
    const outputs = await model.run(inputs, fetches) as Tensors;
    this.#length += tokens;
    if (targets) {
      names.forEach(({ present }, i) => freeCopy(outputs[present], targets[i]));
      freeCopy(outputs.logits, logits);
    }
    if (first || !inPlace) {
      names.forEach(({ present }, i) => this.#replace(i, targets?.[i] ?? outputs[present]));
    }
    return (inPlace ? logits : outputs.logits).data as Float32Array;
  }

  /** Frees the tensors. */
  dispose(): void {
    for (const tensor of this.#past) tensor.dispose();
    this.#past = [];
    this.#spare = [];
  }

  #shape(rows: number, capacity: number): number[] {
    const { config } = this.operations;
    return [rows, config.keyValueHeads, capacity, cacheWidth(config)];
  }

  /**
   * A tensor of the cache's size now, in memory that a rearrangement left behind if it is large enough. New memory is as large as it may
   * ever have to be: what is not written to takes no room, and it need not be made again.
   */
  #target(): Tensor {
    const shape = this.#shape(this.rows, this.#capacity);
    const size = product(shape);
    const spare = this.#spare.pop();
    const memory = spare && spare.length >= size
      ? spare
      : new Float32Array(product(this.#shape(this.rows, this.most)));
    return new Tensor("float32", memory.subarray(0, size), shape);
  }

  #replace(at: number, tensor: Tensor): void {
    const old = this.#past[at];
    if (this.operations.inPlace) {
      const { buffer } = old.data as Float32Array;
      if (buffer.byteLength > 0) this.#spare.push(new Float32Array(buffer));
    }
    old.dispose();
    this.#past[at] = tensor;
  }
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((a, b) => a * b);
}

/** An int64 tensor of small integers. */
export function int64(values: readonly number[], shape: readonly number[]): Tensor {
  return new Tensor("int64", BigInt64Array.from(values, BigInt), shape);
}
