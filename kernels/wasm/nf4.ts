/**
 * NF4 in WebAssembly: what `quantizeNf4` gives, to the bit.
 * @module
 */
import type { Matrix } from "../matrix.ts";
import { type Nf4Options, nf4Settings, quantizeNf4 } from "../nf4.ts";
import { quantizeAbsmax } from "../nf4_absmax.ts";
import { nearestNf4Code, NF4_THRESHOLDS } from "../nf4_levels.ts";
import type { Nf4Weight } from "../stored_weight.ts";
import { parts, type Work } from "./calls.ts";
import { layOut, reserve } from "./module.ts";
import { bytes, CALL_BYTES, floats, PIECE_BYTES, type Space } from "./space.ts";

/** Elements of a piece and of a call: whole blocks and whole bytes of codes, unless it is the whole weight. */
function pieces(length: number, blockSize: number): { piece: number; call: number } {
  const unit = Math.min(blockSize % 2 === 0 ? blockSize : 2 * blockSize, length);
  const call = Math.max(Math.floor(CALL_BYTES / 4 / unit), 1) * unit;
  return { piece: Math.max(Math.floor(PIECE_BYTES / 4 / call), 1) * call, call };
}

/**
 * Quantises a weight to NF4. It goes through a few megabytes of memory piece by piece; of blocks larger than those, through as many
 * as one or two blocks take.
 *
 * @param weight W [R, C]; it is not changed.
 * @param options block size and double quantisation, as of `quantizeNf4`.
 * @returns what `quantizeNf4` gives.
 * @throws {RangeError} as `quantizeNf4` does.
 */
export function* nf4Work(
  space: Space,
  weight: Matrix,
  options: Nf4Options = {},
): Work<Nf4Weight> {
  const settings = nf4Settings(options);
  const { rows, columns, data } = weight;
  const blockSize = Math.min(settings.blockSize, data.length);
  const { piece, call } = pieces(data.length, blockSize);
  const most = Math.min(piece, data.length);
  const at = layOut(space.begin, {
    thresholds: NF4_THRESHOLDS.length * 4,
    data: most * 4,
    absmax: Math.ceil(most / blockSize) * 4,
    codes: Math.ceil(most / 2),
  });
  const absmax = new Float32Array(data.length === 0 ? 0 : Math.ceil(data.length / blockSize));
  const codes = new Uint8Array(Math.ceil(data.length / 2));
  if (data.length > 0) reserve(space.kernels, at.end, `quantise a weight [${rows}, ${columns}]`);
  for (const [first, last] of parts(data.length, piece)) {
    floats(space, at.thresholds, NF4_THRESHOLDS.length).set(NF4_THRESHOLDS);
    floats(space, at.data, last - first).set(data.subarray(first, last));
    yield [...parts(last - first, call)].map(([from, to]) => {
      const outputs = [at.absmax + from / blockSize * 4, at.codes + from / 2];
      const args = [to - from, blockSize, at.data + from * 4, at.thresholds, ...outputs];
      return { name: "quantiseNf4", args };
    });
    const maxima = floats(space, at.absmax, Math.ceil((last - first) / blockSize));
    if (!maxima.every(Number.isFinite)) return quantizeNf4(weight, options); // says which value it is
    absmax.set(maxima, first / blockSize);
    codes.set(bytes(space, at.codes, Math.ceil((last - first) / 2)), first / 2);
  }
  if (data.length % 2 === 1) codes[codes.length - 1] |= nearestNf4Code(0);
  return {
    ...{ kind: "nf4", rows, columns, blockSize: settings.blockSize, codes },
    absmax: settings.doubleQuantization ? quantizeAbsmax(absmax) : absmax,
  };
}
