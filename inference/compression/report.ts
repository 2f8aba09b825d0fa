/**
 * What a compression reports of each linear layer and of the model.
 * @module
 */
import type { Matrix } from "../../kernels/matrix.ts";
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
  const { rows, columns } = dense;
  const difference = { rows, columns, data: dense.data.map((w, i) => w - weight.data[i]) };
  const lost = await energy(difference, hessian, products);
  return lost === 0 ? 0 : lost / await energy(dense, hessian, products);
}

/** tr(A H Aᵀ) */
async function energy(a: Matrix, hessian: Matrix, products: MatrixProducts): Promise<number> {
  const { data } = await products.product(a, hessian);
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i] * a.data[i];
  return sum;
}
