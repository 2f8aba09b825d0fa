/**
 * Wanda in WebAssembly: what `wandaMask` gives, to the bit. The weights to prune are selected, not sorted.
 * @module
 */
import type { Matrix } from "../matrix.ts";
import { checkRuns, prunedCount, type SparsityPattern } from "../prune_smallest.ts";
import { checkNorms } from "../wanda.ts";
import { parts, type Work } from "./calls.ts";
import { layOut, reserve } from "./module.ts";
import { bytes, CALL_BYTES, floats, PIECE_BYTES, type Space } from "./space.ts";

/** How many of every run of how many columns; a ratio is one run of all. */
function runsOf(columns: number, pattern: SparsityPattern): { n: number; m: number } {
  if ("ratio" in pattern) return { n: prunedCount(columns, pattern.ratio), m: columns };
  checkRuns(columns, pattern.n, pattern.m);
  return pattern;
}

/** Rows of a piece and of a call. */
export function rowPieces(rows: number, columns: number): { piece: number; call: number } {
  const most = (bytes: number) => Math.max(Math.floor(bytes / 4 / Math.max(columns, 1)), 1);
  return { piece: Math.min(most(PIECE_BYTES), rows), call: most(CALL_BYTES) };
}

/**
 * Wanda's mask. The weight goes through a few megabytes of memory piece by piece.
 *
 * @param weight W [R, C]; it is not changed.
 * @param squaredNorms [C], as `ColumnStatistics` has them.
 * @param pattern how many to prune.
 * @returns the mask [R, C] that `wandaMask` gives, 1 = kept.
 * @throws {RangeError} as `wandaMask` does.
 */
export function* wandaWork(
  space: Space,
  weight: Matrix,
  squaredNorms: Float32Array,
  pattern: SparsityPattern,
): Work<Uint8Array<ArrayBuffer>> {
  checkNorms(weight, squaredNorms);
  const { rows: R, columns: C, data } = weight;
  const { n, m } = runsOf(C, pattern);
  const { piece, call } = rowPieces(R, C);
  const threadBytes = space.kernels.wandaBytes(C);
  const at = layOut(space.begin, {
    norms: C * 4,
    weight: piece * C * 4,
    mask: piece * C,
    work: space.threads * threadBytes,
  });
  reserve(space.kernels, at.end, `prune a weight [${R}, ${C}]`);
  const mask = new Uint8Array(R * C);
  for (const [first, last] of parts(R, piece)) {
    floats(space, at.norms, C).set(squaredNorms.map(Math.sqrt));
    floats(space, at.weight, (last - first) * C).set(data.subarray(first * C, last * C));
    yield [...parts(last - first, call)].map(([from, to]) => {
      const places = [at.weight + from * C * 4, at.norms, at.mask + from * C];
      const args = [to - from, C, n, m, ...places, at.work, threadBytes];
      return { name: "pruneByWanda", args };
    });
    mask.set(bytes(space, at.mask, (last - first) * C), first * C);
  }
  return mask;
}
