/**
 * The keys and values of the tokens so far.
 *
 * On the CPU a cache has room for more tokens, and a step gives the keys and values of its own position alone
 * (graph/new_positions.ts); on a graphics device the model's outputs stay there and become the next step's inputs. Rows are
 * re-ordered, and room is made, by graphs of their own (cache_operations.ts), and only when that changes something.
 * @module
 */
import { type InferenceSession, Tensor } from "onnxruntime-node";
import { type CacheOperations, int64, type Tensors } from "./cache_operations.ts";
import { cacheWidth } from "./graph/head_size.ts";
import { CACHE_POSITION, NEW_POSITIONS } from "./graph/new_positions.ts";
import { freeCopy } from "./output_copies.ts";

/** Positions of room that are made at a time: few enough to re-order cheaply, enough to be rare. */
const ROOM = 16;

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
    const { inMemory, together } = this.operations;
    const unchanged = source.length === this.rows && source.every((old, row) => old === row);
    const full = inMemory && this.#length === this.#capacity;
    if (unchanged && !full) return;
    const room = full ? Math.min(ROOM, this.most - this.#length) : 0;
    this.#capacity += room;
    this.rows = source.length;
    for (let at = 0; at < this.#past.length; at += together.length) {
      const past = this.#past.slice(at, at + together.length);
      const targets = inMemory ? past.map(() => this.#target()) : undefined;
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
    this.#length += tokens;
    if (!this.operations.inMemory) return await this.#runOnDevice(model, feeds);
    const inputs = { ...feeds, [CACHE_POSITION]: int64([this.#length - 1], []) };
    if (this.#length === tokens) await this.#fill(model, inputs, logits);
    else await this.#append(model, inputs, logits);
    return logits.data as Float32Array;
  }

  /** Runs the first tokens, whose keys and values are all of the cache. */
  async #fill(model: InferenceSession, feeds: Tensors, logits: Tensor): Promise<void> {
    const { names } = this.operations;
    this.#capacity = this.#length;
    const targets = names.map(() => this.#target());
    const fetches: Tensors = { logits };
    names.forEach(({ present }, i) => fetches[present] = targets[i]);
    const outputs = await model.run(this.#with(feeds), fetches) as Tensors;
    names.forEach(({ present }, i) => {
      freeCopy(outputs[present], targets[i]);
      this.#replace(i, targets[i]);
    });
    freeCopy(outputs.logits, logits);
  }

  /** Runs one token more, and puts its keys and values where the cache has room for them. */
  async #append(model: InferenceSession, feeds: Tensors, logits: Tensor): Promise<void> {
    const { config } = this.operations;
    const fetches = { logits, [NEW_POSITIONS]: null };
    const outputs = await model.run(this.#with(feeds), fetches) as Tensors;
    freeCopy(outputs.logits, logits);
    const added = outputs[NEW_POSITIONS].data as Float32Array;
    const [H, W, C] = [config.keyValueHeads, cacheWidth(config), this.#capacity];
    let from = 0;
    for (let row = 0; row < this.rows; row++) {
      for (const tensor of this.#past) {
        const target = tensor.data as Float32Array;
        for (let head = 0; head < H; head++, from += W) {
          const at = ((row * H + head) * C + this.#length - 1) * W;
          target.set(added.subarray(from, from + W), at);
        }
      }
    }
  }

  async #runOnDevice(model: InferenceSession, feeds: Tensors): Promise<Float32Array> {
    const outputs = await model.run(this.#with(feeds)) as Tensors;
    this.operations.names.forEach(({ present }, i) => this.#replace(i, outputs[present]));
    return outputs.logits.data as Float32Array;
  }

  /** The feeds, and the cache so far. */
  #with(feeds: Tensors): Tensors {
    const inputs = { ...feeds };
    this.operations.names.forEach(({ past }, i) => inputs[past] = this.#past[i]);
    return inputs;
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
    if (this.operations.inMemory) {
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
