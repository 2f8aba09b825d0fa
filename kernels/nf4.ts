/**
 * NF4: stores a weight as 4-bit codes of normal quantiles, scaled in blocks by their largest magnitude.
 * Dettmers et al. 2023, "QLoRA: Efficient Finetuning of Quantized LLMs", arXiv 2305.14314, sections 2 and 3. The bytes are those
 * of bitsandbytes (quantize_4bit). But:
 * - a block is multiplied by the float32 reciprocal of its largest magnitude, the short last block too, as bitsandbytes' CUDA code
 *   does; its PyTorch code divides there;
 * - a block of zeros takes the code of 0, as in the PyTorch code; CUDA takes the code of -1. Both are 0 afterwards;
 * - any block size of at least 1 is taken, not only powers of two.
 * @module
 */
import { type FloatType, roundToType } from "./float_type.ts";
import { type Matrix, matrix } from "./matrix.ts";
import { dequantizeAbsmax, quantizeAbsmax } from "./nf4_absmax.ts";
import { nearestNf4Code, NF4_LEVELS } from "./nf4_levels.ts";
import type { Nf4Weight } from "./stored_weight.ts";

/** Below it, a reciprocal would leave the float32 range. */
const SMALLEST_ABSMAX = 1e-38;

/** The code of 0, which fills the last half byte of an odd number of elements. */
const ZERO_CODE = nearestNf4Code(0);

/** Options of `quantizeNf4`. */
export interface Nf4Options {
  /**
   * Elements of a block; blocks run over the row-major matrix, across row ends.
   * @default {64}
   */
  readonly blockSize?: number;
  /**
   * Whether the block maxima are stored in 8 bits: 4.127 bits a weight instead of 4.5, for blocks of 64.
   * @default {false}
   */
  readonly doubleQuantization?: boolean;
}

/**
 * Fills in the defaults.
 *
 * @throws {RangeError} if the block size is not a whole number of at least 1.
 */
export function nf4Settings(options: Nf4Options): Required<Nf4Options> {
  const { blockSize = 64, doubleQuantization = false } = options;
  if (!(Number.isSafeInteger(blockSize) && blockSize >= 1)) {
    throw new RangeError(
      `Cannot quantise to NF4 in blocks of ${blockSize}: ` +
        "blockSize must be a whole number of at least 1",
    );
  }
  return { blockSize, doubleQuantization };
}

/** Largest magnitude of each block. */
function blockMaxima({ rows, columns, data }: Matrix, blockSize: number): Float32Array {
  const absmax = new Float32Array(Math.ceil(data.length / blockSize));
  for (let block = 0; block < absmax.length; block++) {
    const end = Math.min((block + 1) * blockSize, data.length);
    let largest = 0;
    for (let i = block * blockSize; i < end; i++) {
      const magnitude = Math.abs(data[i]);
      if (!(magnitude < Infinity)) {
        throw new RangeError(
          `Cannot quantise a weight [${rows}, ${columns}] to NF4: its values must be finite, but ` +
            `element (${Math.floor(i / columns)}, ${i % columns}) is ${data[i]}`,
        );
      }
      if (magnitude > largest) largest = magnitude;
    }
    absmax[block] = largest;
  }
  return absmax;
}

/** Two codes a byte, the first in the high half. */
function packedCodes(data: Float32Array, absmax: Float32Array, blockSize: number): Uint8Array {
  const packed = new Uint8Array(Math.ceil(data.length / 2));
  for (let block = 0; block < absmax.length; block++) {
    const reciprocal = Math.fround(1 / Math.max(absmax[block], SMALLEST_ABSMAX));
    const end = Math.min((block + 1) * blockSize, data.length);
    for (let i = block * blockSize; i < end; i++) {
      const code = nearestNf4Code(Math.fround(data[i] * reciprocal));
      packed[i >> 1] |= i % 2 === 0 ? code << 4 : code;
    }
  }
  if (data.length % 2 === 1) packed[packed.length - 1] |= ZERO_CODE;
  return packed;
}

/**
 * Quantises a weight to NF4.
 *
 * @param weight the weight [R, C]; values of a float16 weight are given as float32.
 * @param options block size and double quantisation.
 * @returns codes and block maxima, with the bytes that bitsandbytes stores.
 * @throws {RangeError} If the block size is not a whole number of at least 1, or a value is not finite.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { matrix, quantizeNf4 } from "mtpress";
 *
 * const { codes, absmax } = quantizeNf4(matrix(1, 4, [-2, 0, 1, 2]));
 * deepEqual([...codes], [0x07, 0xcf]);
 * deepEqual(absmax, Float32Array.of(2));
 * ```
 */
export function quantizeNf4(weight: Matrix, options: Nf4Options = {}): Nf4Weight {
  const { blockSize, doubleQuantization } = nf4Settings(options);
  const { rows, columns, data } = weight;
  const absmax = blockMaxima(weight, blockSize);
  const codes = packedCodes(data, absmax, blockSize);
  return {
    kind: "nf4",
    rows,
    columns,
    blockSize,
    codes,
    absmax: doubleQuantization ? quantizeAbsmax(absmax) : absmax,
  };
}

/**
 * Gives the codes of an NF4 weight one by one.
 *
 * @param weight an NF4 weight [R, C].
 * @returns indices into `NF4_LEVELS` [R·C], row-major.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { matrix, nf4Codes, quantizeNf4 } from "mtpress";
 *
 * deepEqual([...nf4Codes(quantizeNf4(matrix(1, 3, [-2, 0, 1])))], [0, 7, 12]);
 * ```
 */
export function nf4Codes({ rows, columns, codes }: Nf4Weight): Uint8Array<ArrayBuffer> {
  const unpacked = new Uint8Array(rows * columns);
  for (let i = 0; i < unpacked.length; i++) {
    const byte = codes[i >> 1];
    unpacked[i] = i % 2 === 0 ? byte >> 4 : byte & 15;
  }
  return unpacked;
}

/**
 * Restores the weight that an NF4 weight stands for: each level times the maximum of its block, rounded once to float32
 * and then to the type asked for.
 *
 * @param weight an NF4 weight [R, C].
 * @param type the type of the result's values; a float16 model restores float16.
 * @returns the weight [R, C].
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { dequantizeNf4, matrix, quantizeNf4 } from "mtpress";
 *
 * const restored = dequantizeNf4(quantizeNf4(matrix(1, 4, [-2, 0, 1, 2])));
 * deepEqual([...restored.data], [-2, 0, Math.fround(0.88141966), 2]);
 * ```
 */
export function dequantizeNf4(weight: Nf4Weight, type: FloatType = "float32"): Matrix {
  const { rows, columns, blockSize } = weight;
  const absmax = dequantizeAbsmax(weight.absmax);
  const codes = nf4Codes(weight);
  const values = new Float32Array(rows * columns);
  for (let block = 0; block < absmax.length; block++) {
    const end = Math.min((block + 1) * blockSize, values.length);
    for (let i = block * blockSize; i < end; i++) values[i] = NF4_LEVELS[codes[i]] * absmax[block];
  }
  return matrix(rows, columns, type === "float32" ? values : roundToType(values, type));
}
