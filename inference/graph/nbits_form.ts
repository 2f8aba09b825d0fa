/**
 * The shape in which ONNX Runtime's MatMulNBits takes integer codes: containers of 2, 4 or 8 bits, in blocks of a power of two columns,
 * each with its own scale.
 * @module
 */

/** Sizes of an integer weight as MatMulNBits takes it. */
export interface NBitsForm {
  /** Bits of a container: the next of 2, 4 and 8. */
  readonly bits: 2 | 4 | 8;
  /** Columns of a block, a power of two from 16. */
  readonly blockSize: number;
  /** Blocks of a row; the last may reach beyond the columns. */
  readonly blocks: number;
  /** Bytes of a block's codes. */
  readonly blockBytes: number;
  /** Bytes of a row's zero points, where there are any. */
  readonly zeroBytes: number;
}

/** What of an integer weight decides its form. */
export interface NBitsWeight {
  /** [rows, columns]. */
  readonly shape: readonly [number, number];
  /** Bits of a code. */
  readonly bits: number;
  /** Columns of a group, -1 for one group of all columns. */
  readonly groupSize: number;
  /** Whether zero points are stored. */
  readonly zeros: boolean;
}

/** Smallest block that the operator takes. */
export const SMALLEST_BLOCK = 16;

/** Largest block that a row with one group only is cut into; 64 and 128 run fastest. */
const LARGEST_ROW_BLOCK = 128;

/** The largest power of two that divides a whole number. */
function powerOfTwoIn(n: number): number {
  return n & -n;
}

function formOf({ shape: [, K], zeros }: NBitsWeight, bits: 2 | 4 | 8, blockSize: number) {
  const blocks = Math.ceil(K / blockSize);
  const blockBytes = blockSize * bits / 8;
  const zeroBytes = Math.ceil(blocks * bits / 8);
  const rowBytes = blocks * (blockBytes + 4) + (zeros ? zeroBytes : 0);
  return { form: { bits, blockSize, blocks, blockBytes, zeroBytes }, rowBytes };
}

/**
 * The form of an integer weight. A group size that is a power of two from 16 is the block size; another multiple of 16 is cut into blocks
 * of the largest power of two that divides it; a row of one group into those blocks of 16 to 128 columns that take the fewest bytes.
 *
 * @throws {RangeError} if several groups have a size that is no multiple of 16.
 */
export function nbitsForm(weight: NBitsWeight): NBitsForm {
  const { shape: [N, K], groupSize } = weight;
  const bits = weight.bits <= 2 ? 2 : weight.bits <= 4 ? 4 : 8;
  if (groupSize === -1 || groupSize >= K) {
    const sizes: number[] = [];
    for (let size = LARGEST_ROW_BLOCK; size >= SMALLEST_BLOCK; size /= 2) sizes.push(size);
    const forms = sizes.map((size) => formOf(weight, bits, size));
    return forms.reduce((best, next) => next.rowBytes < best.rowBytes ? next : best).form;
  }
  if (groupSize % SMALLEST_BLOCK !== 0) {
    throw new RangeError(
      `Cannot run a weight [${N}, ${K}] in groups of ${groupSize} columns: MatMulNBits takes ` +
        `blocks of a power of two from ${SMALLEST_BLOCK}, so groupSize must be -1, at least ${K}, or a multiple of ${SMALLEST_BLOCK}`,
    );
  }
  return formOf(weight, bits, powerOfTwoIn(groupSize)).form;
}
