/**
 * NF4 on a graphics adapter: block maxima and codes there, double quantisation on the CPU. The bytes are those of `quantizeNf4`: reciprocals
 * and products are rounded by their bits (exact_float.wgsl), since WGSL's division may be a few units in the last place off.
 * @module
 */
import type { Matrix } from "../matrix.ts";
import { type Nf4Options, nf4Settings, quantizeNf4 } from "../nf4.ts";
import { quantizeAbsmax } from "../nf4_absmax.ts";
import { nearestNf4Code, NF4_THRESHOLDS } from "../nf4_levels.ts";
import type { Nf4Weight } from "../stored_weight.ts";
import exactFloat from "./exact_float.wgsl" with { type: "text" };
import type { Gpu } from "./gpu.ts";
import codesSource from "./nf4_codes.wgsl" with { type: "text" };
import maximaSource from "./nf4_maxima.wgsl" with { type: "text" };
import { gridOf, type Panel, type PanelOptions, panelsOf } from "./row_panels.ts";

/** Codes in a word. */
const CODES = 8;
/** Words of a workgroup. */
const THREADS = 64;

/** Bits of the largest float32 up to 1e-38, below which `quantizeNf4` takes the reciprocal of 1e-38, and of that reciprocal. */
const SMALLEST_ABSMAX = 0x006ce3ee;
const LARGEST_RECIPROCAL = 0x7e967699;

interface Kernels {
  readonly maxima: GPUComputePipeline;
  readonly codes: GPUComputePipeline;
}

async function kernels(gpu: Gpu, BLOCK: number): Promise<Kernels> {
  const [maxima, codes] = await Promise.all([
    gpu.pipeline(maximaSource, { BLOCK }),
    gpu.pipeline(exactFloat + codesSource, {
      BLOCK,
      SMALLEST: SMALLEST_ABSMAX,
      LARGEST_RECIPROCAL,
      ZERO_CODE: nearestNf4Code(0),
    }),
  ]);
  return { maxima, codes };
}

/** Parts that begin at a block and at a word of codes. */
function parts(gpu: Gpu, elements: number, blockSize: number, options: PanelOptions): Panel[] {
  let unit = blockSize;
  while (unit % CODES !== 0) unit *= 2;
  return panelsOf(gpu, elements, 4, options, unit);
}

/**
 * Quantises a weight to NF4 on a graphics adapter.
 *
 * @param weight W [R, C].
 * @param options block size and double quantisation, as `quantizeNf4` has them, and the size of parts.
 * @returns what `quantizeNf4` gives, to the bit.
 * @throws {RangeError} as `quantizeNf4` does.
 * @throws {GpuError} if the adapter fails.
 */
export async function nf4Webgpu(
  gpu: Gpu,
  weight: Matrix,
  options: Nf4Options & PanelOptions = {},
): Promise<Nf4Weight> {
  const { blockSize, doubleQuantization } = nf4Settings(options);
  const { rows, columns, data } = weight;
  if (data.length === 0) return quantizeNf4(weight, options);
  const BLOCK = Math.min(blockSize, data.length);
  const { maxima, codes } = await kernels(gpu, BLOCK);
  const panels = parts(gpu, data.length, BLOCK, options);
  const result = await gpu.run("quantise a weight to NF4", (batch) => {
    const thresholds = batch.upload(Float32Array.from(NF4_THRESHOLDS), "NF4 thresholds");
    const results: Record<string, GPUBuffer> = {};
    for (const { name, start, end } of panels) {
      const elements = end - start;
      const blocks = Math.ceil(elements / BLOCK);
      const words = Math.ceil(elements / CODES);
      const W = batch.upload(data.subarray(start, end), "weight");
      const absmax = batch.allocate(blocks * 4, "NF4 maxima");
      const packed = batch.allocate(words * 4, "NF4 codes");
      const parameters = Uint32Array.of(elements, blocks);
      batch.dispatch(maxima, [W, absmax], gridOf(gpu, blocks), parameters);
      const grid = gridOf(gpu, Math.ceil(words / THREADS));
      batch.dispatch(codes, [W, absmax, thresholds, packed], grid, parameters);
      Object.assign(results, { [`${name}: maxima`]: absmax, [`${name}: codes`]: packed });
    }
    return results;
  });
  const absmax = new Float32Array(Math.ceil(data.length / BLOCK));
  const packed = new Uint8Array(Math.ceil(data.length / 2));
  for (const { name, start, end } of panels) {
    const blocks = Math.ceil((end - start) / BLOCK);
    absmax.set(new Float32Array(result[`${name}: maxima`], 0, blocks), start / BLOCK);
    const bytes = Math.ceil((end - start) / 2);
    packed.set(new Uint8Array(result[`${name}: codes`], 0, bytes), start / 2);
  }
  if (!absmax.every(Number.isFinite)) return quantizeNf4(weight, options); // refused
  return {
    kind: "nf4",
    rows,
    columns,
    blockSize,
    codes: packed,
    absmax: doubleQuantization ? quantizeAbsmax(absmax) : absmax,
  };
}
