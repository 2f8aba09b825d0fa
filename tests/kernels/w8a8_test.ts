import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { matrix } from "../../kernels/matrix.ts";
import { fakeQuantize, type ScalePer, w8a8Linear } from "../../kernels/w8a8.ts";
import { asMatrix, expectAllClose, itMatchesGolden } from "./golden.ts";
import { randomMatrix } from "./random.ts";
import { linear, rowsOf } from "./toy_layer.ts";

/** Equation 1 in float64: the nearest of the 255 multiples of the scale. */
function slowRounded(row: number[]): number[] {
  const scale = Math.max(1e-5, ...row.map(Math.abs)) / 127;
  const grid = Array.from({ length: 255 }, (_, i) => (i - 127) * scale);
  return row.map((x) => grid.reduce((best, y) => Math.abs(y - x) < Math.abs(best - x) ? y : best));
}

describe("fakeQuantize()", () => {
  it("fakeQuantize() finds the nearest of 255 grid points, by row and by matrix", () => {
    const values = randomMatrix(7, 33, 1);
    const rows = fakeQuantize(values, { per: "row" });
    expectAllClose(rows.data, rowsOf(values).flatMap(slowRounded), { rtol: 1e-6 }, "rows");
    const whole = fakeQuantize(values, { per: "matrix" });
    expectAllClose(whole.data, slowRounded([...values.data]), { rtol: 1e-6 }, "matrix");
  });

  it("fakeQuantize() takes ties to the even multiple, on both sides of 0", () => {
    const values = matrix(1, 5, [127, 0.5, 1.5, -0.5, -2.5]);
    expect([...fakeQuantize(values, { per: "row" }).data]).toEqual([127, 0, 2, -0, -2]);
  });

  it("fakeQuantize() keeps zeros and the largest magnitude, and rounds twice as once", () => {
    const values = randomMatrix(4, 20, 2);
    values.data.fill(0, 20, 40);
    const once = fakeQuantize(values, { per: "row" });
    expect([...once.data.slice(20, 40)]).toEqual(new Array(20).fill(0));
    const largest = (m: typeof once) => rowsOf(m).map((row) => Math.max(...row.map(Math.abs)));
    expectAllClose(largest(once), largest(values), { rtol: 1e-6 }, "largest");
    expectAllClose(fakeQuantize(once, { per: "row" }).data, once.data, { rtol: 1e-6 }, "twice");
  });

  it("fakeQuantize() leaves at most 2^bits - 1 values, and less error with more bits", () => {
    const values = randomMatrix(1, 4000, 3);
    const error = (bits: number) => {
      const { data } = fakeQuantize(values, { per: "row", bits });
      expect(new Set(data).size).toBeLessThan(2 ** bits);
      return data.reduce((sum, x, i) => sum + (x - values.data[i]) ** 2, 0);
    };
    const errors = [3, 4, 6, 8].map(error);
    expect(errors).toEqual([...errors].sort((a, b) => b - a));
  });

  it("fakeQuantize() leaves its input as it is", () => {
    const values = randomMatrix(3, 8, 4);
    const before = values.data.slice();
    fakeQuantize(values, { per: "row" });
    fakeQuantize(values, { per: "matrix" });
    expect(values.data).toEqual(before);
  });

  it("fakeQuantize() refuses 1 bit, half bits and values that are not finite", () => {
    expect(() => fakeQuantize(matrix(1, 1), { per: "row", bits: 1 })).toThrow(
      "Cannot quantise to 1 bits: they must be a whole number, 2 to 16",
    );
    expect(() => fakeQuantize(matrix(1, 1), { per: "row", bits: 4.5 })).toThrow(RangeError);
    expect(() => fakeQuantize(matrix(2, 2, [0, 0, 0, Infinity]), { per: "matrix" })).toThrow(
      "Cannot quantise Infinity at (1, 1): values must be finite",
    );
  });
});

describe("w8a8Linear()", () => {
  it("w8a8Linear() multiplies the rounded matrices, and is close to the plain product", () => {
    const weight = randomMatrix(6, 32, 5);
    const inputs = randomMatrix(4, 32, 6);
    const rounded = fakeQuantize(inputs, { per: "row" });
    const slow = linear(rowsOf(rounded), fakeQuantize(weight, { per: "row" })).flat();
    const outputs = w8a8Linear(weight, inputs);
    expectAllClose(outputs.data, slow, { rtol: 1e-6, atol: 1e-6 }, "outputs");
    expectAllClose(outputs.data, linear(rowsOf(inputs), weight).flat(), { atol: 0.3 }, "plain");
    expect([outputs.rows, outputs.columns]).toEqual([4, 6]);
  });

  it("w8a8Linear() refuses inputs of other channels", () => {
    expect(() => w8a8Linear(matrix(2, 3), matrix(1, 4))).toThrow(
      "Cannot multiply inputs of 4 channels by a weight [2, 3]: its columns must be as many",
    );
  });
});

const PER: Record<string, ScalePer> = {
  per_channel: "row",
  per_token: "row",
  per_tensor: "matrix",
};

describe("the SmoothQuant reference's W8A8 layer", () => {
  itMatchesGolden(
    "smoothquant",
    "fakeQuantize() and w8a8Linear() equal the reference on",
    (id) => id.includes("w8a8"),
    ({ inputs, params, tensors, tolerance }) => {
      const [W, X] = [asMatrix(inputs.W), asMatrix(inputs.X)];
      const [weights, activations] = [PER[params.weight_quant], PER[params.act_quant]];
      const bits = params.n_bits;
      const Wq = fakeQuantize(W, { per: weights, bits });
      const Xq = fakeQuantize(X, { per: activations, bits });
      expectAllClose(Wq.data, tensors.W_q.data, tolerance.W_q, "W_q");
      expectAllClose(Xq.data, tensors.X_q.data, tolerance.X_q, "X_q");
      const outputs = w8a8Linear(W, X, { weights, inputs: activations });
      const largest = Math.max(...Array.from(tensors.Y.data, Math.abs));
      expectAllClose(
        outputs.data,
        tensors.Y.data,
        { atol: tolerance.Y.rtol_of_max * largest },
        "Y",
      );
    },
  );
});
