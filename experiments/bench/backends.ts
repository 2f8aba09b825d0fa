/**
 * What WebAssembly gains over the plain functions, method by method.
 * @module
 */
import { openBackend } from "../../inference/backends.ts";
import type { Backend, InputStatistics } from "../../kernels/backend.ts";
import type { Matrix } from "../../kernels/matrix.ts";
import { referenceBackend } from "../../kernels/reference.ts";
import {
  type BenchContext,
  type Benchmark,
  type BenchResult,
  fastest,
  interleave,
  ratioOf,
  secondsOf,
} from "./benchmark.ts";
import { layerInputs, normalMatrix } from "./layers.ts";
import { type NamedBackend, openWasmBackends } from "./our_backends.ts";

const SIZE = 512;
const QUICK_SIZE = 256;

interface Layer {
  readonly weight: Matrix;
  readonly inputs: Matrix;
  readonly statistics: Required<InputStatistics>;
  readonly mask: Uint8Array;
}

/** The methods, each as what a backend does for one layer. */
const METHODS: Readonly<Record<string, (backend: Backend, layer: Layer) => Promise<unknown>>> = {
  "Hessian": (backend, { inputs }) => gather(backend, inputs, ["hessian"]),
  "column statistics": (backend, { inputs }) => gather(backend, inputs, ["columns", "absmax"]),
  "GPTQ": async (backend, { weight, statistics }) => {
    const prepared = await backend.prepareHessian(statistics.hessian);
    await prepared.gptq(weight, { bits: 4, symmetric: false, groupSize: 128 });
    prepared.release();
  },
  "NF4": (backend, { weight }) => backend.quantizeNf4(weight),
  "Wanda": (backend, { weight, statistics }) =>
    backend.wandaMask(weight, statistics.columns.squaredNorms, { ratio: 0.5 }),
  "DSnoT": (backend, { weight, mask, statistics }) =>
    backend.dsnot(weight, mask, statistics.columns),
};

/** WebAssembly against the plain functions. */
export const BACKEND_METHODS: Benchmark = {
  id: "backends",
  sentence: "Each method on WebAssembly against the plain TypeScript functions",
  async *run(context) {
    await using ours = await openWasmBackends();
    const reference = referenceBackend();
    const layer = await testLayer(context.quick ? QUICK_SIZE : SIZE);
    for (const method of Object.keys(METHODS)) {
      yield await measure(method, layer, reference, ours.backends, context);
    }
  },
};

async function measure(
  method: string,
  layer: Layer,
  reference: Backend,
  ours: readonly NamedBackend[],
  context: BenchContext,
): Promise<BenchResult> {
  const { rows, columns } = layer.weight;
  const title = `${method} ${rows} x ${columns}`;
  const all = [...ours, { name: "mtpress reference", backend: reference }];
  const runs = all.map(({ name, backend }) => ({
    name,
    run: () => secondsOf(() => METHODS[method](backend, layer)),
  }));
  const contestants = await interleave(runs, context.repeats, context);
  const wasm = fastest(contestants.slice(0, -1));
  const ratios = wasm ? [ratioOf(`${title}: wasm / reference`, wasm, contestants.at(-1)!)] : [];
  return {
    benchmark: "backends",
    title,
    size: { rows, columns, tokens: layer.inputs.rows },
    unit: "s",
    contestants,
    ratios,
    notes: [],
  };
}

async function testLayer(size: number): Promise<Layer> {
  const weight = normalMatrix(size, size, 1);
  const inputs = layerInputs(2 * size, size, 2);
  const backend = await openBackend("wasm");
  try {
    const statistics = await gather(backend, inputs, ["hessian", "columns", "absmax"]);
    const { squaredNorms } = statistics.columns;
    const mask = await backend.wandaMask(weight, squaredNorms, { ratio: 0.5 });
    return { weight, inputs, statistics, mask };
  } finally {
    await backend.close();
  }
}

async function gather(
  backend: Backend,
  inputs: Matrix,
  kinds: readonly (keyof InputStatistics)[],
): Promise<Required<InputStatistics>> {
  const statistics = backend.statistics(inputs.columns, new Set(kinds));
  try {
    await statistics.add(inputs, [inputs.rows / 2, inputs.rows / 2]);
    return await statistics.result() as Required<InputStatistics>;
  } finally {
    statistics.release();
  }
}
