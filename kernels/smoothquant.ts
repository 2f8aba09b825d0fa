/**
 * SmoothQuant: moves the outliers of a linear layer's inputs into its weights, channel by channel, and takes them out of the
 * RMSNorm in front of it, so that the layer's function stays as it is.
 * Xiao et al. 2023, "SmoothQuant: Accurate and Efficient Post-Training Quantization for Large Language Models", arXiv 2211.10438,
 * equations 3 and 4. But, as in its authors' code (smooth_lm):
 * - a LLaMA layer is smoothed at two places only, behind its two norms (`LLAMA_SMOOTHING_GROUPS`); o_proj and down_proj stay;
 * - the statistics of a group are those of its first linear layer (all of a group have the same inputs);
 * - largest weights and factors are at least 1e-5. A channel without activations takes that factor, 1e-5;
 * - a power is computed in float64 and rounded once, which may differ from PyTorch's by two units in the last place;
 * - where a float16 norm would overflow, this throws; the authors' code stores infinity.
 * @module
 */
import { channelAbsmax } from "./channel_absmax.ts";
import { type FloatType, rounderTo, roundToType } from "./float_type.ts";
import { type Matrix, matrix } from "./matrix.ts";

/** Least weight maximum and least factor; in float16 it is rounded like everything else. */
const LEAST = 1e-5;

/** Linear layers that share one RMSNorm and are smoothed with one set of factors. */
export interface SmoothingGroup {
  /** The norm in front, as it is called in a decoder layer of a LLaMA checkpoint. */
  readonly norm: string;
  /** The linear layer whose inputs' statistics count. */
  readonly statistics: string;
  /** The linear layers behind the norm. */
  readonly linears: readonly string[];
}

/** The two groups of a LLaMA decoder layer. */
export const LLAMA_SMOOTHING_GROUPS: readonly SmoothingGroup[] = Object.freeze([
  {
    norm: "input_layernorm",
    statistics: "self_attn.q_proj",
    linears: ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
  },
  {
    norm: "post_attention_layernorm",
    statistics: "mlp.gate_proj",
    linears: ["mlp.gate_proj", "mlp.up_proj"],
  },
]);

/** Options of `smoothingFactors`. */
export interface SmoothingOptions {
  /**
   * Migration strength α, 0 to 1: how much of the difficulty goes into the weights. The authors take 0.5 for OPT and 0.85 for
   * LLaMA-2 7B; the study takes 0.85.
   */
  readonly alpha: number;
  /**
   * Type of the model's weights. In float16 every step rounds to float16.
   * @default {"float32"}
   */
  readonly type?: FloatType;
}

/** A smoothed norm and the linear layers behind it. */
export interface SmoothedGroup {
  /** The factors s [C]. */
  readonly factors: Float32Array;
  /** The norm's weight divided by s [C]. */
  readonly norm: Float32Array;
  /** Each weight [R, C], its column j multiplied by s_j. */
  readonly weights: readonly Matrix[];
}

/** Refuses channels that do not fit together. */
function checkChannels(what: string, count: number, channels: number): void {
  if (count === channels) return;
  throw new RangeError(
    `Cannot smooth ${channels} channels of activations with ${count} channels of ${what}: ` +
      "they must be as many",
  );
}

/**
 * Computes the smoothing factors of one group: s_j = max|X_j|^α / max|W_j|^(1 - α) (equation 4), at least 1e-5. max|W_j| is over
 * all rows of all the group's weights, and at least 1e-5.
 *
 * @param absmax largest magnitude of each input channel [C], from `channelAbsmax`.
 * @param weights the group's weights, each [R, C] with an R of its own.
 * @param options migration strength and type of the weights.
 * @returns the factors s [C].
 * @throws {RangeError} If α is not within 0 to 1, there are no weights, channels differ, or a
 *   magnitude is not finite in the type of the weights.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { matrix, smoothingFactors } from "mtpress";
 *
 * const factors = smoothingFactors(Float32Array.of(16, 1), [matrix(2, 2, [1, 4, -1, 2])], { alpha: 0.5 });
 * deepEqual([...factors], [4, 0.5]);
 * ```
 */
