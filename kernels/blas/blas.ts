/**
 * The routines of BLAS and LAPACK that compression takes, as functions of row-major matrices. Whoever opens a library gives them.
 * @module
 */

/** Values of one precision. */
export type BlasValues = Float32Array | Float64Array;

/** The routines in one precision. Matrices are row-major; a step is the values from a row's first to the next row's. */
export interface BlasRoutines<Values extends BlasValues> {
  /** Zeros in the precision. */
  allocate(count: number): Values;
  /**
   * C := C - A B, `sgemm` or `dgemm`.
   * @param sizes rows of C, columns of C, columns of A.
   * @param a A [m, k].
   * @param b B [k, n].
   * @param c C [m, n].
   */
  subtractProduct(
    sizes: readonly [m: number, n: number, k: number],
    a: Values,
    aStep: number,
    b: Values,
    bStep: number,
    c: Values,
    cStep: number,
  ): void;
  /**
   * C := C + XᵀX, `ssyrk` or `dsyrk`. Only the upper triangle of C is read and written.
   * @param x X [k, n].
   * @param c C [n, n].
   */
  addGram(n: number, k: number, x: Values, c: Values): void;
  /**
   * L, lower, with A = L Lᵀ, in place, `spotrf` or `dpotrf`. Only the lower triangle of A is read and written.
   * @param a A [n, n].
   * @returns 0, or the number of the row, from 1, whose pivot is not positive; it stands on the diagonal.
   */
  cholesky(n: number, a: Values): number;
  /**
   * L⁻¹ of L, lower, in place, `strtri` or `dtrtri`.
   * @param l L [n, n].
   * @returns 0, or the number of the row, from 1, whose diagonal is 0.
   */
  invertLower(n: number, l: Values): number;
}

/** A library of BLAS and LAPACK. */
export interface Blas {
  /** Its name and threads, in a few words. */
  readonly description: string;
  /** float32. */
  readonly single: BlasRoutines<Float32Array>;
  /** float64. */
  readonly double: BlasRoutines<Float64Array>;
}
