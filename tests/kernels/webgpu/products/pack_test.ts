import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { matrix } from "../../../../kernels/matrix.ts";
import { sparseWeight } from "../../../../kernels/sparse.ts";
import { packProduct } from "../../../../kernels/webgpu/products/pack.ts";
import { rowPanels } from "../../../../kernels/webgpu/products/packed_product.ts";
import { pruned, randomInteger, shuffledGroups } from "./product_cases.ts";

const LARGE = 2 ** 27;

describe("packProduct()", () => {
  it("packProduct() names the rule that a weight of integers breaks", () => {
    const weight = randomInteger([4, 96], 4, 48);
    expect(() => packProduct(weight, LARGE)).toThrow(
      new RangeError(
        "Cannot multiply with groups of 48 columns on a graphics adapter: " +
          "groupSize must be -1 (all columns) or a multiple of 32",
      ),
    );
    expect(() => packProduct(randomInteger([4, 96], 5, 32), LARGE)).toThrow(
      new RangeError(
        "Cannot multiply with 5-bit codes on a graphics adapter: bits must be 2, 3, 4 or 8",
      ),
    );
    const short = { ...randomInteger([4, 96], 4, 32), codes: new Uint8Array(9) };
    expect(() => packProduct(short, LARGE)).toThrow(RangeError);
  });

  it("packProduct() refuses an empty weight and a pattern for a weight that is not sparse", () => {
    expect(() => packProduct({ kind: "dense", ...matrix(0, 8) }, LARGE)).toThrow(
      new RangeError("Cannot multiply with a weight [0, 8]: both sizes must be at least 1"),
    );
    expect(() => packProduct({ kind: "dense", ...matrix(1, 8) }, LARGE, { n: 2, m: 4 }))
      .toThrow(TypeError);
  });

  it("packProduct() finds the shortest runs of a sparse weight, or none", () => {
    const formatOf = (n: number, m: number) => {
      const { format, constants } = packProduct(pruned(4, 64, { n, m }), LARGE);
      return [format, constants];
    };
    expect(formatOf(2, 4)).toEqual(["runs", { KEPT: 16 }]);
    expect(formatOf(7, 8)).toEqual(["runs", { KEPT: 4 }]);
    expect(formatOf(1, 4)).toEqual(["runs", { KEPT: 24 }]);
    expect(formatOf(8, 16)).toEqual(["bitmask", {}]);
    expect(packProduct(pruned(4, 63, { ratio: 0.5 }), LARGE).format).toBe("bitmask");
  });

  it("packProduct() says which run does not have the pattern asked for", () => {
    const mask = Uint8Array.of(1, 1, 0, 0, 1, 0, 1, 0, 0, 1, 1, 0, 1, 0, 0, 0);
    const weight = sparseWeight(matrix(2, 8, new Float32Array(16).fill(1)), mask);
    expect(() => packProduct(weight, LARGE, { n: 2, m: 4 })).toThrow(
      new RangeError(
        "Cannot multiply with a weight [2, 8] pruned 2:4: its mask must keep 2 of every 4 columns, " +
          "but not so columns 4 to 7 of row 1",
      ),
    );
    expect(() => packProduct(weight, LARGE, { n: 1, m: 3 })).toThrow(/m must be 2, 4 or 8/);
  });

  it("packProduct() sorts act-order's columns by group and keeps a grid for each group", () => {
    const { order, groups, constants } = packProduct(
      shuffledGroups(randomInteger([2, 256], 4, 64), 8),
      LARGE,
    );
    expect([...order!].toSorted((a, b) => a - b)).toEqual([...order!.keys()]);
    expect(groups).toBe(4);
    expect(constants).toEqual({ BITS: 4, GROUP_STEPS: 2, NARROW: 1 });
  });
});

describe("rowPanels()", () => {
  it("rowPanels() cuts where either array would become too large", () => {
    expect(rowPanels(5, 10, (r) => [4, r === 1 ? 9 : 2])).toEqual([
      { first: 0, rows: 1 },
      { first: 1, rows: 1 },
      { first: 2, rows: 2 },
      { first: 4, rows: 1 },
    ]);
  });

  it("rowPanels() refuses a row that is larger than a panel", () => {
    expect(() => rowPanels(2, 10, () => [11])).toThrow(
      new RangeError("Cannot cut a weight into panels of 10 bytes: its row 0 has 11"),
    );
  });
});
