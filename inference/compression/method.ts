/**
 * What a compression method is: which statistics it needs, and a pure function of weights, statistics and options. The built-in
 * methods use this interface and nothing else; one written elsewhere is passed to `compressModel` beside them.
 * @module
 */
import type { Citation } from "../../data/citations.ts";
import type { Backend, InputStatistics, StatisticKind } from "../../kernels/backend.ts";
import type { GptqResult } from "../../kernels/gptq.ts";
import type { GptqOptions } from "../../kernels/gptq_options.ts";
import type { Matrix } from "../../kernels/matrix.ts";
import type { StoredWeight } from "../../kernels/stored_weight.ts";
import type { Step } from "./step.ts";

/**
 * Statistics of the inputs of a linear layer; those that a method needs are there. Layers with the same inputs share one object. Second
 * moments take 0.5 GB for 11,008 channels, so that their memory is freed behind the last step: what is to be kept must be copied.
 */
export type LinearStatistics = InputStatistics;

/** A linear layer that is to be compressed. */
export interface LinearInput {
  /** Its name in a decoder layer, such as `"mlp.up_proj"`. */
  readonly name: string;
  /** Which decoder layer, from 0. */
  readonly layer: number;
  /** The weight as the steps before left it [R, C]; what they pruned is 0. */
  readonly weight: Matrix;
  /** The same with the values that were pruned. */
  readonly unpruned: Matrix;
  /** What is pruned [R, C], 1 = kept; absent when nothing is. */
  readonly mask?: Uint8Array;
}

/** What a method may use besides its arguments. */
export interface MethodContext {
  /** What computes: its NF4, masks and swaps are those of the plain functions, only faster. */
  readonly backend: Backend;
  /**
   * GPTQ on the backend. Weights with the same Hessian object, one after the other, share its factorisation.
   * @throws {FactorizationError} if the damped Hessian is not positive definite, in float64 too; it stops the compression.
   */
  gptq(weight: Matrix, hessian: Matrix, options: GptqOptions): Promise<GptqResult>;
  /** Says something that the report should hold. */
  notice(sentence: string): void;
}

/** What all methods have. */
export interface MethodBase {
  /** The name by which a step asks for it. */
  readonly kind: string;
  /** What it needs to know of inputs; nothing means that no calibration is needed. */
  readonly needs: readonly StatisticKind[];
  /** The work that it is from, so that results name it. */
  readonly citation?: Citation;
  /**
   * Throws unless a step's options can be used. It runs before any work.
   * @param options The step.
   */
  check?(options: Step): void;
}

/**
 * A method that compresses one linear layer at a time.
 *
 * @example Usage
 * ```ts
 * import { ok } from "node:assert/strict";
 * import { compressModel, type LinearMethod, METHODS, openCheckpoint, tinyModelFolder } from "mtpress";
 *
 * const clip: LinearMethod = {
 *   kind: "clip",
 *   needs: ["absmax"],
 *   compress({ weight }, { absmax }, { most }) {
 *     const limit = (i: number) => Number(most) / absmax![i % weight.columns];
 *     const data = weight.data.map((w, i) => Math.max(-limit(i), Math.min(limit(i), w)));
 *     return { kind: "dense", ...weight, data };
 *   },
 * };
 * const source = await openCheckpoint(tinyModelFolder());
 * const report = await compressModel({
 *   source,
 *   methods: [...METHODS, clip],
 *   steps: [{ kind: "clip", most: 1 }, { kind: "gptq", bits: 4, groupSize: 128 }],
 *   calibration: [[1, 40, 41, 42], [1, 50, 51, 52, 53]],
 *   folder: "results/example-clip",
 * });
 * ok(report.linears.every(({ form }) => form === "integer"));
 * source.close();
 * ```
 */
export interface LinearMethod extends MethodBase {
  /** May be left out. */
  readonly scope?: "linear";
  /**
   * `"previous"` asks for statistics gathered when those of the step before were: of the layer as it was before that step.
   * @default {"own"}
   */
  readonly statistics?: "own" | "previous";
  /**
   * Whether it gives sparse weights, so that the step behind it finds a mask.
   * @default {false}
   */
  readonly prunes?: boolean;
  /** Whether a step cannot do without the mask of the step before it. */
  needsMask?(options: Step): boolean;
  /**
   * Throws unless it can compress weights of that shape. It runs for all linear layers before any work.
   * @param name The linear layer's name.
   */
  checkShape?(name: string, rows: number, columns: number, options: Step): void;
  /**
   * Compresses one linear layer. The weight goes on as it reads back from its stored form. What it gives belongs to the compression, which
   * frees it when the layer is written; weights that it is given are freed when they are replaced.
   */
  compress(
    input: LinearInput,
    statistics: LinearStatistics,
    options: Step,
    context: MethodContext,
  ): StoredWeight | Promise<StoredWeight>;
}

/** A method that changes a norm and the linear layers behind it, before any of them is compressed. */
export interface NormMethod extends MethodBase {
  /** Says that it is one. */
  readonly scope: "norm";
  /**
   * Changes the weight of a norm [C] and those of the linear layers behind it, each [R, C].
   * @param statistics Of the norm's outputs.
   */
  smooth(
    norm: Float32Array,
    weights: readonly Matrix[],
    statistics: LinearStatistics,
    options: Step,
  ): { norm: Float32Array; weights: readonly Matrix[] };
}

/** A compression method, built in or written elsewhere. */
export type Method = LinearMethod | NormMethod;

/** Whether a method changes norms. */
export function isNormMethod(method: Method): method is NormMethod {
  return method.scope === "norm";
}
