/**
 * Hessians by a BLAS library.
 * @module
 */
import { type HessianAccumulator, hessianAccumulator } from "../hessian.ts";
import { type Matrix, matrix } from "../matrix.ts";
import type { Blas } from "./blas.ts";

/** Tokens whose products are summed in float32, before they join the sums in float64. */
const MOST_TOKENS = 2048;

/** Sums inputs into a Hessian, some thousand tokens at a time in float32 and those in float64. */
export class BlasHessian {
  readonly #blas: Blas;
  readonly #sum: HessianAccumulator;
  #product: Float32Array | undefined;
  #tokens = 0;
  #samples = 0;

  /**
   * Begins a Hessian of C input columns.
   * @throws {RangeError} if `columns` is not a whole number of at least 1.
   */
  constructor(blas: Blas, readonly columns: number) {
    this.#blas = blas;
    this.#sum = hessianAccumulator(columns);
  }

  /** Adds the inputs X [T, C] of some samples. */
  add({ rows, data }: Matrix, samples: number): void {
    const C = this.columns;
    this.#product ??= new Float32Array(C * C);
    for (let first = 0; first < rows; first += MOST_TOKENS) {
      const count = Math.min(MOST_TOKENS, rows - first);
      if (this.#tokens + count > MOST_TOKENS) this.#flush(0);
      const inputs = data.subarray(first * C, (first + count) * C);
      this.#blas.single.addGram(C, count, inputs, this.#product);
      this.#tokens += count;
    }
    this.#samples += samples;
  }

  /**
   * H of what was added.
   * @throws {RangeError} if there was no sample.
   */
  result(): Matrix {
    this.#flush(this.#samples);
    this.#samples = 0;
    return this.#sum.hessian();
  }

  /** Frees the sums. */
  release(): void {
    this.#product = undefined;
    this.#sum.release();
  }

  #flush(samples: number): void {
    if (!this.#product || this.#tokens === 0) return;
    const product = matrix(this.columns, this.columns, this.#product);
    this.#sum.addRows(product, 0, samples);
    this.#product.fill(0);
    this.#tokens = 0;
  }
}
