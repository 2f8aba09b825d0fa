/**
 * Work on key-value caches as a whole: rows re-ordered, room made. It is done by small graphs without weights (graph/cache_graph.ts).
 * @module
 */
import { type InferenceSession, Tensor } from "onnxruntime-node";
import { layersTogether } from "./decoding_memory.ts";
import { cacheGraph } from "./graph/cache_graph.ts";
import { type CacheName, cacheNames } from "./graph/names.ts";
import type { LlamaConfig } from "./llama_config.ts";
import { freeCopy, keepFreedMemory } from "./output_copies.ts";
import type { SessionFactory } from "./session.ts";

/** Tensors by the names of a graph's inputs or outputs. */
export type Tensors = Record<string, Tensor>;

/** What all caches of one decoder share. */
export class CacheOperations {
  private constructor(
    readonly names: readonly CacheName[],
    /** Names in the graphs that re-order, which take a few layers at a time. */
    readonly together: readonly CacheName[],
    readonly config: LlamaConfig,
    /** Whether the cache lies in JavaScript's memory. */
    readonly inMemory: boolean,
    private readonly reordering: InferenceSession,
    private readonly extending: InferenceSession,
  ) {}

  /** Opens the sessions on the factory's device. */
  static async open(factory: SessionFactory, config: LlamaConfig): Promise<CacheOperations> {
    const layers = layersTogether(config.layers);
    const together = cacheNames(layers);
    const presents = together.map(({ present }) => present);
    const inMemory = factory.facts.device === "cpu";
    if (inMemory) keepFreedMemory();
    const shape = { ...config, layers };
    const reordering = await factory.open(cacheGraph(shape, "reorder"), presents);
    const extending = await factory.open(cacheGraph(shape, "extend"), presents);
    const names = cacheNames(config.layers);
    return new CacheOperations(names, together, config, inMemory, reordering, extending);
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

/** An int64 tensor of small integers. */
export function int64(values: readonly number[], shape: readonly number[]): Tensor {
  return new Tensor("int64", BigInt64Array.from(values, BigInt), shape);
}
