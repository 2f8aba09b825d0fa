/**
 * The options of GPTQ and what must hold of them.
 * @module
 */
import { checkFinite } from "./finite.ts";
import { checkBits, type GridOptions, groupCount } from "./grid.ts";
import type { GptqFactorOptions } from "./gptq_factor.ts";
import { checkMask } from "./mask.ts";
import type { Matrix } from "./matrix.ts";

/** How GPTQ quantises a weight, once its Hessian is prepared. */
export interface GptqSolveOptions extends GridOptions {
  /**
   * Columns that share a grid, in the order of quantisation, or -1 for one grid a row. The last group may be short.
   * @default {-1}
   */
  readonly groupSize?: number;
  /**
   * Whether groups are of neighbouring columns of the weight whatever the order, with grids fitted before any error is moved.
   * @default {false}
   */
  readonly staticGroups?: boolean;
  /**
   * Columns of a block: errors reach the columns behind a block when it is done.
   * @default {128}
   */
  readonly blockSize?: number;
  /**
   * Which weights may be other than exactly 0: [R, C], row-major, 1 = kept, 0 = pruned. A pruned weight's value, as errors have
   * left it when its column is reached, is moved on whole. The grids do not know of the mask, so `applyMask` comes first unless
   * the pruned values themselves are to be moved on too.
   * @default {undefined} every weight is kept
   */
  readonly mask?: Uint8Array;
}

/** How GPTQ quantises a weight. */
export interface GptqOptions extends GptqSolveOptions, GptqFactorOptions {}

/**
 * Throws unless a weight can be quantised with these options.
 *
 * @param weight W [R, C].
 * @param hessianColumns columns of the Hessian; they must be C.
 * @param options the options.
 * @throws {RangeError} if an option is out of its range, sizes do not fit or a weight is not finite.
 */
export function checkGptq(weight: Matrix, hessianColumns: number, options: GptqSolveOptions): void {
  const { rows, columns } = weight;
  checkBits(options.bits);
  groupCount(columns, options.groupSize ?? -1);
  const { blockSize = 128, mask } = options;
  if (!(Number.isInteger(blockSize) && blockSize >= 1)) {
    throw new RangeError(
      `Cannot quantise in blocks of ${blockSize} columns: blockSize must be a whole number of at least 1`,
    );
  }
  if (hessianColumns !== columns) {
    throw new RangeError(
      `Cannot quantise a weight [${rows}, ${columns}] with a Hessian of ${hessianColumns} columns: ` +
        `they must have as many columns`,
    );
  }
  if (mask) checkMask(mask, rows, columns, "quantise a weight");
  checkFinite(weight, "quantise a weight");
}
