/**
 * What the golden cases of wanda and dsnot have in common: their statistics, masks and pruned weights.
 * @module
 */
import {
  addColumnStatistics,
  type ColumnStatistics,
  emptyColumnStatistics,
} from "../../kernels/column_statistics.ts";
import { applyMask } from "../../kernels/mask.ts";
import type { Matrix } from "../../kernels/matrix.ts";
import type { SparsityPattern } from "../../kernels/prune_smallest.ts";
import {
  asMatrix,
  expectAllClose,
  expectAllEqual,
  type GoldenCase,
  type GoldenTensor,
  samples,
} from "./golden.ts";

/** Statistics of the samples, one batch each. */
export function statisticsOf(inputs: readonly Matrix[]): ColumnStatistics {
  return inputs.reduce(
    (statistics, X) => addColumnStatistics(statistics, X),
    emptyColumnStatistics(inputs[0].columns),
  );
}

/** The case's weight and statistics. */
export function goldenInputs({ inputs }: GoldenCase): { W: Matrix; statistics: ColumnStatistics } {
  return { W: asMatrix(inputs.W), statistics: statisticsOf(samples(inputs.X)) };
}

/** The case's sparsity. */
export function goldenPattern({ params }: GoldenCase): SparsityPattern {
  return params.prune_n > 0
    ? { n: params.prune_n, m: params.prune_m }
    : { ratio: params.sparsity_ratio };
}

/** A mask of the vectors, where 1 = pruned, in our sense. */
export function goldenMask({ data }: GoldenTensor): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(data, (pruned) => 1 - pruned);
}

/** Asserts that a mask is the case's, and that it prunes to the case's weight. */
export function expectGoldenMask(mask: Uint8Array, { inputs, tensors }: GoldenCase): void {
  expectAllEqual(mask, goldenMask(tensors.mask), "mask");
  expectAllEqual(applyMask(asMatrix(inputs.W), mask).data, tensors.W_pruned.data, "W_pruned");
}

/** Asserts that values are the case's tensor at the manifest's tolerance; `atol_of_max` is in units of the largest magnitude. */
export function expectGolden(
  values: ArrayLike<number>,
  name: string,
  { tensors, tolerance }: GoldenCase,
  toleranceName = name,
): void {
  const expected = tensors[name];
  if (expected === undefined) return; // not every case stores every tensor
  const { rtol = 0, atol_of_max = 0 } = tolerance[toleranceName];
  const largest = Math.max(...Array.from(expected.data, Math.abs));
  expectAllClose(values, expected.data, { rtol, atol: atol_of_max * largest }, name);
}
