import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { argsort, sortsBefore } from "../../kernels/sorting.ts";
import { randomNumbers } from "./random.ts";

const SPECIAL = [0, -0, 1, -1, NaN, -NaN, Infinity, -Infinity, 1e-45, -1e-45, 3e38, -3e38, 0.1];

/** Counts, for each value, what must stand before it. */
function slowArgsort(values: Float32Array): number[] {
  const order = new Array<number>(values.length);
  values.forEach((a, i) => {
    const before = (b: number, j: number) =>
      Number.isNaN(b) ? Number.isNaN(a) && j < i : Number.isNaN(a) || b < a || (b === a && j < i);
    order[values.filter(before).length] = i;
  });
  return order;
}

describe("argsort()", () => {
  it("argsort() equals counting what stands before each value, with NaN last, -0 equal to 0 and ties by index", () => {
    for (let seed = 0; seed < 40; seed++) {
      const next = randomNumbers(seed);
      const values = Float32Array.from({ length: 1 + seed * 3 }, () => {
        return next() < 0.5 ? SPECIAL[Math.floor(next() * SPECIAL.length)] : next() - 0.5;
      });
      expect([...argsort(values)]).toEqual(slowArgsort(values));
    }
  });

  it("argsort() sorts NaN of every payload and sign last", () => {
    const bits = Uint32Array.of(0xffc00001, 0x7f800000, 0x7f800001, 0xffffffff, 0xff800000);
    expect([...argsort(new Float32Array(bits.buffer))]).toEqual([4, 1, 0, 2, 3]);
  });

  it("argsort() takes a part of a larger array, and nothing", () => {
    expect([...argsort(Float32Array.of(9, 8, 3, 1, 2).subarray(2))]).toEqual([1, 2, 0]);
    expect([...argsort(new Float32Array(0))]).toEqual([]);
  });
});

describe("sortsBefore()", () => {
  it("sortsBefore() is the order of argsort() for every pair", () => {
    for (const a of SPECIAL.map(Math.fround)) {
      for (const b of SPECIAL.map(Math.fround)) {
        expect([a, b, sortsBefore(b, a)]).toEqual([a, b, argsort(Float32Array.of(a, b))[0] === 1]);
      }
    }
  });
});
