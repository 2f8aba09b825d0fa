import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { dequantize } from "../../kernels/dequantize.ts";
import { applyMask } from "../../kernels/mask.ts";
import { matrix } from "../../kernels/matrix.ts";
import { dequantizeNf4, quantizeNf4 } from "../../kernels/nf4.ts";
import { roundToNearest } from "../../kernels/round_to_nearest.ts";
import { sparseWeight } from "../../kernels/sparse.ts";
import type { IntegerWeight } from "../../kernels/stored_weight.ts";
import { randomMatrix } from "./random.ts";

const INTEGER: IntegerWeight = {
  ...{ kind: "integer", rows: 2, columns: 3, bits: 2, groupSize: 2, symmetric: false },
  codes: Uint8Array.of(0, 1, 2, 3, 0, 1),
  scales: Float32Array.of(1, 10, 0.5, 2),
  zeros: Float32Array.of(1, 2, 0, 3),
  groupIndex: Int32Array.of(1, 0, 0),
};

describe("dequantize()", () => {
  it("dequantize() takes scale · (code - zero) of the row and the column's group", () => {
    const expected = [10 * (0 - 2), 1 * (1 - 1), 1 * (2 - 1), 2 * (3 - 3), 0, 0.5];
    expect([...dequantize(INTEGER).data].map((value) => value + 0)).toEqual(expected);
  });

  it("dequantize() is the inverse of every form that loses nothing", () => {
    const weight = randomMatrix(3, 11, 1);
    const mask = Uint8Array.from(weight.data, (w) => w > 0 ? 1 : 0);
    expect(dequantize({ kind: "dense", ...weight })).toEqual(weight);
    expect(dequantize(sparseWeight(weight, mask))).toEqual(applyMask(weight, mask));
  });

  it("dequantize() is within half a step of what was rounded, of 8 bits", () => {
    const weight = randomMatrix(4, 16, 2);
    const stored = roundToNearest(weight, { bits: 8, symmetric: false });
    dequantize(stored).data.forEach((value, i) => {
      const step = stored.scales[Math.floor(i / 16)];
      expect(Math.abs(value - weight.data[i])).toBeLessThanOrEqual(0.50001 * step);
    });
  });

  it("dequantize() gives NF4 as dequantizeNf4() does", () => {
    const stored = quantizeNf4(randomMatrix(4, 40, 3));
    expect(dequantize(stored)).toEqual(dequantizeNf4(stored));
  });

  it("dequantize() refuses arrays that do not fit the sizes", () => {
    const bad: Partial<IntegerWeight>[] = [
      { codes: new Uint8Array(5) },
      { scales: new Float32Array(3) },
      { zeros: new Float32Array(2) },
      { groupIndex: Int32Array.of(0, 0) },
      { groupIndex: Int32Array.of(0, 0, 2) },
      { groupIndex: Int32Array.of(0, -1, 0) },
    ];
    for (const part of bad) {
      expect(() => dequantize({ ...INTEGER, ...part })).toThrow(RangeError);
    }
    expect(() => dequantize({ kind: "dense", rows: 2, columns: 2, data: new Float32Array(3) }))
      .toThrow(RangeError);
  });

  it("dequantize() gives an empty matrix for an empty weight", () => {
    const empty = roundToNearest(matrix(0, 4), { bits: 4, symmetric: true });
    expect(dequantize(empty)).toEqual(matrix(0, 4));
  });
});
