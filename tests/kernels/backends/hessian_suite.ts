/**
 * What every backend's prepared Hessians must be.
 * @module
 */
import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { FactorizationError } from "../../../kernels/linear_algebra.ts";
import { type Matrix, matrix } from "../../../kernels/matrix.ts";
import { randomNumbers } from "../random.ts";
import { correlatedHessian, identity } from "../wasm/layers.ts";
import { errorOf, expectFactor } from "./compare.ts";
import type { Suite } from "./suite_options.ts";

/** Most by which U H Uᵀ may differ from the identity, for Hessians of a condition of some thousands. */
const PRECISIONS = [["float32", 2e-3], ["float64", 1e-9]] as const;

/** H of fewer tokens than columns, in whole numbers, so that it is exact in float32 and singular. */
function singularHessian(columns: number, tokens: number): Matrix {
  const next = randomNumbers(3);
  const X = Float64Array.from({ length: tokens * columns }, () => Math.floor(next() * 7) - 3);
  const H = matrix(columns, columns);
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j < columns; j++) {
      for (let t = 0; t < tokens; t++) {
        H.data[i * columns + j] += X[t * columns + i] * X[t * columns + j];
      }
    }
  }
  return H;
}

/** Declares the tests of prepared Hessians. */
export function testHessians({ backend }: Suite): void {
  describe("prepareHessian()", () => {
    for (const [precision, tolerance] of PRECISIONS) {
      it(`prepareHessian() gives U with UᵀU = H⁻¹, the order and the dead columns (${precision})`, async () => {
        for (const columns of [1, 5, 16, 47, 70]) {
          const H = correlatedHessian(columns, columns, columns > 5 ? [3, columns - 1] : []);
          for (const options of [{}, { actOrder: true, damping: 0.1 }]) {
            const prepared = await (await backend()).prepareHessian(H, { ...options, precision });
            expectFactor(await prepared.factor(), H, options, tolerance);
            prepared.release();
          }
        }
      });

      it(`prepareHessian() says at which column a Hessian is not positive definite (${precision})`, async () => {
        const opened = await backend();
        for (const column of [0, 29, 69]) {
          for (const actOrder of [false, true]) {
            const H = identity(70);
            H.data[column * 71] = -1;
            const options = { damping: 0, precision, actOrder };
            const error = await errorOf(() => opened.prepareHessian(H, options));
            expect(error).toBeInstanceOf(FactorizationError);
            expect(error).toMatchObject({ row: column, pivot: -1 });
            expect(error.message).toMatch(
              `Cannot factorise the Hessian [70, 70] with damping 0: the pivot of column ${column} is -1, ` +
                "and it must be positive; raise damping",
            );
          }
        }
        const prepared = await opened.prepareHessian(identity(70), { damping: 0, precision });
        expectFactor(await prepared.factor(), identity(70), { damping: 0 }, 1e-6);
        prepared.release();
      });
    }

    it("prepareHessian() in float64 factorises what float32 cannot, and float32 does not hide it", async () => {
      const opened = await backend();
      const H = singularHessian(60, 20);
      const options = { damping: 1e-9 };
      const wide = await opened.prepareHessian(H, { ...options, precision: "float64" });
      expectFactor(await wide.factor(), H, options, 1e-4);
      wide.release();
      try {
        const narrow = await opened.prepareHessian(H, { ...options, precision: "float32" });
        expectFactor(await narrow.factor(), H, options, 1e-4); // a backend that is more precise than asked
        narrow.release();
      } catch (error) {
        expect(error).toBeInstanceOf(FactorizationError);
      }
    });

    it("prepareHessian() leaves the Hessian as it is", async () => {
      const H = correlatedHessian(33, 1, [4]);
      const before = H.data.slice();
      (await (await backend()).prepareHessian(H, { actOrder: true })).release();
      expect(H.data).toEqual(before);
    });
  });
}
