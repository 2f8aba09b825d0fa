/**
 * Statistics of a linear layer's inputs in WebAssembly: what `addColumnStatistics` and `channelAbsmax` give, to the bit.
 * @module
 */
import { channelAbsmax, checkChannels } from "../channel_absmax.ts";
import {
  checkColumns,
  type ColumnMoments,
  type ColumnStatistics,
  takeIn,
} from "../column_statistics.ts";
import type { Matrix } from "../matrix.ts";
import { type Call, parts, type Work } from "./calls.ts";
import type { KernelName } from "./kernels.ts";
import { layOut, reserve } from "./module.ts";
import { CALL_BYTES, doubles, floats, PIECE_BYTES, type Space } from "./space.ts";

/** Columns of a call are a multiple of so many: those of a cache line. */
const LINE = 16;

/** The inputs in memory, as many rows at a time as fit; what is there is not copied a second time. */
class InputPieces {
  readonly rows: number;
  #loaded = -1;

  constructor(readonly inputs: Matrix) {
    const { rows, columns } = inputs;
    const most = Math.max(Math.floor(PIECE_BYTES / 4 / Math.max(columns, 1)), 1);
    this.rows = Math.min(most, rows);
  }

  get bytes(): number {
    return this.rows * this.inputs.columns * 4;
  }

  /** Runs a kernel on all columns of piece after piece; `outputs` are the places of its results. */
  *run(
    space: Space,
    name: KernelName,
    x: number,
    outputs: readonly number[],
  ): Work<void> {
    const { rows, columns: C, data } = this.inputs;
    for (const [first, last] of parts(rows, this.rows)) {
      if (this.#loaded !== first) {
        floats(space, x, (last - first) * C).set(data.subarray(first * C, last * C));
        this.#loaded = first;
      }
      yield [...parts(C, this.#width(last - first, space.threads))].map(([from, to]): Call => {
        return { name, args: [last - first, C, from, to, x, ...outputs] };
      });
    }
  }

  /** Columns of a call: enough for every thread to have two, unless calls get too small. */
  #width(rows: number, threads: number): number {
    const least = CALL_BYTES / 8 / 4 / rows;
    const share = this.inputs.columns / (2 * threads);
    return Math.max(Math.ceil(Math.max(share, least) / LINE), 1) * LINE;
  }
}

/** Squared norm, sum and population variance of each column. */
function* momentsWork(space: Space, inputs: Matrix): Work<ColumnMoments> {
  const { rows: T, columns: C } = inputs;
  const pieces = new InputPieces(inputs);
  const at = layOut(space.begin, { sums: C * 8, squares: C * 8, x: pieces.bytes });
  reserve(space.kernels, at.end, `take statistics of inputs [${T}, ${C}]`);
  const sums = doubles(space, at.sums, C).fill(0);
  const squares = doubles(space, at.squares, C).fill(0);
  yield* pieces.run(space, "addMoments", at.x, [at.sums, at.squares]);
  const moments = { sums: sums.slice(), squaredNorms: squares.slice() };
  sums.set(moments.sums.map((sum) => sum / T)); // means from here on
  squares.fill(0);
  yield* pieces.run(space, "addDeviations", at.x, [at.sums, at.squares]);
  return { ...moments, variances: squares.slice().map((sum) => sum / T) };
}

/**
 * Takes one more batch of inputs into column statistics. The inputs go through a few megabytes of memory piece by piece.
 *
 * @param statistics of the samples so far; stays as it is.
 * @param inputs X [tokens, C], the tokens of all the batch's samples.
 * @param batch how many samples these tokens are.
 * @returns what `addColumnStatistics` gives.
 * @throws {RangeError} as `addColumnStatistics` does.
 */
export function* columnStatisticsWork(
  space: Space,
  statistics: ColumnStatistics,
  inputs: Matrix,
  batch = 1,
): Work<ColumnStatistics> {
  checkColumns(statistics, inputs, batch);
  return takeIn(statistics, yield* momentsWork(space, inputs), inputs.rows, batch);
}

/**
 * Gathers the largest magnitude of each channel. The inputs go through a few megabytes of memory piece by piece.
 *
 * @param inputs X [T, C].
 * @param before the largest of the tokens before, if any [C]; stays as it is.
 * @returns what `channelAbsmax` gives.
 * @throws {RangeError} as `channelAbsmax` does.
 */
export function* channelAbsmaxWork(
  space: Space,
  inputs: Matrix,
  before?: Float32Array,
): Work<Float32Array> {
  const { rows: T, columns: C } = inputs;
  checkChannels(C, before);
  const pieces = new InputPieces(inputs);
  const at = layOut(space.begin, { largest: C * 4, x: pieces.bytes });
  reserve(space.kernels, at.end, `take statistics of inputs [${T}, ${C}]`);
  const largest = floats(space, at.largest, C).fill(0);
  yield* pieces.run(space, "raiseAbsmax", at.x, [at.largest]);
  if (!largest.every(Number.isFinite)) return channelAbsmax(inputs, before); // says which value it is
  if (!before) return largest.slice();
  return before.map((value, j) => largest[j] > value ? largest[j] : value);
}
