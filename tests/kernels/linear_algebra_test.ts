import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import {
  cholesky,
  FactorizationError,
  inverseFromCholesky,
  upperFactorOfInverse,
} from "../../kernels/linear_algebra.ts";
import { expectAllClose } from "./golden.ts";
import { randomMatrix } from "./random.ts";

/** A Aᵀ + I/100 of a random A: positive definite. */
function positiveDefinite(size: number, seed: number): Float64Array {
  const { data } = randomMatrix(size, size + 2, seed);
  return product(Float64Array.from(data), size, true, 0.01);
}

/** X Xᵀ, or XᵀX, by the definition; `ridge` on the diagonal. */
function product(x: Float64Array, size: number, outer: boolean, ridge = 0): Float64Array {
  const inner = x.length / size;
  const at = (i: number, k: number) => outer ? x[i * inner + k] : x[k * size + i];
  return Float64Array.from({ length: size * size }, (_, ij) => {
    const [i, j] = [Math.floor(ij / size), ij % size];
    let sum = i === j ? ridge : 0;
    for (let k = 0; k < inner; k++) sum += at(i, k) * at(j, k);
    return sum;
  });
}

/** The identity, as the product of A and B. */
function expectInverse(a: Float64Array, b: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += a[i * size + k] * b[k * size + j];
      expect(sum).toBeCloseTo(i === j ? 1 : 0, 8);
    }
  }
}

const SIZES = [1, 2, 3, 4, 5, 7, 8, 13, 32];
const CLOSE = { rtol: 1e-10, atol: 1e-10 };

describe("linear algebra", () => {
  it("cholesky() gives a lower L with L Lᵀ = A, for sizes on both sides of the unrolling", () => {
    for (const size of SIZES) {
      const a = positiveDefinite(size, size);
      const l = cholesky(a, size);
      expectAllClose(product(l, size, true), a, CLOSE, `L Lᵀ of size ${size}`);
      for (let i = 0; i < size; i++) {
        expect(l.slice(i * size + i + 1, (i + 1) * size)).toEqual(
          new Float64Array(size - i - 1),
        );
      }
    }
  });

  it("inverseFromCholesky() gives A⁻¹, symmetric", () => {
    for (const size of SIZES) {
      const a = positiveDefinite(size, size + 50);
      expectInverse(a, inverseFromCholesky(cholesky(a, size), size), size);
    }
  });

  it("upperFactorOfInverse() equals the three factorisations of the reference: L of A, A⁻¹, its upper factor", () => {
    for (const size of SIZES) {
      const a = positiveDefinite(size, size + 100);
      const u = upperFactorOfInverse(a, size);
      const inverse = inverseFromCholesky(cholesky(a, size), size);
      const lower = cholesky(inverse, size);
      const upper = lower.map((_, ij) => lower[(ij % size) * size + Math.floor(ij / size)]);
      expectAllClose(u, upper, { rtol: 1e-8, atol: 1e-9 }, `U of size ${size}`);
      expectInverse(a, product(u, size, false), size);
    }
  });

  it("the factorisations leave their inputs as they are", () => {
    const a = positiveDefinite(6, 1);
    const before = a.slice();
    inverseFromCholesky(cholesky(a, 6), 6);
    upperFactorOfInverse(a, 6);
    expect(a).toEqual(before);
  });

  it("the factorisations stop at the first pivot that is not positive, and say which", () => {
    for (const bad of [0, -1, NaN]) {
      const a = Float64Array.of(1, 0, 0, bad);
      const message =
        `Cannot factorise a matrix [2, 2]: the pivot of row 1 is ${bad}, and it must be positive`;
      for (const factorise of [cholesky, upperFactorOfInverse]) {
        let thrown: unknown;
        try {
          factorise(a, 2);
        } catch (error) {
          thrown = error;
        }
        expect(thrown).toBeInstanceOf(FactorizationError);
        expect(thrown).toMatchObject({ message, row: 1, pivot: bad });
      }
    }
  });

  it("the factorisations refuse an array of another size", () => {
    for (const factorise of [cholesky, inverseFromCholesky, upperFactorOfInverse]) {
      expect(() => factorise(new Float64Array(5), 2)).toThrow(RangeError);
    }
  });
});
