/**
 * What every backend's NF4 must be.
 * @module
 */
import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { matrix } from "../../../kernels/matrix.ts";
import { referenceBackend } from "../../../kernels/reference.ts";
import type { NestedAbsmax, Nf4Weight } from "../../../kernels/stored_weight.ts";
import { expectAllClose } from "../golden.ts";
import { randomMatrix } from "../random.ts";
import { expectAgreement } from "./compare.ts";
import type { Suite } from "./suite_options.ts";

/** Asserts that two weights in NF4 are equal as far as the options say. */
function expectSameNf4(actual: Nf4Weight, expected: Nf4Weight, equalCodes: number): void {
  const rtol = equalCodes === 1 ? 0 : 1e-6;
  const { codes, absmax, ...form } = actual;
  const { codes: wanted, absmax: wantedAbsmax, ...wantedForm } = expected;
  expect(form).toEqual(wantedForm);
  expectAgreement(codes, wanted, equalCodes, "NF4 codes");
  if (wantedAbsmax instanceof Float32Array) {
    return expectAllClose(absmax as Float32Array, wantedAbsmax, {}, "absmax");
  }
  const nested = absmax as NestedAbsmax;
  expectAgreement(nested.codes, wantedAbsmax.codes, equalCodes, "codes of the maxima");
  expectAllClose(nested.absmax, wantedAbsmax.absmax, { rtol }, "maxima of the maxima");
  expectAllClose([nested.offset], [wantedAbsmax.offset], { rtol }, "offset");
}

/** Declares the tests of NF4. */
export function testNf4({ backend, equalCodes }: Suite): void {
  const reference = referenceBackend();

  describe("quantizeNf4()", () => {
    const SHAPES = [[16, 64, 64], [5, 48, 64], [7, 45, 64], [3, 11, 16], [1, 1, 64], [9, 20, 7]];

    it("quantizeNf4() equals the reference, for shapes with short last blocks and odd counts", async () => {
      for (const [i, [rows, columns, blockSize]] of SHAPES.entries()) {
        const W = randomMatrix(rows, columns, i + 1);
        const before = W.data.slice();
        for (const doubleQuantization of [false, true]) {
          const options = { blockSize, doubleQuantization };
          const actual = await (await backend()).quantizeNf4(W, options);
          expectSameNf4(actual, await reference.quantizeNf4(W, options), equalCodes);
        }
        expect(W.data).toEqual(before);
      }
    });

    it("quantizeNf4() equals the reference on zeros and on magnitudes at the ends of float32", async () => {
      const values = [0, -0, 0, 0, 1e-30, -1e-32, 1e-37, -1e-37, 3e38, -1e38, 1, 0, -5, -5, -5, -5];
      const W = matrix(4, 4, values);
      const actual = await (await backend()).quantizeNf4(W, { blockSize: 4 });
      expectSameNf4(actual, await reference.quantizeNf4(W, { blockSize: 4 }), equalCodes);
    });
  });
}
