import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import {
  applyMask,
  keptCount,
  keptPerRow,
  maskSparsity,
  packMask,
  unpackMask,
} from "../../kernels/mask.ts";
import { matrix } from "../../kernels/matrix.ts";
import { dequantizeSparse, sparseMask, sparseWeight } from "../../kernels/sparse.ts";
import { randomMatrix, randomNumbers } from "./random.ts";

const SHAPES = [[1, 1], [3, 8], [5, 7], [4, 17], [2, 64], [0, 3], [3, 0]];

function randomMask(length: number, seed: number): Uint8Array {
  const next = randomNumbers(seed);
  return Uint8Array.from({ length }, () => next() < 0.4 ? 0 : 1);
}

describe("packMask()", () => {
  it("packMask() and unpackMask() are each other's inverse, and rows start at bytes", () => {
    SHAPES.forEach(([rows, columns], seed) => {
      const mask = randomMask(rows * columns, seed);
      const packed = packMask(mask, rows, columns);
      expect(packed.length).toBe(rows * Math.ceil(columns / 8));
      expect(unpackMask(packed, rows, columns)).toEqual(mask);
      for (let r = 0; r < rows; r++) {
        const row = mask.subarray(r * columns, (r + 1) * columns);
        const bytes = packed.subarray(r * Math.ceil(columns / 8));
        row.forEach((kept, c) => expect(bytes[Math.floor(c / 8)] >> (c % 8) & 1).toBe(kept));
      }
    });
  });

  it("packMask() and unpackMask() refuse masks that do not fit", () => {
    expect(() => packMask(new Uint8Array(5), 2, 3)).toThrow(/must have 6 elements, not 5/);
    expect(() => packMask(Uint8Array.of(0, 255), 1, 2)).toThrow(/element 1 of its mask is 255/);
    expect(() => unpackMask(new Uint8Array(1), 2, 3)).toThrow(/from 1 bytes: it must have 2/);
  });
});

describe("counts of a mask", () => {
  it("keptCount(), keptPerRow() and maskSparsity() count", () => {
    const mask = Uint8Array.of(1, 0, 1, 0, 0, 0, 1, 1);
    expect(keptCount(mask)).toBe(4);
    expect([...keptPerRow(mask, 4)]).toEqual([2, 2]);
    expect(maskSparsity(mask)).toBe(0.5);
  });
});

describe("applyMask()", () => {
  it("applyMask() writes 0 where pruned, even over NaN, keeps all else by its bits and copies", () => {
    const weight = matrix(1, 4, Float32Array.of(-0, NaN, -5, 7));
    const masked = applyMask(weight, Uint8Array.of(1, 0, 0, 1));
    expect([...masked.data]).toEqual([-0, 0, 0, 7]);
    expect([...weight.data]).toEqual([-0, NaN, -5, 7]);
  });
});

describe("sparseWeight()", () => {
  it("sparseWeight() and back is applyMask(), and keeps the mask where a kept value is 0", () => {
    SHAPES.forEach(([rows, columns], seed) => {
      const weight = randomMatrix(rows, columns, seed);
      if (weight.data.length > 0) weight.data[0] = 0;
      const mask = randomMask(rows * columns, seed);
      const sparse = sparseWeight(weight, mask);
      expect(sparse.values.length).toBe(keptCount(mask));
      expect(dequantizeSparse(sparse)).toEqual(applyMask(weight, mask));
      expect(sparseMask(sparse)).toEqual(mask);
    });
  });

  it("dequantizeSparse() refuses values that are not as many as the mask keeps", () => {
    const sparse = sparseWeight(matrix(1, 2, [1, 2]), Uint8Array.of(1, 1));
    expect(() => dequantizeSparse({ ...sparse, values: new Float32Array(3) }))
      .toThrow(/of 3 values: its mask keeps 2/);
  });
});
