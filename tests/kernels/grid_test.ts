import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { type AffineGrid, fitGrid, gridCode, groupCount } from "../../kernels/grid.ts";
import { randomMatrix } from "./random.ts";

const values = (...numbers: number[]) => Float32Array.from(numbers);

/** All the grid's values, and the nearest of them to x. */
function nearest(x: number, { scale, zero }: AffineGrid, bits: number): number {
  const levels = Array.from({ length: 2 ** bits }, (_, code) => scale * (code - zero));
  return Math.min(...levels.map((level) => Math.abs(level - x)));
}

const quantised = (x: number, { scale, zero }: AffineGrid, bits: number) =>
  scale * (gridCode(x, scale, zero, 2 ** bits - 1) - zero);

describe("fitGrid()", () => {
  it("fitGrid() holds 0, and every value within half a step or, at the ends, a step", () => {
    for (const bits of [2, 3, 4, 8]) {
      for (const symmetric of [true, false]) {
        const { data } = randomMatrix(1, 40, bits);
        const grid = fitGrid(data, { bits, symmetric });
        expect(quantised(0, grid, bits)).toBe(0);
        for (const x of data) {
          expect(Math.abs(quantised(x, grid, bits) - x)).toBeLessThanOrEqual(grid.scale * 1.001);
        }
      }
    }
  });

  it("fitGrid() widens a range of one sign to 0", () => {
    expect(fitGrid(values(2, 3), { bits: 2, symmetric: false })).toEqual({ scale: 1, zero: 0 });
    expect(fitGrid(values(-2, -3), { bits: 2, symmetric: false })).toEqual({ scale: 1, zero: 3 });
  });

  it("fitGrid() makes a symmetric grid around 0 only if there is a negative value", () => {
    const options = { bits: 4, symmetric: true };
    expect(fitGrid(values(-1, 7.5), options)).toEqual({ scale: 1, zero: 8 });
    expect(fitGrid(values(1, 7.5), options)).toEqual({ scale: 0.5, zero: 8 }); // reaches 3.5 only
  });

  it("fitGrid() gives zeros the range [-1, 1], and values too small for a scale too", () => {
    for (const zeros of [values(0, -0), values(1e-45), values(-1e-45)]) {
      const scale = Math.fround(2 / 15);
      expect(fitGrid(zeros, { bits: 4, symmetric: true })).toEqual({ scale, zero: 8 });
      expect(fitGrid(zeros, { bits: 4, symmetric: false }).scale).toBe(scale);
    }
  });

  it("fitGrid() looks at the named part only", () => {
    const all = values(9, -1, 2, 9);
    expect(fitGrid(all, { bits: 2, symmetric: false }, 1, 3)).toEqual({ scale: 1, zero: 1 });
  });

  it("fitGrid() with searchRange never makes the error larger, and makes it smaller with an outlier", () => {
    const error = (data: Float32Array, grid: AffineGrid) =>
      data.reduce((sum, x) => sum + Math.abs(quantised(x, grid, 3) - x) ** 2.4, 0);
    for (let seed = 0; seed < 10; seed++) {
      const { data } = randomMatrix(1, 64, seed);
      for (const symmetric of [true, false]) {
        const plain = error(data, fitGrid(data, { bits: 3, symmetric }));
        const searched = fitGrid(data, { bits: 3, symmetric, searchRange: true });
        expect(error(data, searched)).toBeLessThanOrEqual(plain * 1.00001);
      }
    }
    const data = values(...Array.from({ length: 63 }, (_, i) => Math.sin(i)), 3);
    const searched = fitGrid(data, { bits: 3, symmetric: false, searchRange: true });
    expect(error(data, searched)).toBeLessThan(
      0.9 * error(data, fitGrid(data, { bits: 3, symmetric: false })),
    );
  });

  it("fitGrid() refuses a number of bits that no code has", () => {
    for (const bits of [1, 9, 2.5, NaN]) {
      expect(() => fitGrid(values(1), { bits, symmetric: true })).toThrow(
        new RangeError(`Cannot quantise to ${bits} bits: bits must be a whole number from 2 to 8`),
      );
    }
  });
});

describe("gridCode()", () => {
  it("gridCode() gives the nearest value of the grid, found by trying all", () => {
    const { data } = randomMatrix(1, 200, 3);
    for (const bits of [2, 3, 4]) {
      const grid = fitGrid(data.subarray(0, 50), { bits, symmetric: false });
      for (const x of data) {
        expect(Math.abs(quantised(x, grid, bits) - x)).toBeCloseTo(nearest(x, grid, bits), 6);
      }
    }
  });

  it("gridCode() puts the most negative value of a symmetric range on code 0, a tie", () => {
    for (const bits of [2, 3, 4, 8]) {
      const maxCode = 2 ** bits - 1;
      const { scale, zero } = fitGrid(values(-maxCode / 2, 0.3), { bits, symmetric: true });
      expect(scale).toBe(1);
      expect(gridCode(-maxCode / 2, scale, zero, maxCode)).toBe(0); // half-way between codes 0 and 1
    }
  });

  it("gridCode() rounds before it adds the zero point", () => {
    expect(gridCode(0.5, 1, 3, 7)).toBe(3); // 3.5 would go to 4
    expect(gridCode(1.5, 1, 3, 7)).toBe(5);
  });
});

describe("groupCount()", () => {
  it("groupCount() counts a short last group, and one group for -1", () => {
    expect([groupCount(80, 32), groupCount(64, 32), groupCount(5, 128), groupCount(80, -1)])
      .toEqual([3, 2, 1, 1]);
  });

  it("groupCount() refuses other sizes", () => {
    for (const size of [0, -2, 1.5, NaN]) expect(() => groupCount(8, size)).toThrow(RangeError);
  });
});
