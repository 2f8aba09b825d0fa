/**
 * What a graphics adapter does through WebGPU: decoding's linear products in every stored form, and what compressions compute.
 * @module
 */
import { openBackend } from "../../inference/backends.ts";
import { type AdapterFacts, findAdapter } from "../../inference/webgpu_adapter.ts";
import {
  type BenchContext,
  type Benchmark,
  type BenchResult,
  type Contestant,
  ratioOf,
} from "./benchmark.ts";
import { measureProducts } from "./products.ts";
import { PRODUCT_MODELS, type ProductModel } from "./products_models.ts";
import { openGpuClock } from "./webgpu_clock.ts";
import { type Adapter, measureGptq, measureHessian, measureMatmat } from "./webgpu_layers.ts";
import { type CudaTorch, startCudaTorch } from "./webgpu_torch.ts";

const SIZES = [256, 1024, 2048, 4096];
const LARGEST_IN_SOFTWARE = 256;
const LARGEST_QUICK = 1024;

/** Rates on the default graphics adapter. */
export const WEBGPU: Benchmark = {
  id: "webgpu",
  sentence: "Rates of the graphics adapter: a token's linear products in every form, GPTQ's parts",
  async *run(context) {
    const open = await findAdapter();
    if (!open) {
      context.log("webgpu: not measured: there is no graphics adapter");
      return;
    }
    const { gpu, facts } = open;
    const torch = facts.fallback
      ? "PyTorch was not measured: the adapter is not a card of its own"
      : await startCudaTorch(context);
    const clock = openGpuClock(gpu);
    const backend = await openBackend("webgpu");
    const adapter: Adapter = {
      ...{ gpu, name: facts.name, clock, backend },
      ...typeof torch !== "string" && { torch },
      notes: notesOf(facts, torch),
    };
    try {
      yield* decoding(adapter, facts, context);
      yield* layers(adapter, facts, context);
    } finally {
      clock.release();
      await backend.close();
      if (typeof torch !== "string") await torch.close();
    }
  },
};

function notesOf({ name, fallback }: AdapterFacts, torch: CudaTorch | string): string[] {
  return [
    `On ${name}`,
    ...fallback
      ? [
        "This adapter computes in software on the processor: its rates say nothing of how forms or kernels rank on a card",
      ]
      : [],
    ...typeof torch === "string" ? [torch] : [],
  ];
}

async function* decoding(
  adapter: Adapter,
  { fallback }: AdapterFacts,
  context: BenchContext,
): AsyncGenerator<BenchResult> {
  const count = fallback ? 1 : context.quick ? 2 : PRODUCT_MODELS.length;
  const { gpu, clock, torch } = adapter;
  const notes = [clock.method, ...adapter.notes];
  for (const { name, layers } of PRODUCT_MODELS.slice(0, count)) {
    const model = { name: fallback ? `${name}, adapter in software` : name, layers };
    const result = await measureProducts(gpu, clock, model, context, notes);
    yield torch ? await withTorch(result, model, torch) : result;
  }
}

/** Adds PyTorch's products in float32 and float16, and what ours are to them. */
async function withTorch(
  result: BenchResult,
  { layers }: ProductModel,
  torch: CudaTorch,
): Promise<BenchResult> {
  const shapes = layers.map(({ rows, columns, count }) => [rows, columns, count]);
  const theirs: Contestant[] = [];
  for (const dtype of ["float32", "float16"]) {
    const rateOf = (seconds: number) => 1 / seconds;
    theirs.push(await torch.rates("decode", { layers: shapes, dtype }, rateOf, dtype));
  }
  const ratios = result.contestants.flatMap((own) =>
    theirs.filter(({ samples }) => samples.length > 0 && samples.length === own.samples.length)
      .map((their) => ratioOf(`${result.title}: ${own.name} / ${their.name}`, own, their))
  );
  return {
    ...result,
    contestants: [...result.contestants, ...theirs],
    ratios: [...result.ratios, ...ratios],
  };
}

async function* layers(
  adapter: Adapter,
  { fallback }: AdapterFacts,
  context: BenchContext,
): AsyncGenerator<BenchResult> {
  const largest = fallback ? LARGEST_IN_SOFTWARE : context.quick ? LARGEST_QUICK : Infinity;
  for (const size of SIZES.filter((size) => size <= largest)) {
    yield await measureMatmat(size, adapter, context);
    yield await measureHessian(size, adapter, context);
    yield* measureGptq(size, adapter, context);
  }
}