export function smoothingFactors(
  absmax: Float32Array,
  weights: readonly Matrix[],
  options: SmoothingOptions,
): Float32Array {
  const { alpha, type = "float32" } = options;
  if (!(alpha >= 0 && alpha <= 1)) {
    throw new RangeError(`Cannot smooth with alpha ${alpha}: it must be within 0 to 1`);
  }
  if (weights.length === 0) {
    throw new RangeError("Cannot smooth a group of 0 weights: there must be at least one");
  }
  for (const { columns } of weights) checkChannels("weights", columns, absmax.length);
  const round = rounderTo(type);
  const least = round(LEAST);
  const largest = weights.reduce<Float32Array | undefined>(
    (before, weight) => channelAbsmax(weight, before),
    undefined,
  )!;
  return absmax.map((magnitude, j) => {
    const a = round(magnitude);
    if (!(a < Infinity)) {
      throw new RangeError(
        `Cannot smooth channel ${j} with activations up to ${magnitude}: they must be finite in ${type}`,
      );
    }
    const x = round(Math.pow(a, alpha));
    const w = round(Math.pow(Math.max(round(largest[j]), least), 1 - alpha));
    return Math.max(round(x / w), least);
  });
}

/** A norm's weight divided by the factors. */
function dividedNorm(norm: Float32Array, factors: Float32Array, type: FloatType): Float32Array {
  const divided = roundToType(norm.map((gamma, j) => gamma / factors[j]), type);
  const j = divided.findIndex((gamma) => !Number.isFinite(gamma));
  if (j >= 0) {
    throw new RangeError(
      `Cannot divide the norm's weight ${norm[j]} of channel ${j} by the factor ${factors[j]}: ` +
        `the result must be finite in ${type}`,
    );
  }
  return divided;
}

/** A weight [R, C], its column j multiplied by factor j. */
function scaledColumns(weight: Matrix, factors: Float32Array, type: FloatType): Matrix {
  const { rows, columns, data } = weight;
  const scaled = new Float32Array(data.length);
  for (let r = 0, i = 0; r < rows; r++) {
    for (let j = 0; j < columns; j++, i++) scaled[i] = data[i] * factors[j];
  }
  return matrix(rows, columns, type === "float32" ? scaled : roundToType(scaled, type));
}

/**
 * Smooths one group: computes its factors, divides the norm's weight by them and multiplies the columns of each weight
 * (equation 3, folded into the norm in front).
 *
 * @param norm weight of the RMSNorm in front [C]; it has no bias.
 * @param weights the group's weights, each [R, C] with an R of its own.
 * @param absmax largest magnitude of each channel of the norm's outputs [C], from `channelAbsmax`.
 * @param options migration strength and type of the weights.
 * @returns the factors, the new norm and the new weights, in the order given.
 * @throws {RangeError} As `smoothingFactors`, or if a new norm's weight overflows the type: the factor 1e-5 of a channel without
 *   activations does that to a float16 norm from about 0.656 on.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { matrix, smoothGroup } from "mtpress";
 *
 * const weight = matrix(2, 2, [1, 4, -1, 2]);
 * const { norm, weights } = smoothGroup(
 *   Float32Array.of(1, 1),
 *   [weight],
 *   Float32Array.of(16, 1),
 *   { alpha: 0.5 },
 * );
 * deepEqual([...norm], [0.25, 2]);
 * deepEqual([...weights[0].data], [4, 2, -4, 1]);
 * ```
 */
export function smoothGroup(
  norm: Float32Array,
  weights: readonly Matrix[],
  absmax: Float32Array,
  options: SmoothingOptions,
): SmoothedGroup {
  const { type = "float32" } = options;
  checkChannels("a norm", norm.length, absmax.length);
  const factors = smoothingFactors(absmax, weights, options);
  return {
    factors,
    norm: dividedNorm(norm, factors, type),
    weights: weights.map((weight) => scaledColumns(weight, factors, type)),
  };
}
