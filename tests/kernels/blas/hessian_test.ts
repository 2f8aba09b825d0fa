import { describe } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { factorise } from "../../../kernels/blas/factor.ts";
import { BlasHessian } from "../../../kernels/blas/hessian.ts";
import { hessianAccumulator } from "../../../kernels/hessian.ts";
import { FactorizationError } from "../../../kernels/linear_algebra.ts";
import { matrix } from "../../../kernels/matrix.ts";
import { itNeeds } from "../../needs.ts";
import { expectAllClose } from "../golden.ts";
import { randomMatrix } from "../random.ts";
import { identity } from "../wasm/layers.ts";
import { LIBRARY, OPENBLAS } from "./library.ts";

describe("BlasHessian", () => {
  itNeeds(OPENBLAS, "BlasHessian sums any portions of tokens, and goes on after a result", () => {
    const [actual, expected] = [new BlasHessian(LIBRARY!, 6), hessianAccumulator(6)];
    for (const [i, tokens] of [1500, 500, 49, 5000, 1, 2048].entries()) {
      const inputs = randomMatrix(tokens, 6, i);
      actual.add(inputs, i + 1);
      expected.add(inputs, i + 1);
      if (i % 2 === 0) continue;
      const [H, wanted] = [actual.result(), expected.hessian()];
      expectAllClose(H.data, wanted.data, { atol: 1e-6 * wanted.data[0] }, `H after ${i}`);
    }
    actual.release();
  });
});

describe("factorise()", () => {
  itNeeds(OPENBLAS, "factorise() refuses what leaves float32's range, which float64 holds", () => {
    const large = matrix(20, 20, identity(20).data.map((h) => h * 3e38));
    const options = { damping: 1 };
    expect(() => factorise(LIBRARY!, large, options)).toThrow(FactorizationError);
    expect(() => factorise(LIBRARY!, large, options)).toThrow(
      'the pivot of column 19 is Infinity, and it must be positive; raise damping, or take the precision "float64"',
    );
    const { upper } = factorise(LIBRARY!, large, { ...options, precision: "float64" });
    expect(upper[0] ** 2 * 6e38).toBeCloseTo(1, 6);
  });

  itNeeds(OPENBLAS, "factorise() refuses other precisions", () => {
    expect(() => factorise(LIBRARY!, identity(2), { precision: "float16" as "float32" })).toThrow(
      "Cannot compute with the precision float16: it must be float32 or float64",
    );
  });
});
