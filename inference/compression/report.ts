/**
 * What a compression reports of each linear layer and of the model.
 * @module
 */
import { type Matrix, matrix } from "../../kernels/matrix.ts";
import { release } from "../release.ts";
import type { LinearState } from "./layer.ts";
import type { MatrixProducts } from "./products.ts";

/** What became of one linear layer. */
export type LinearReport = {
  /** Name of its weight's tensor. */
  readonly name: string;
  /** The form in which it is stored. */
  readonly form: "integer" | "nf4" | "sparse" | "dense";
  /** Share of its weights that are exactly 0, 0 to 1. */
  readonly sparsity: number;
  /**
   * ‖X(W - Ŵ)ᵀ‖² / ‖XWᵀ‖² over the calibration samples, X being the inputs whose second moments a step last gathered and W the
   * weight before it was compressed; absent when no step gathered any.
   */
  readonly error?: number;
};

/** What is known of a compressed model whenever it is made. */
export interface ModelFacts {
  /** Linear layers, in the order of the computation. */
  readonly linears: readonly LinearReport[];
  /** Share of all the decoder layers' linear weights that are exactly 0. */
  readonly sparsity: number;
  /** What happened on the way, in sentences. */
  readonly notices: readonly string[];
}

/** What a compression reports. */
export interface CompressionReport extends ModelFacts {
  /** The folder of the compressed model. */
  readonly folder: string;
  /** Seconds that this run took; layers that were complete before are not in it. */
  readonly seconds: number;
  /** Decoder layers that were complete before this run. */
  readonly resumed: number;
  /** Bytes of all tensors as stored. */
  readonly bytes: number;
}

/** Share of values that are exactly 0. */
export function zeroShare({ data }: Matrix): number {
  let zeros = 0;
  for (const value of data) if (value === 0) zeros++;
  return zeros / data.length;
}

/** See `LinearReport.error`. */
export async function outputError(
  { dense, weight }: LinearState,
  hessian: Matrix,
  products: MatrixProducts,
): Promise<number> {
  const lost = await energy((i) => dense.data[i] - weight.data[i], dense, hessian, products);
  if (lost === 0) return 0;
  return lost / await energy((i) => dense.data[i], dense, hessian, products);
}

const ROWS_TOGETHER = 1024;

/** tr(A H Aᵀ) of a matrix A, given by its values, in the shape of another. */
async function energy(
  value: (i: number) => number,
  { rows, columns: C }: Matrix,
  hessian: Matrix,
  products: MatrixProducts,
): Promise<number> {
  let sum = 0;
  for (let first = 0; first < rows; first += ROWS_TOGETHER) {
    const some = Math.min(ROWS_TOGETHER, rows - first);
    const a = matrix(some, C);
    for (let i = 0; i < a.data.length; i++) a.data[i] = value(first * C + i);
    const { data } = await products.product(a, hessian);
    for (let i = 0; i < data.length; i++) sum += data[i] * a.data[i];
    release(data, a.data);
  }
  return sum;
}
