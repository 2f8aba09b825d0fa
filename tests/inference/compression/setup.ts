/**
 * What tests of compression share: small random models, samples, folders, and the float64 oracle of statistics.
 * @module
 */
import { type Checkpoint, openCheckpoint } from "../../../inference/checkpoint.ts";
import { type CompressedModel, openCompressedModel } from "../../../inference/compressed/model.ts";
import { compressModel } from "../../../inference/compression/compress_model.ts";
import type { CompressOptions } from "../../../inference/compression/compress_options.ts";
import type { LinearMethod, LinearStatistics } from "../../../inference/compression/method.ts";
import { METHODS } from "../../../inference/compression/methods.ts";
import type { CompressionReport } from "../../../inference/compression/report.ts";
import type { Step } from "../../../inference/compression/step.ts";
import { type Matrix, matrix } from "../../../kernels/matrix.ts";
import { roundToNearest } from "../../../kernels/round_to_nearest.ts";
import { llamaLogits, type Weights } from "../../../inference/llama_float64.ts";
import {
  type RandomCheckpointOptions,
  uniform,
  writeRandomCheckpoint,
} from "../random_checkpoint.ts";

/** A model in a temporary folder, and room for compressed ones. Dispose of it to remove everything. */
export interface TestModel extends AsyncDisposable {
  /** The model. */
  readonly source: Checkpoint;
  /** A new folder for a compressed model, that does not exist yet. */
  folder(): string;
}

/** Writes and opens a random model; two layers, 32 wide, with grouped heads of 8 unless told otherwise. */
export async function randomModel(options: RandomCheckpointOptions = {}): Promise<TestModel> {
  const sizes = { hiddenSize: 32, intermediateSize: 48, keyValueHeads: 2, vocabularySize: 90 };
  const { folder, remove } = await writeRandomCheckpoint({ ...sizes, ...options });
  const source = await openCheckpoint(folder);
  let count = 0;
  return {
    source,
    folder: () => `${folder}/compressed-${count++}`,
    async [Symbol.asyncDispose]() {
      source.close();
      await remove();
    },
  };
}

/** Samples of 1 to 30 random tokens. */
export function randomSamples(count: number, vocabularySize: number, seed = 5): number[][] {
  const next = uniform(seed);
  return Array.from(
    { length: count },
    () =>
      Array.from(
        { length: 1 + Math.floor(30 * next()) },
        () => Math.floor(vocabularySize * next()),
      ),
  );
}

/** Compresses into a new folder and opens the result. */
export async function compressed(
  model: TestModel,
  steps: readonly Step[],
  options: Partial<CompressOptions> = {},
): Promise<{ report: CompressionReport; result: CompressedModel }> {
  const folder = options.folder ?? model.folder();
  const report = await compressModel({ source: model.source, steps, folder, ...options });
  return { report, result: await openCompressedModel(folder) };
}

/** A method that keeps what it is given, by tensor, and rounds weights to 3 bits. */
export function probe(
  seen: Map<string, LinearStatistics>,
  statistics: LinearMethod["statistics"] = "own",
): LinearMethod {
  const copies = new Map<LinearStatistics, LinearStatistics>(); // their memory is freed behind the step
  return {
    kind: "probe",
    needs: ["hessian", "columns", "absmax"],
    statistics,
    compress({ layer, name, weight }, given) {
      if (!copies.has(given)) copies.set(given, structuredClone(given));
      seen.set(`model.layers.${layer}.${name}.weight`, copies.get(given)!);
      return roundToNearest(weight, { bits: 3, symmetric: true });
    },
  };
}

/** The built-in methods and another. */
export const withMethod = (method: LinearMethod) => [...METHODS, method];

/** Bytes of every file of a folder, by name. */
export async function folderBytes(folder: string): Promise<Map<string, Uint8Array>> {
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
  const bytes = await Promise.all(names.map((name) => Deno.readFile(`${folder}/${name}`)));
  return new Map(names.map((name, i) => [name, bytes[i]]));
}

/** Inputs of a linear layer: of each sample, of each token, a vector. */
export type LinearInputs = Float64Array[][];

/** The inputs of every linear layer for each sample, by tensor, by the float64 oracle. */
export function oracleInputs(
  weights: Weights,
  source: Checkpoint,
  samples: readonly (readonly number[])[],
): Map<string, LinearInputs> {
  const all = new Map(linearTensors(source).map((tensor) => [tensor, [] as LinearInputs]));
  for (const sample of samples) {
    for (const inputs of all.values()) inputs.push([]);
    llamaLogits(weights, source.config, sample, (name, x) => all.get(name)!.at(-1)!.push(x));
  }
  return all;
}

/** Statistics of inputs from their definitions, in float64. */
export function oracleStatistics(samples: LinearInputs): Required<LinearStatistics> {
  const C = samples[0][0].length;
  const N = samples.length;
  const channels = [...Array(C).keys()];
  const tokens = samples.reduce((sum, sample) => sum + sample.length, 0);
  const total = (f: (x: Float64Array) => number) =>
    samples.reduce((sum, sample) => sum + sample.reduce((part, x) => part + f(x), 0), 0);
  const variance = (sample: Float64Array[], j: number) => {
    const mean = sample.reduce((sum, x) => sum + x[j], 0) / sample.length;
    return sample.reduce((sum, x) => sum + (x[j] - mean) ** 2, 0) / sample.length;
  };
  const H = new Float64Array(C * C);
  for (const x of samples.flat()) {
    for (let i = 0; i < C; i++) for (let j = 0; j < C; j++) H[i * C + j] += 2 / N * x[i] * x[j];
  }
  const hessian = matrix(C, C, H);
  const columns = {
    samples: N,
    tokens,
    squaredNorms: Float32Array.from(channels, (j) => total((x) => x[j] ** 2) / N),
    sums: Float32Array.from(channels, (j) => total((x) => x[j]) / N),
    variances: Float32Array.from(
      channels,
      (j) => samples.reduce((sum, s) => sum + variance(s, j) * s.length, 0) / tokens,
    ),
  };
  const largest = (j: number) => Math.max(...samples.flatMap((s) => s.map((x) => Math.abs(x[j]))));
  return { hessian, columns, absmax: Float32Array.from(channels, largest) };
}

/** Largest difference, as a share of the largest value. */
export function relativeDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    difference = Math.max(difference, Math.abs(a[i] - b[i]));
    largest = Math.max(largest, Math.abs(b[i]));
  }
  return difference / largest;
}

/** The largest relative difference of any of the statistics. */
export function statisticsDifference(a: LinearStatistics, b: Required<LinearStatistics>): number {
  if (a.columns?.samples !== b.columns.samples || a.columns.tokens !== b.columns.tokens) {
    return Infinity;
  }
  return Math.max(
    relativeDifference(a.hessian!.data, b.hessian.data),
    relativeDifference(a.columns.squaredNorms, b.columns.squaredNorms),
    relativeDifference(a.columns.sums, b.columns.sums),
    relativeDifference(a.columns.variances, b.columns.variances),
    relativeDifference(a.absmax!, b.absmax),
  );
}

/** A tensor of a checkpoint as a matrix. */
export async function tensorMatrix(checkpoint: Checkpoint, tensor: string): Promise<Matrix> {
  const [rows, columns] = checkpoint.info(tensor).shape;
  return matrix(rows, columns, await checkpoint.tensor(tensor));
}

/** Names of the tensors of all linear layers. */
export function linearTensors(checkpoint: Checkpoint): string[] {
  return checkpoint.names().filter((name) => name.endsWith("_proj.weight"));
}
