/**
 * The activation statistics of SmoothQuant on a graphics adapter: largest magnitudes of channels, found among their bits.
 * @module
 */
import { channelAbsmax, checkChannels } from "../channel_absmax.ts";
import type { Matrix } from "../matrix.ts";
import absmaxSource from "./absmax.wgsl" with { type: "text" };
import type { Gpu } from "./gpu.ts";
import { type PanelOptions, panelsOf } from "./row_panels.ts";

/** Threads of a workgroup, each with a column of so many tokens. */
const THREADS = 64;
const TOKENS = 64;

/**
 * The largest magnitude of each channel over all tokens seen, on a graphics adapter.
 *
 * @param inputs X [T, C].
 * @param before what this function gave for the tokens before, if any [C].
 * @param options the size of parts.
 * @returns what `channelAbsmax` gives, to the bit [C].
 * @throws {RangeError} as `channelAbsmax` does.
 * @throws {GpuError} if the adapter fails.
 */
export async function absmaxWebgpu(
  gpu: Gpu,
  inputs: Matrix,
  before?: Float32Array,
  options: PanelOptions = {},
): Promise<Float32Array<ArrayBuffer>> {
  const { rows, columns: C, data } = inputs;
  checkChannels(C, before);
  if (data.length === 0) return Float32Array.from(channelAbsmax(inputs, before));
  const pipeline = await gpu.pipeline(absmaxSource, { COLUMNS: C });
  const { largest } = await gpu.run("find channels' largest magnitudes", (batch) => {
    const largest = batch.allocate(4 * C, "largest magnitudes");
    for (const { start, end } of panelsOf(gpu, rows, 4 * C, options)) {
      const X = batch.upload(data.subarray(start * C, end * C), "inputs");
      const grid = [Math.ceil(C / THREADS), Math.ceil((end - start) / TOKENS)] as const;
      batch.dispatch(pipeline, [X, largest], grid, Uint32Array.of(end - start));
    }
    return { largest };
  });
  const found = new Float32Array(largest, 0, C);
  if (!found.every(Number.isFinite)) channelAbsmax(inputs); // refuses the first such value
  return found.map((magnitude, j) => Math.max(magnitude, before?.[j] ?? 0));
}
