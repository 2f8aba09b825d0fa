/**
 * The decoder that runs a graph of `writeLlamaGraph()` in ONNX Runtime.
 * @module
 */
import type { InferenceSession } from "onnxruntime-node";
import { CacheOperations } from "./cache_operations.ts";
import type { Decoder, DecoderRun, DecoderStartOptions } from "./decoder.ts";
import type { Device, DeviceFacts } from "./devices.ts";
import { checkDecodingMemory, decodingBytes, type DecodingSize } from "./decoding_memory.ts";
import { cacheNames } from "./graph/names.ts";
import { newPositions } from "./graph/new_positions.ts";
import { KeyValueCache } from "./key_value_cache.ts";
import type { LlamaConfig } from "./llama_config.ts";
import { checkTokens, OnnxDecoderRun } from "./onnx_decoder_run.ts";
import { SessionFactory, type SessionOptions } from "./session.ts";

/** A decoder that holds a session. Close it when it is no longer needed. */
export interface OnnxDecoder extends Decoder {
  /** What the session runs on. */
  readonly facts: DeviceFacts;
  /** Releases all runs and the session. A second call does nothing. */
  close(): Promise<void>;
}

/** How a decoder is opened. */
export interface OnnxDecoderOptions extends SessionOptions {
  /**
   * Bytes that keys and values may take on the CPU. Unless given, it is what is free when decoding starts, and what takes less than 1 GiB
   * is started without asking.
   */
  memoryBytes?: number;
}

/** Decoding that takes less is started without asking the system what is free. */
const SMALL = 2 ** 30;

/**
 * Opens a graph for decoding.
 *
 * @param modelPath Path of a `model.onnx` that `writeLlamaGraph()` wrote, its data beside it.
 * @param config The config of the same model.
 * @param options Device, threads and memory.
 * @returns The decoder; the caller closes it.
 * @throws {Error} If the device is not there, or the graph cannot be loaded.
 * @throws {RangeError} If the number of threads is not positive.
 */
export async function openDecoder(
  modelPath: string,
  config: LlamaConfig,
  options: OnnxDecoderOptions,
): Promise<OnnxDecoder> {
  const factory = await SessionFactory.create(options);
  const presents = cacheNames(config.layers).map(({ present }) => present);
  const addition = options.device === "cpu" ? newPositions(config) : undefined;
  const model = await factory.open(modelPath, presents, addition);
  try {
    const operations = await CacheOperations.open(factory, config);
    return new SessionDecoder(model, operations, config, factory.facts, options.memoryBytes);
  } catch (error) {
    await model.release();
    throw error;
  }
}

/**
 * The most tokens of a prompt that a device gets at once. From 32 tokens on, ONNX Runtime 1.30's WebGPU provider takes
 * another attention kernel, whose logits were wrong by more than 1 on the one adapter at hand (SwiftShader); up to 31
 * they agree with the float64 oracle.
 */
const PREFILL_TOGETHER: Readonly<Record<Device, number>> = { cpu: Infinity, webgpu: 31 };

class SessionDecoder implements OnnxDecoder {
  readonly vocabularySize: number;
  readonly maxPositions: number;
  readonly #runs = new Set<OnnxDecoderRun>();
  #closed = false;

  constructor(
    private readonly model: InferenceSession,
    private readonly operations: CacheOperations,
    private readonly config: LlamaConfig,
    readonly facts: DeviceFacts,
    private readonly memoryBytes?: number,
  ) {
    this.vocabularySize = config.vocabularySize;
    this.maxPositions = config.maxPositions;
  }

  async start(
    prompts: readonly (readonly number[])[],
    options: DecoderStartOptions,
  ): Promise<DecoderRun> {
    if (this.#closed) throw new Error("Cannot start decoding: the decoder is closed");
    const { maxNewTokens, beams = 1 } = options;
    this.#check(prompts, maxNewTokens);
    const S = prompts.reduce((longest, { length }) => Math.max(longest, length), 0);
    this.#checkMemory({ prompts: prompts.length, beams, longest: S, maxNewTokens });
    const most = S + maxNewTokens;
    const run = new OnnxDecoderRun(
      this.model,
      new KeyValueCache(this.operations, prompts.length, most),
      {
        vocabularySize: this.vocabularySize,
        most,
        prefillTogether: PREFILL_TOGETHER[this.facts.device],
      },
      () => this.#runs.delete(run),
    );
    this.#runs.add(run);
    try {
      await run.prefill(prompts, S);
    } catch (error) {
      run.release();
      throw error;
    }
    return run;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const run of this.#runs) run.release();
    await this.operations.close();
    await this.model.release();
  }

  #checkMemory(size: DecodingSize): void {
    if (this.facts.device !== "cpu") return;
    const { memoryBytes } = this;
    if (memoryBytes === undefined && decodingBytes(this.config, size) < SMALL) return;
    checkDecodingMemory(this.config, size, memoryBytes ?? Deno.systemMemoryInfo().available);
  }

  #check(prompts: readonly (readonly number[])[], maxNewTokens: number): void {
    if (prompts.length === 0) {
      throw new RangeError("Cannot start decoding: there must be at least one prompt");
    }
    if (!Number.isInteger(maxNewTokens) || maxNewTokens < 0) {
      throw new RangeError(
        `Cannot start decoding with maxNewTokens ${maxNewTokens}: it must be an integer of at least 0`,
      );
    }
    prompts.forEach((prompt, row) => {
      if (prompt.length === 0) {
        throw new RangeError(`Cannot start decoding: prompt ${row} has no token`);
      }
      if (prompt.length + maxNewTokens > this.maxPositions) {
        throw new RangeError(
          `Cannot start decoding: prompt ${row} has ${prompt.length} tokens and may grow by ${maxNewTokens}, ` +
            `but the model has only ${this.maxPositions} positions`,
        );
      }
      checkTokens(prompt, this.vocabularySize);
    });
  }
}
