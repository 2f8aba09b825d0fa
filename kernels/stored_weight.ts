/**
 * The forms in which a compressed weight [rows, columns] = [outputs, inputs] is kept: plain data, no behaviour. `dequantize`
 * gives the dense matrix of each.
 * @module
 */
import type { Matrix } from "./matrix.ts";

/**
 * Whole-number codes on an affine grid per row and group of columns: element (r, c) is `scale · (code - zero)` with the scale
 * and the zero point of row r and group `groupIndex[c]`.
 */
export interface IntegerWeight {
  /** Which form this is. */
  readonly kind: "integer";
  /** Number of rows R. */
  readonly rows: number;
  /** Number of columns C. */
  readonly columns: number;
  /** Bits of a code, 1 to 8. */
  readonly bits: number;
  /** Columns of a group, -1 for one group of all columns. The last group may be shorter. */
  readonly groupSize: number;
  /** Whether the grid was made for a range that is symmetric around 0. */
  readonly symmetric: boolean;
  /** Codes [R, C], 0 to 2^bits - 1, one a byte, row-major. */
  readonly codes: Uint8Array;
  /** Distances between neighbours of the grid [R, groups]. */
  readonly scales: Float32Array;
  /** Codes of the value 0 [R, groups], whole numbers. */
  readonly zeros: Float32Array;
  /** Group of each column [C]. */
  readonly groupIndex: Int32Array;
}

/** Block maxima of an NF4 weight, themselves quantised to 8 bits ("double quantisation"; QLoRA, section 3). */
export interface NestedAbsmax {
  /** Indices into the 256-entry dynamic map, one for each block of the weight. */
  readonly codes: Uint8Array;
  /** Largest magnitude of each run of `blockSize` block maxima, after `offset` was taken away. */
  readonly absmax: Float32Array;
  /** Mean of the block maxima. */
  readonly offset: number;
  /** Block maxima that share one entry of `absmax`. */
  readonly blockSize: 256;
}

/**
 * 4-bit NormalFloat codes in blocks that run over the row-major matrix, across row ends: an element is `level[code] · absmax` of its
 * block (QLoRA, equation 4 and appendix E).
 */
export interface Nf4Weight {
  /** Which form this is. */
  readonly kind: "nf4";
  /** Number of rows R. */
  readonly rows: number;
  /** Number of columns C. */
  readonly columns: number;
  /** Elements of a block. The last block may be shorter. */
  readonly blockSize: number;
  /** Two codes a byte, the first in the high four bits: ceil(R·C/2) bytes. */
  readonly codes: Uint8Array;
  /** Largest magnitude of each block, as float32 or quantised again. */
  readonly absmax: Float32Array | NestedAbsmax;
}

/** The values that pruning kept, and which they are. */
export interface SparseWeight {
  /** Which form this is. */
  readonly kind: "sparse";
  /** Number of rows R. */
  readonly rows: number;
  /** Number of columns C. */
  readonly columns: number;
  /** One bit an element, 1 = kept; each row starts a new byte, column c is bit c % 8 of byte c / 8: R·ceil(C/8) bytes. */
  readonly mask: Uint8Array;
  /** The kept values, row-major. */
  readonly values: Float32Array;
}

/** Every value, as float32. */
export interface DenseWeight extends Matrix {
  /** Which form this is. */
  readonly kind: "dense";
}

/** A weight in one of the forms in which it can be kept. */
export type StoredWeight = IntegerWeight | Nf4Weight | SparseWeight | DenseWeight;
