/**
 * What `compressModel` is told.
 * @module
 */
import type { Backend, BackendName } from "../../kernels/backend.ts";
import type { Checkpoint } from "../checkpoint.ts";
import type { StatesPlace } from "./states_place.ts";
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

/**
 * What is done with a layer: its weights are read, statistics are gathered, a linear layer is compressed, its output error is measured,
 * the layer is written, the samples' states are taken through it.
 */
export type Activity = "read" | "gather" | "compress" | "judge" | "write" | "advance";

/** What a compression is doing. */
export interface CompressionActivity {
  /** The decoder layer in work, from 0. */
  readonly layer: number;
  /** Decoder layers in all. */
  readonly layers: number;
  /** What is done with it. */
  readonly activity: Activity;
  /** Batches of samples that are done, while statistics are gathered or states are taken on. */
  readonly done?: number;
  /** Batches in all. */
  readonly total?: number;
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
   * What computes the steps and gathers statistics: a backend's name, or a backend, which stays open.
   * @default {"wasm"}
   */
  readonly backend?: BackendName | Backend;
  /**
   * Threads of ONNX Runtime, which runs the layers on the CPU, and of a backend that is opened by its name.
   * @default {`defaultThreads()`}
   */
  readonly threads?: number;
  /**
   * Where the calibration samples' states are between two layers. Each has a float32 for every token and hidden channel: 512 sentences
   * through ALMA-7B take about 1 GB. The result is the same.
   * @default {"memory" up to 1 GB of states, else "disk"}
   */
  readonly states?: StatesPlace;
  /**
   * Pads every sample behind its embedding with zero vectors to so many tokens, as the study's code did for Wanda and DSnoT with 2048:
   * padding counts as tokens, and all samples look at what the last sample's padded mask lets it look at, from its positions. It
   * takes as many times the work as the samples become longer. Without it, nothing is padded.
   */
  readonly paddedTo?: number;
  /** Is told where the work is. */
  readonly onProgress?: (progress: CompressionProgress) => void;
  /** Is told what is being done, batch by batch. */
  readonly onActivity?: (activity: CompressionActivity) => void;
  /** Is told what happened that should not be missed, in a sentence. */
  readonly onNotice?: (sentence: string) => void;
  /** Stops the work between two linear layers or batches; layers that are complete stay on disk. */
  readonly signal?: AbortSignal;
}
