/**
 * The linear products of one decoded token on a graphics adapter, in every stored form.
 * @module
 */
import type { Gpu } from "../../kernels/webgpu/gpu.ts";
import type { DeviceWeight } from "../../kernels/webgpu/products/device_weight.ts";
import { loadProduct } from "../../kernels/webgpu/products/loaded_weight.ts";
import { packProduct } from "../../kernels/webgpu/products/pack.ts";
import { matrix } from "../../kernels/matrix.ts";
import { significant } from "../table/numbers.ts";
import { median } from "../time.ts";
import {
  type BenchContext,
  type BenchResult,
  type Contestant,
  interleave,
  ratioOf,
  type Runnable,
} from "./benchmark.ts";
import { parametersOf, type ProductModel } from "./products_models.ts";
import {
  PRODUCT_FORMATS,
  type ProductFormatName,
  randomFloats,
  randomWeight,
} from "./products_weights.ts";
import type { GpuClock, Recording } from "./webgpu_clock.ts";

/** Up to so many bytes in float32, all forms of a model lie on the adapter together and are measured in turn. */
const TOGETHER = 2 ** 30;

/** A model's weights in one form on the adapter. */
interface LoadedModel {
  readonly bytes: number;
  /** Records all products of a token, one behind the other. */
  readonly record: Recording;
  release(): void;
}

/** Loads every layer to a place of its own, so that no cache of the adapter makes a few stand for all. */
async function load(gpu: Gpu, model: ProductModel, name: ProductFormatName): Promise<LoadedModel> {
  const weights: DeviceWeight[] = [];
  const inputs = new Map<number, GPUBuffer>();
  const rows = Math.max(...model.layers.map((layer) => layer.rows));
  const outputs = gpu.allocate(4 * rows, "outputs");
  const release = () => {
    for (const weight of weights) weight.release();
    for (const buffer of [...inputs.values(), outputs]) buffer.destroy();
  };
  const { maxStorageBufferBindingSize, maxBufferSize } = gpu.device.limits;
  try {
    for (const [i, { rows, columns, count }] of model.layers.entries()) {
      const panelBytes = Math.min(maxStorageBufferBindingSize, maxBufferSize);
      const packed = packProduct(randomWeight(name, rows, columns, i), panelBytes);
      for (let k = 0; k < count; k++) {
        weights.push(await loadProduct(gpu, packed));
        await gpu.run("upload a layer", () => ({})); // or all of them would wait in memory
      }
      if (inputs.has(columns)) continue;
      const x = weights.at(-1)!.arrange(matrix(1, columns, randomFloats(columns, i)));
      inputs.set(columns, gpu.upload(x, "inputs"));
    }
  } catch (error) {
    release();
    throw error;
  }
  return {
    bytes: weights.reduce((sum, weight) => sum + weight.bytes, 0),
    record(batch) {
      for (const weight of weights) {
        weight.record(batch, inputs.get(weight.columns)!, outputs, 1);
      }
    },
    release,
  };
}

/** Measures some forms in turn; those that the adapter has no memory for are contestants that failed. */
async function measure(
  gpu: Gpu,
  clock: GpuClock,
  model: ProductModel,
  names: readonly ProductFormatName[],
  context: BenchContext,
): Promise<Contestant[]> {
  const loaded: LoadedModel[] = [];
  const runnables: Runnable[] = [];
  const failed: Contestant[] = [];
  try {
    for (const name of names) {
      context.signal?.throwIfAborted();
      try {
        const own = await load(gpu, model, name);
        loaded.push(own);
        const note = `${(own.bytes / 1e6).toFixed(2)} MB a token`;
        const record = own.record;
        runnables.push({ name, note, run: async () => 1 / await clock.seconds(record) });
      } catch (error) {
        failed.push({ name, samples: [], error: error instanceof Error ? error.message : "" });
      }
    }
    const measured = runnables.length > 0
      ? await interleave(runnables, context.repeats, context)
      : [];
    const withRates = measured.map((one, i) => ({
      ...one,
      ...one.samples.length > 0 && { note: rateNote(one, loaded[i].bytes) },
    }));
    return [...withRates, ...failed];
  } finally {
    for (const one of loaded) one.release();
  }
}

function rateNote({ note, samples }: Contestant, bytes: number): string {
  return `${note}, ${significant(bytes * median(samples) / 1e9)} GB/s`;
}

/**
 * Measures the products of one token of a model, in each form.
 *
 * @param notes what else is to be said of the adapter and the clock.
 */
export async function measureProducts(
  gpu: Gpu,
  clock: GpuClock,
  model: ProductModel,
  context: BenchContext,
  notes: readonly string[],
): Promise<BenchResult> {
  const parameters = parametersOf(model);
  const together = 4 * parameters <= TOGETHER;
  const groups = together ? [PRODUCT_FORMATS] : PRODUCT_FORMATS.map((name) => [name]);
  const contestants: Contestant[] = [];
  for (const names of groups) {
    contestants.push(...await measure(gpu, clock, model, names, context));
  }
  const title = `Linear products of one token, ${model.name}`;
  const dense = contestants.find(({ name }) => name === "float32")!;
  const others = contestants.filter((one) => one !== dense && one.samples.length > 0);
  return {
    benchmark: "webgpu",
    title,
    size: { parameters },
    unit: "tokens/s",
    contestants,
    ratios: dense.samples.length === 0
      ? []
      : others.map((one) => ratioOf(`${title}: ${one.name} / float32`, one, dense)),
    notes: [
      "Products with all linear layers and the head alone: attention, norms and sampling are not in it",
      ...together ? [] : ["Forms were measured one after the other, since all may not fit at once"],
      ...notes,
    ],
  };
}
