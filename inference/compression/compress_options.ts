/**
 * What `compressModel` is told.
 * @module
 */
import type { Checkpoint } from "../checkpoint.ts";
import type { Backend } from "./gptq_backend.ts";
import type { Method } from "./method.ts";
import type { TokenSequence } from "./states.ts";
import type { Step } from "./step.ts";

/** Where a compression is. */
export interface CompressionProgress {
  /** The decoder layer in work, from 0. */
  readonly layer: number;
  /** Decoder layers in all. */
  readonly layers: number;
  /** Kind of the step. */
  readonly step: string;
  /** The linear layer in work, such as `"mlp.up_proj"`; absent while statistics are gathered. */
  readonly linear?: string;
}

/** What is compressed, and how. */
export interface CompressOptions {
  /** The model; it stays open. */
  readonly source: Checkpoint;
  /** The steps, in order. Without any, the model is copied as it is. */
  readonly steps: readonly Step[];
  /**
   * What steps may ask for: give `[...METHODS, mine]` to add a method.
   * @default {METHODS}
   */
  readonly methods?: readonly Method[];
  /** Token ids of the calibration samples, in their order; `calibrationSequences` makes them. Not needed where no step needs statistics. */
  readonly calibration?: readonly TokenSequence[];
  /** Where the compressed model goes; an unfinished one of the same choices is gone on with. */
  readonly folder: string;
  /**
   * What computes GPTQ.
   * @default {"wasm"}
   */
  readonly backend?: Backend;
  /**
   * Threads of ONNX Runtime, which runs the layers on the CPU.
   * @default {`defaultThreads()`}
   */
  readonly threads?: number;
  /** Is told where the work is. */
  readonly onProgress?: (progress: CompressionProgress) => void;
  /** Is told what happened that should not be missed, in a sentence. */
  readonly onNotice?: (sentence: string) => void;
  /** Stops the work between two linear layers or batches; layers that are complete stay on disk. */
  readonly signal?: AbortSignal;
}
