/**
 * Rates of what a compression computes on a graphics adapter: products, Hessians, factors, GPTQ.
 * @module
 */
import type { Backend } from "../../kernels/backend.ts";
import type { Gpu } from "../../kernels/webgpu/gpu.ts";
import type { DeviceWeight } from "../../kernels/webgpu/products/device_weight.ts";
import { openProduct } from "../../kernels/webgpu/products/open_product.ts";
import {
  type BenchContext,
  type BenchResult,
  type Contestant,
  interleave,
  ratioOf,
  secondsOf,
} from "./benchmark.ts";
import { layerHessian, layerInputs, normalMatrix } from "./layers.ts";
import { randomFloats, randomWeight } from "./products_weights.ts";
import type { GpuClock, Recording } from "./webgpu_clock.ts";
import type { CudaTorch } from "./webgpu_torch.ts";

/** On what is measured. */
export interface Adapter {
  /** The device. */
  readonly gpu: Gpu;
  /** Its name. */
  readonly name: string;
  /** Its clock. */
  readonly clock: GpuClock;
  /** The backend on it. */
  readonly backend: Backend;
  /** PyTorch on the same card. */
  readonly torch?: CudaTorch;
  /** What is to be said of every result. */
  readonly notes: readonly string[];
}

interface Work {
  readonly title: string;
  readonly size: Readonly<Record<string, number>>;
  /** Floating-point operations. */
  readonly operations: number;
  readonly notes: readonly string[];
  /** Our ways to do it, in seconds. */
  readonly ours: Readonly<Record<string, () => Promise<number>>>;
  /** PyTorch's handler and its arguments. */
  readonly theirs?: readonly [string, Record<string, unknown>];
}

async function measured(
  work: Work,
  { torch, notes }: Adapter,
  context: BenchContext,
): Promise<BenchResult> {
  const { title, size, operations } = work;
  const rateOf = (seconds: number) => operations / seconds / 1e9;
  const runnables = Object.entries(work.ours)
    .map(([name, seconds]) => ({ name, run: async () => rateOf(await seconds()) }));
  const ours = await interleave(runnables, context.repeats, context);
  const theirs = torch && work.theirs ? [await torch.rates(...work.theirs, rateOf)] : [];
  return {
    ...{ benchmark: "webgpu", title, size, unit: "GFLOP/s" },
    contestants: [...ours, ...theirs],
    ratios: theirs.flatMap((their) => ratiosOf(title, ours, their)),
    notes: [...work.notes, ...notes],
  };
}

function ratiosOf(title: string, ours: readonly Contestant[], theirs: Contestant) {
  if (theirs.samples.length === 0) return [];
  return ours.filter(({ samples }) => samples.length === theirs.samples.length)
    .map((own) => ratioOf(`${title}: ${own.name} / PyTorch`, own, theirs));
}

/** A product of two square matrices, the weight in float32 and in 4 bits. */
export async function measureMatmat(
  n: number,
  adapter: Adapter,
  context: BenchContext,
): Promise<BenchResult> {
  const { gpu, clock } = adapter;
  const weights: DeviceWeight[] = [];
  const x = gpu.upload(randomFloats(n * n, 1), "inputs");
  const y = gpu.allocate(4 * n * n, "outputs");
  try {
    const ours: Record<string, () => Promise<number>> = {};
    for (const format of ["float32", "4 bits"] as const) {
      const weight = await openProduct(gpu, randomWeight(format, n, n, 2));
      weights.push(weight);
      const record: Recording = (batch) => weight.record(batch, x, y, n);
      ours[`mtpress webgpu, ${format}`] = () => clock.seconds(record);
    }
    const title = `Product of matrices ${n} x ${n}`;
    return await measured(
      {
        ...{ title, size: { n }, operations: 2 * n ** 3, ours, notes: [clock.method] },
        theirs: ["product", { size: n }],
      },
      adapter,
      context,
    );
  } finally {
    for (const weight of weights) weight.release();
    for (const buffer of [x, y]) buffer.destroy();
  }
}

/** Adding inputs to a Hessian. */
export async function measureHessian(
  columns: number,
  adapter: Adapter,
  context: BenchContext,
): Promise<BenchResult> {
  const tokens = 4096;
  const inputs = layerInputs(tokens, columns, 3);
  const sums = adapter.backend.statistics(columns, new Set(["hessian"]));
  const ADDS = 4; // behind one sample: the result is read back once
  try {
    return await measured(
      {
        title: `Hessian of ${tokens} tokens x ${columns}`,
        size: { tokens, columns },
        operations: tokens * columns ** 2, // one half: it is symmetric
        notes: ["With the transfer of the inputs to the adapter, by the clock on the wall"],
        ours: {
          "mtpress webgpu": async () => {
            const seconds = await secondsOf(async () => {
              for (let i = 0; i < ADDS; i++) await sums.add(inputs, [tokens]);
              await sums.result();
            });
            return seconds / ADDS;
          },
        },
        theirs: ["hessian", { tokens, columns }],
      },
      adapter,
      context,
    );
  } finally {
    sums.release();
  }
}

/** Factorising a Hessian, and GPTQ of a square layer with the factor. */
export async function* measureGptq(
  n: number,
  adapter: Adapter,
  context: BenchContext,
): AsyncGenerator<BenchResult> {
  const { backend } = adapter;
  const hessian = await layerHessian(backend, n, 5);
  const weight = normalMatrix(n, n, 6);
  const transfers = "With transfers to and from the adapter, by the clock on the wall";
  yield await measured(
    {
      title: `Factor of a Hessian ${n} x ${n}`,
      size: { columns: n },
      operations: 2 / 3 * n ** 3, // a Cholesky factor and the inverse of a triangle
      notes: [transfers],
      ours: {
        "mtpress webgpu": () =>
          secondsOf(async () => {
            const prepared = await backend.prepareHessian(hessian);
            await prepared.factor();
            prepared.release();
          }),
      },
      theirs: ["factor", { columns: n }],
    },
    adapter,
    context,
  );
  const prepared = await backend.prepareHessian(hessian);
  const options = { bits: 4, symmetric: false, groupSize: 128, blockSize: 128 } as const;
  try {
    yield await measured(
      {
        title: `GPTQ ${n} x ${n} with the factor, 4 bits, groups of 128`,
        size: { rows: n, columns: n },
        operations: n ** 3,
        notes: [transfers],
        ours: {
          "mtpress webgpu": () => secondsOf(() => prepared.gptq(weight, options)),
        },
      },
      adapter,
      context,
    );
  } finally {
    prepared.release();
  }
}
