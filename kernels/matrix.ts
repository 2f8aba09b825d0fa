/**
 * Dense matrices, row-major, as the kernels take and give them.
 * @module
 */

/** A matrix [rows, columns] of float32 values, row-major. */
export interface Matrix {
  /** Number of rows; of a weight, its outputs. */
  readonly rows: number;
  /** Number of columns; of a weight, its inputs. */
  readonly columns: number;
  /** `rows * columns` values; element (i, j) is at `i * columns + j`. */
  readonly data: Float32Array;
}

/**
 * Makes a matrix, of zeros unless values are given. A `Float32Array` is taken as it is, without a copy.
 *
 * @throws {RangeError} If a size is not a whole number of at least 0, or the values are not `rows * columns`.
 *
 * @example Usage
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { matrix } from "mtpress";
 * deepEqual([...matrix(2, 2, [1, 2, 3, 4]).data], [1, 2, 3, 4]);
 * ```
 */
export function matrix(
  rows: number,
  columns: number,
  values: ArrayLike<number> = new Float32Array(rows * columns),
): Matrix {
  if (!(Number.isSafeInteger(rows) && Number.isSafeInteger(columns) && rows >= 0 && columns >= 0)) {
    throw new RangeError(
      `Cannot make a matrix [${rows}, ${columns}]: sizes must be whole numbers of at least 0`,
    );
  }
  if (values.length !== rows * columns) {
    throw new RangeError(
      `Cannot make a matrix [${rows}, ${columns}] of ${values.length} values: ` +
        `it must have ${rows * columns}`,
    );
  }
  const data = values instanceof Float32Array ? values : Float32Array.from(values);
  return { rows, columns, data };
}
