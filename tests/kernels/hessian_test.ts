import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { hessianAccumulator } from "../../kernels/hessian.ts";
import { type Matrix, matrix } from "../../kernels/matrix.ts";
import { expectAllClose, itMatchesGolden, samples } from "./golden.ts";
import { randomMatrix } from "./random.ts";

/** (2/N) Σ XᵀX by the definition. */
function slowHessian(inputs: Matrix[], count: number): Float64Array {
  const { columns } = inputs[0];
  return Float64Array.from({ length: columns * columns }, (_, ij) => {
    const [i, j] = [Math.floor(ij / columns), ij % columns];
    let sum = 0;
    for (const { rows, data } of inputs) {
      for (let t = 0; t < rows; t++) sum += data[t * columns + i] * data[t * columns + j];
    }
    return 2 / count * sum;
  });
}

describe("hessianAccumulator()", () => {
  const inputs = [5, 1, 8, 3].map((tokens, seed) => randomMatrix(tokens, 9, seed));

  it("hessianAccumulator() sums (2/N) XᵀX over samples of any length", () => {
    const sum = hessianAccumulator(9);
    for (const x of inputs) sum.add(x);
    expect([sum.columns, sum.samples]).toEqual([9, 4]);
    const H = sum.hessian();
    expectAllClose(H.data, slowHessian(inputs, 4), { rtol: 1e-6, atol: 1e-6 }, "H");
    for (let i = 0; i < 9; i++) {
      for (let j = 0; j < 9; j++) expect(H.data[i * 9 + j]).toBe(H.data[j * 9 + i]);
    }
  });

  it("hessianAccumulator() counts samples, not tokens and not calls", () => {
    const [one, two] = [hessianAccumulator(9), hessianAccumulator(9)];
    one.add(inputs[2]);
    two.add(inputs[2], 2);
    expectAllClose(two.hessian().data, one.hessian().data.map((h) => h / 2), { rtol: 1e-6 }, "H");
  });

  it("hessianAccumulator() takes products that were computed elsewhere", () => {
    const [whole, parts] = [hessianAccumulator(9), hessianAccumulator(9)];
    for (const x of inputs) {
      whole.add(x);
      parts.addProduct(matrix(9, 9, slowHessian([x], 2)), 1);
    }
    expectAllClose(parts.hessian().data, whole.hessian().data, { rtol: 1e-5, atol: 1e-5 }, "H");
  });

  it("hessianAccumulator() takes products in parts of their rows, from the diagonal on", () => {
    const [whole, parts] = [hessianAccumulator(9), hessianAccumulator(9)];
    for (const x of inputs) {
      const product = slowHessian([x], 2);
      whole.addProduct(matrix(9, 9, product), 1);
      for (const [first, last] of [[0, 4], [4, 5], [5, 9]]) {
        const rows = matrix(last - first, 9 - first);
        for (let i = first; i < last; i++) {
          for (let j = first; j < 9; j++) {
            rows.data[(i - first) * (9 - first) + j - first] = product[i * 9 + j];
          }
        }
        parts.addRows(rows, first, first === 0 ? 1 : 0);
      }
    }
    expect(parts.samples).toBe(whole.samples);
    expect(parts.hessian()).toEqual(whole.hessian());
    expect(() => parts.addRows(matrix(2, 3), 4, 0)).toThrow(RangeError);
    expect(() => parts.addRows(matrix(6, 5), 4, 0)).toThrow(RangeError); // only five rows are left
    expect(() => parts.addRows(matrix(1, 5), 4, 0.5)).toThrow(RangeError);
  });

  it("hessianAccumulator() may be asked in between", () => {
    const sum = hessianAccumulator(9);
    sum.add(inputs[0]);
    sum.hessian();
    sum.add(inputs[1]);
    expectAllClose(
      sum.hessian().data,
      slowHessian(inputs.slice(0, 2), 2),
      { rtol: 1e-6, atol: 1e-6 },
      "H",
    );
  });

  it("hessianAccumulator() refuses other columns, half samples and an answer from none", () => {
    const sum = hessianAccumulator(3);
    expect(() => sum.add(matrix(2, 4))).toThrow(
      new RangeError(
        "Cannot add [2, 4] to a Hessian of 3 columns: the inputs of every sample must have 3 columns",
      ),
    );
    expect(() => sum.add(matrix(2, 3), 0.5)).toThrow(RangeError);
    expect(() => sum.addProduct(matrix(2, 3), 1)).toThrow(RangeError);
    expect(() => sum.hessian()).toThrow(
      new RangeError("Cannot give a Hessian of 0 samples: add at least one sample"),
    );
    expect(() => hessianAccumulator(0)).toThrow(RangeError);
  });

  itMatchesGolden(
    "gptq",
    "hessianAccumulator() equals the reference's Hessian of",
    (id) => !id.startsWith("j_"),
    ({ inputs: { X, H }, tolerance }) => {
      const sum = hessianAccumulator(X.shape.at(-1)!);
      for (const x of samples(X)) sum.add(x, X.shape.length === 4 ? X.shape[1] : 1);
      const largest = Math.max(...H.data.map(Math.abs));
      const atol = tolerance.H.rtol_of_max * largest;
      expectAllClose(sum.hessian().data, H.data, { atol }, "H");
    },
  );
});
