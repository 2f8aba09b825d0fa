/**
 * What computes a compression's arithmetic, behind one interface: whole layers go in and whole layers come out, so that a backend
 * with threads or a graphics adapter is spoken to a few times and not for every row.
 *
 * Backends agree with `referenceBackend()` within stated bounds and not to the bit: at least 99 % of GPTQ's codes are equal and a
 * layer's error is within one part in a thousand. Masks, NF4's codes and maxima are equal but for ties that rounding decides.
 * @module
 */
import type { ColumnStatistics } from "./column_statistics.ts";
import type { DsnotRunsOptions } from "./dsnot_nm.ts";
import type { DsnotOptions, DsnotResult } from "./dsnot_options.ts";
import type { GptqResult } from "./gptq.ts";
import type { GptqFactor, GptqFactorOptions } from "./gptq_factor.ts";
import type { GptqSolveOptions } from "./gptq_options.ts";
import type { HessianAccumulator } from "./hessian.ts";
import type { Matrix } from "./matrix.ts";
import type { Nf4Options } from "./nf4.ts";
import type { SparsityPattern } from "./prune_smallest.ts";
import type { Nf4Weight } from "./stored_weight.ts";

/** What can be known of the inputs of a linear layer: second moments, column statistics, largest magnitudes. */
export type StatisticKind = "hessian" | "columns" | "absmax";

/** What was gathered of the inputs of a linear layer. */
export interface InputStatistics {
  /** H = (2/N) Σ XₛᵀXₛ [C, C], N counting samples. */
  readonly hessian?: Matrix;
  /** Squared norms, sums and variances of the C channels. */
  readonly columns?: ColumnStatistics;
  /** Largest magnitude of each channel over all tokens [C]. */
  readonly absmax?: Float32Array;
}

/** Gathers statistics of inputs, batch by batch. */
export interface StatisticsAccumulator {
  /**
   * Adds the inputs of some samples. They may be changed once the promise is fulfilled, and not before.
   * @param inputs X [tokens, C], the tokens of all these samples one below the other.
   * @param lengths tokens of each sample; their sum is the rows of X.
   * @throws {RangeError} if the sizes do not fit or, for `absmax`, a value is not finite.
   */
  add(inputs: Matrix, lengths: readonly number[]): Promise<void>;
  /**
   * The statistics of what was added.
   * @throws {RangeError} if there was no sample.
   */
  result(): Promise<InputStatistics>;
  /** Frees what it holds; nothing can be asked or added afterwards. */
  release(): void;
}

/** How a Hessian is prepared on a backend. */
export interface PrepareOptions extends GptqFactorOptions {
  /**
   * In what it is factorised. `"reference"` computes in float64 whatever is asked; `"webgpu"` factorises on the CPU for float64, since
   * adapters compute in float32.
   * @default {"float32"}
   */
  readonly precision?: "float32" | "float64";
}

/** A factorised Hessian, where the backend computes. Weights with the same inputs share it. */
export interface PreparedHessian {
  /** Number of input columns C. */
  readonly columns: number;
  /**
   * Quantises a weight by GPTQ.
   * @param weight W [R, C]; it is not changed.
   * @param options bits, grids, groups, block size and mask.
   * @throws {RangeError} as `gptqWithFactor` does.
   */
  gptq(weight: Matrix, options: GptqSolveOptions): Promise<GptqResult>;
  /** The factor, as `factorizeHessian` gives it. */
  factor(): Promise<GptqFactor>;
  /** Frees what it holds; nothing can be asked of it afterwards. */
  release(): void;
}

/** Adds XᵀX of inputs X [T, C] of some samples to a Hessian, by a matrix product from elsewhere. */
export type GramFunction = (
  inputs: Matrix,
  samples: number,
  sum: HessianAccumulator,
) => Promise<void>;

/** The backends: plain TypeScript, WebAssembly, a graphics adapter, a BLAS library. */
export const BACKENDS = ["reference", "wasm", "webgpu", "blas"] as const;

/** A backend's name. */
export type BackendName = typeof BACKENDS[number];

/** What computes a compression's arithmetic. Calls of one backend run one after the other. */
export interface Backend {
  /** Its name. */
  readonly name: BackendName;
  /** What it computes on, in a few words, such as `"relaxed SIMD, 2 threads"` or an adapter's name. */
  readonly description: string;
  /**
   * Begins to gather statistics of inputs.
   * @param columns number of input columns C.
   * @param kinds which statistics.
   */
  statistics(columns: number, kinds: ReadonlySet<StatisticKind>): StatisticsAccumulator;
  /**
   * Factorises a Hessian for GPTQ.
   * @param hessian H [C, C], from `statistics`; it is not changed.
   * @throws {RangeError} as `factorizeHessian` does.
   * @throws {FactorizationError} if the damped Hessian is not positive definite in the precision.
   */
  prepareHessian(hessian: Matrix, options?: PrepareOptions): Promise<PreparedHessian>;
  /** Quantises a weight [R, C] to NF4; as `quantizeNf4`. */
  quantizeNf4(weight: Matrix, options?: Nf4Options): Promise<Nf4Weight>;
  /** Wanda's mask [R, C] of a weight [R, C], 1 = kept; as `wandaMask`. */
  wandaMask(
    weight: Matrix,
    squaredNorms: Float32Array,
    pattern: SparsityPattern,
  ): Promise<Uint8Array<ArrayBuffer>>;
  /** Changes an unstructured mask [R, C] of a weight [R, C] by DSnoT; as `dsnot`. */
  dsnot(
    weight: Matrix,
    mask: Uint8Array,
    statistics: ColumnStatistics,
    options?: Omit<DsnotOptions, "onSwap">,
  ): Promise<DsnotResult>;
  /** Changes an n:m mask [R, C] of a weight [R, C] by DSnoT; as `dsnotRuns`. */
  dsnotRuns(
    weight: Matrix,
    mask: Uint8Array,
    statistics: ColumnStatistics,
    options: Omit<DsnotRunsOptions, "onSwap">,
  ): Promise<DsnotResult>;
  /** Frees what it holds, threads among it; nothing can be asked of it afterwards. */
  close(): Promise<void>;
}
