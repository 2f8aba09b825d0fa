/**
 * One batch on its way through a session: builds a step's small inputs, keeps the cache and the logits.
 * @module
 */
import { type InferenceSession, Tensor } from "onnxruntime-node";
import { int64 } from "./cache_operations.ts";
import type { DecoderRun } from "./decoder.ts";
import type { KeyValueCache } from "./key_value_cache.ts";

/** Refuses tokens that are not in the vocabulary. */
export function checkTokens(tokens: ArrayLike<number>, vocabularySize: number): void {
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (!Number.isInteger(token) || token < 0 || token >= vocabularySize) {
      throw new RangeError(
        `Cannot decode token ${token}: the vocabulary has ids 0 to ${vocabularySize - 1}`,
      );
    }
  }
}

/** Sizes that stay the same over a run. */
export interface RunLimits {
  /** V. */
  vocabularySize: number;
  /** Positions of the longest row when it has grown as far as it may. */
  most: number;
  /** The most tokens of a prompt that the device gets at once. */
  prefillTogether: number;
}

/** A batch in an ONNX Runtime session. */
export class OnnxDecoderRun implements DecoderRun {
  #memory = new Float32Array(0);
  #logits: Float32Array = this.#memory;
  /** Padding before each row. */
  #pads: number[] = [];
  /** Positions so far, padding included. */
  #length = 0;
  #released = false;

  constructor(
    private readonly model: InferenceSession,
    private readonly cache: KeyValueCache,
    private readonly limits: RunLimits,
    private readonly onRelease: () => void,
  ) {}

  /** See `DecoderRun`. */
  get rows(): number {
    return this.#pads.length;
  }

  /** See `DecoderRun`. */
  get logits(): Float32Array {
    return this.#logits;
  }

  /** Runs the prompts, padded on the left to S tokens: as many together as the device may, the others one by one. */
  async prefill(prompts: readonly (readonly number[])[], S: number): Promise<void> {
    this.#pads = prompts.map((prompt) => S - prompt.length);
    const rows = prompts.map((prompt, r) => [...Array<number>(this.#pads[r]).fill(0), ...prompt]);
    const together = Math.min(S, this.limits.prefillTogether);
    await this.#run(rows.flatMap((row) => row.slice(0, together)), together);
    for (let position = together; position < S; position++) {
      await this.#run(rows.map((row) => row[position]), 1);
    }
  }

  /** See `DecoderRun`. */
  async step(tokens: Int32Array, source: Int32Array): Promise<void> {
    this.#checkStep(tokens, source);
    await this.cache.prepareStep(source);
    this.#pads = Array.from(source, (row) => this.#pads[row]);
    await this.#run([...tokens], 1);
  }

  /** See `DecoderRun`. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.cache.dispose();
    this.onRelease();
  }

  async #run(ids: readonly number[], S: number): Promise<void> {
    const R = this.rows;
    const V = this.limits.vocabularySize;
    this.#length += S;
    if (this.#memory.length < R * V) this.#memory = new Float32Array(R * V);
    const logits = new Tensor("float32", this.#memory.subarray(0, R * V), [R, 1, V]);
    const feeds = { input_ids: int64(ids, [R, S]), attention_mask: this.#mask() };
    this.#logits = await this.cache.run(this.model, feeds, logits, S);
  }

  /** 0 for padding and 1 for tokens, [rows, length]. */
  #mask(): Tensor {
    const T = this.#length;
    const mask = new BigInt64Array(this.rows * T).fill(1n);
    this.#pads.forEach((pad, row) => mask.fill(0n, row * T, row * T + Math.min(pad, T)));
    return new Tensor("int64", mask, [this.rows, T]);
  }

  #checkStep(tokens: Int32Array, source: Int32Array): void {
    if (this.#released) throw new Error("Cannot continue decoding: the run is released");
    if (tokens.length !== source.length || tokens.length === 0) {
      throw new RangeError(
        `Cannot continue decoding with ${tokens.length} tokens and ${source.length} source rows: ` +
          "there must be as many of both, and at least one",
      );
    }
    if (this.#length >= this.limits.most) {
      throw new RangeError(
        "Cannot continue decoding: every row has grown by maxNewTokens already",
      );
    }
    checkTokens(tokens, this.limits.vocabularySize);
    const stray = source.find((row) => row < 0 || row >= this.rows);
    if (stray !== undefined) {
      throw new RangeError(
        `Cannot continue row ${stray}: there are rows 0 to ${this.rows - 1}`,
      );
    }
  }
}
