/**
 * The packed layout of GPTQ checkpoints: codes as dense little-endian bit streams in 32-bit words.
 *
 * follows the layout of AutoGPTQ ("gptq", also called v1) and of GPTQModel ("gptq_v2"). With K = columns (inputs) and N = rows
 * (outputs) of the weight [N, K], everything is transposed: 32 consecutive inputs of an output fill `bits` words one below the
 * other, lowest bits first; of 3 bits, values 10 and 21 straddle words. Zero points are packed the same way along the outputs.
 * But:
 * - the codes are packed as they are; AutoGPTQ finds them again by dividing a float16 weight by float16 scales;
 * - v1 stores zero - 1, so a zero point of 0 would borrow from its neighbours in the word: here that is an error.
 * @module
 */
import { float16ToFloat32, float32ToFloat16 } from "./float16.ts";
import type { IntegerWeight } from "./stored_weight.ts";
import { packStream, unpackStream } from "./word_stream.ts";

/** Which of the two layouts: they differ in the zero points, which v1 stores less 1. */
export type GptqFormat = "gptq" | "gptq_v2";

/** A weight [N, K] as GPTQ checkpoints keep it. */
export interface PackedGptq {
  /** The layout of `qzeros`. */
  readonly format: GptqFormat;
  /** Bits of a code: 2, 3, 4 or 8. */
  readonly bits: number;
  /** Columns of a group, or -1. */
  readonly groupSize: number;
  /** Whether the grid is symmetric. */
  readonly symmetric: boolean;
  /** Number of outputs N. */
  readonly rows: number;
  /** Number of inputs K. */
  readonly columns: number;
  /** Codes [K·bits/32, N]. */
  readonly qweight: Int32Array;
  /** Zero points [groups, N·bits/32]. */
  readonly qzeros: Int32Array;
  /** Scales [groups, N], float16 bit patterns. */
  readonly scales: Uint16Array;
  /** Group of each input [K]. */
  readonly groupIndex: Int32Array;
}

/** The words of a packed tensor, without signs. */
function unsigned({ buffer, byteOffset, length }: Int32Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length);
}

function checkPackable({ rows, columns, bits, zeros }: IntegerWeight, format: GptqFormat): void {
  if (![2, 3, 4, 8].includes(bits)) {
    throw new RangeError(`Cannot pack ${bits}-bit codes as ${format}: bits must be 2, 3, 4 or 8`);
  }
  if (rows % 32 !== 0 || columns % 32 !== 0) {
    throw new RangeError(
      `Cannot pack a weight [${rows}, ${columns}] as ${format}: 32 must divide both sizes`,
    );
  }
  if (format === "gptq" && zeros.includes(0)) {
    throw new RangeError(
      `Cannot pack a zero point of 0 as gptq: that layout stores the zero point less 1; gptq_v2 can hold it`,
    );
  }
}

/** Scales [N, groups] as float16 [groups, N]. */
function packScales(scales: Float32Array, rows: number): Uint16Array {
  const groups = scales.length / rows;
  const transposed = new Float32Array(scales.length);
  for (let r = 0; r < rows; r++) {
    for (let g = 0; g < groups; g++) transposed[g * rows + r] = scales[r * groups + g];
  }
  const halves = float32ToFloat16(transposed);
  const lost = halves.findIndex((half, i) => half === 0x7c00 || (half === 0 && transposed[i] > 0));
  if (lost >= 0) {
    throw new RangeError(
      `Cannot pack a scale of ${transposed[lost]}: it must lie within the range of float16`,
    );
  }
  return halves;
}

/**
 * Packs a weight for a GPTQ checkpoint. Scales are rounded to float16.
 *
 * @param weight an integer weight of 2, 3, 4 or 8 bits; it is not changed.
 * @param format the layout.
 * @returns the packed tensors.
 * @throws {RangeError} if the bits, the sizes (32 must divide both), a scale or, in v1, a zero point of 0 do not fit the layout.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { matrix, packGptq, roundToNearest, unpackGptq } from "mtpress";
 *
 * const values = Float32Array.from({ length: 1024 }, (_, i) => Math.sin(i));
 * const packed = packGptq(roundToNearest(matrix(32, 32, values), { bits: 4, symmetric: true }), "gptq");
 * equal(packed.qzeros[0], 0x77777777); // zero points 8, less 1
 * equal(unpackGptq(packed).zeros[0], 8);
 * ```
 */
export function packGptq(weight: IntegerWeight, format: GptqFormat): PackedGptq {
  checkPackable(weight, format);
  const { rows, columns, bits, groupSize, symmetric, codes, zeros, groupIndex } = weight;
  const groups = zeros.length / rows;
  const less = format === "gptq" ? 1 : 0;
  const qweight = new Int32Array(columns * bits / 32 * rows);
  const qzeros = new Int32Array(groups * rows * bits / 32);
  const words = unsigned(qweight);
  for (let r = 0; r < rows; r++) {
    packStream(
      words,
      { first: r, stride: rows, bits, count: columns },
      (c) => codes[r * columns + c],
    );
  }
  for (let g = 0; g < groups; g++) {
    const first = g * rows * bits / 32;
    packStream(
      unsigned(qzeros),
      { first, stride: 1, bits, count: rows },
      (r) => zeros[r * groups + g] - less,
    );
  }
  const scales = packScales(weight.scales, rows);
  return {
    ...{ format, bits, groupSize, symmetric, rows, columns },
    ...{ qweight, qzeros, scales, groupIndex: groupIndex.slice() },
  };
}

/**
 * The weight that was packed. Its scales are the float16 ones.
 *
 * @param packed tensors of {@link packGptq}, or of a checkpoint.
 * @returns the weight.
 * @throws {RangeError} if the tensors do not have the sizes that the layout asks for.
 */
export function unpackGptq(packed: PackedGptq): IntegerWeight {
  const { format, bits, groupSize, symmetric, rows, columns, qweight, qzeros, groupIndex } = packed;
  const groups = packed.scales.length / rows;
  if (
    qweight.length * 32 !== columns * bits * rows || qzeros.length * 32 !== groups * rows * bits ||
    groupIndex.length !== columns || !Number.isInteger(groups)
  ) {
    throw new RangeError(
      `Cannot unpack a weight [${rows}, ${columns}] of ${bits} bits from ${qweight.length} words of codes, ` +
        `${qzeros.length} of zero points, ${packed.scales.length} scales and ${groupIndex.length} group indices: ` +
        `they must fit the sizes`,
    );
  }
  const more = format === "gptq" ? 1 : 0;
  const codes = new Uint8Array(rows * columns);
  const zeros = new Float32Array(rows * groups);
  const scales = new Float32Array(rows * groups);
  const scalesByGroup = float16ToFloat32(packed.scales);
  for (let r = 0; r < rows; r++) {
    unpackStream(unsigned(qweight), { first: r, stride: rows, bits, count: columns }, (c, code) => {
      codes[r * columns + c] = code;
    });
  }
  for (let g = 0; g < groups; g++) {
    const first = g * rows * bits / 32;
    unpackStream(unsigned(qzeros), { first, stride: 1, bits, count: rows }, (r, zero) => {
      zeros[r * groups + g] = zero + more;
      scales[r * groups + g] = scalesByGroup[g * rows + r];
    });
  }
  return {
    ...{ kind: "integer", rows, columns, bits, groupSize, symmetric, codes, scales, zeros },
    groupIndex: groupIndex.slice(),
  };
}
