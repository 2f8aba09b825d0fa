/**
 * NF4 weights for products on a graphics adapter: see nf4.wgsl.
 * @module
 */
import { nf4Codes } from "../../nf4.ts";
import { dequantizeAbsmax } from "../../nf4_absmax.ts";
import type { Nf4Weight } from "../../stored_weight.ts";
import { packStream } from "../../word_stream.ts";
import {
  type PackedPanel,
  type PackedProduct,
  rowPanels,
  type RowRange,
  STEP,
} from "./packed_product.ts";

const WORDS = 4; // of a step

function packCodes(
  codes: Uint8Array,
  columns: number,
  { first, rows }: RowRange,
  steps: number,
): Uint32Array {
  const words = new Uint32Array(rows * steps * WORDS);
  for (let r = 0; r < rows; r++) {
    const row = (first + r) * columns;
    const stream = { first: r * steps * WORDS, stride: 1, bits: 4, count: columns };
    packStream(words, stream, (c) => codes[row + c]);
  }
  return words;
}

/**
 * Packs NF4 codes. Block maxima that were quantised again are restored to float32.
 *
 * @param weight an NF4 weight with blocks of any size. Products are fastest where 32 divides the block size and the block size the
 * columns; elsewhere every element looks up its own block.
 * @param panelBytes bytes of a panel's largest array.
 * @throws {RangeError} if the arrays' lengths do not fit the sizes.
 */
export function packNf4(weight: Nf4Weight, panelBytes: number): PackedProduct {
  const { rows, columns, blockSize } = weight;
  const absmax = dequantizeAbsmax(weight.absmax);
  const blocks = Math.ceil(rows * columns / blockSize);
  if (weight.codes.length !== Math.ceil(rows * columns / 2) || absmax.length !== blocks) {
    throw new RangeError(
      `Cannot multiply with a weight [${rows}, ${columns}] of ${weight.codes.length} bytes of NF4 codes and ` +
        `${absmax.length} block maxima: it must have ${
          Math.ceil(rows * columns / 2)
        } and ${blocks}`,
    );
  }
  const codes = nf4Codes(weight);
  const steps = Math.ceil(columns / STEP);
  const rowBytes = [4 * WORDS * steps, 4 * (Math.ceil(columns / blockSize) + 1)];
  const panels = rowPanels(rows, panelBytes, () => rowBytes).map((range): PackedPanel => {
    const begin = range.first * columns;
    const firstBlock = Math.floor(begin / blockSize);
    const endBlock = Math.ceil((begin + range.rows * columns) / blockSize);
    return {
      ...range,
      offset: begin - firstBlock * blockSize,
      data: [packCodes(codes, columns, range, steps), absmax.subarray(firstBlock, endBlock)],
    };
  });
  const aligned = columns % blockSize === 0 && blockSize % STEP === 0;
  return {
    ...{ format: "nf4", rows, columns, steps, groups: 0, panels },
    constants: { BLOCK: blockSize, ALIGNED: Number(aligned) },
  };
}
