import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { sparsemax } from "../../../inference/comet/sparsemax.ts";
import { GOLDEN } from "./golden.ts";

/** The projection onto the simplex by bisection of the threshold: slow, and independent of sorting. */
function projected(z: readonly number[]): number[] {
  let low = Math.min(...z) - 1;
  let high = Math.max(...z);
  for (let step = 0; step < 200; step++) {
    const middle = (low + high) / 2;
    const sum = z.reduce((total, value) => total + Math.max(value - middle, 0), 0);
    if (sum > 1) low = middle;
    else high = middle;
  }
  return z.map((value) => Math.max(value - high, 0));
}

describe("sparsemax()", () => {
  it("sparsemax() gives the hand-computed weights", () => {
    expect(sparsemax([0])).toEqual([1]);
    expect(sparsemax([-7])).toEqual([1]);
    expect(sparsemax([1, 0.5, -1])).toEqual([0.75, 0.25, 0]);
    expect(sparsemax([5, 0])).toEqual([1, 0]);
    expect(sparsemax([0.5, 0.25, 0.25])).toEqual([0.5, 0.25, 0.25]);
  });

  it("sparsemax() shares the weight among ties, also among those at the threshold", () => {
    expect(sparsemax([0, 0, 0, 0])).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(sparsemax([2, 2, 0])).toEqual([0.5, 0.5, 0]);
    expect(sparsemax([1, 0, 0])).toEqual([1, 0, 0]); // the threshold is exactly 0
    expect(sparsemax([0, 1, 1, 0])).toEqual([0, 0.5, 0.5, 0]);
    expect(sparsemax([1.5, 0.75, 0.75])).toEqual([
      0.8333333333333334,
      0.08333333333333337,
      0.08333333333333337,
    ]);
  });

  it("sparsemax() equals the projection found by bisection, on random scores", () => {
    let state = 12345;
    const random = () => (state = state * 48271 % 2147483647) / 2147483647;
    for (let round = 0; round < 200; round++) {
      const z = Array.from({ length: 1 + round % 25 }, () => Math.round(random() * 40 - 20) / 10);
      const weights = sparsemax(z);
      const expected = projected(z);
      weights.forEach((weight, k) => expect(Math.abs(weight - expected[k]!)).toBeLessThan(1e-12));
      expect(Math.abs(weights.reduce((a, b) => a + b) - 1)).toBeLessThan(1e-12);
    }
  });

  it("sparsemax() does not change when all scores are shifted, and follows their order", () => {
    const z = [0.5, -0.25, 0.375, 0];
    const shifted = sparsemax(z.map((value) => value + 64));
    shifted.forEach((weight, k) => expect(weight).toBeCloseTo(sparsemax(z)[k]!, 12));
    expect(sparsemax(z.toReversed())).toEqual(sparsemax(z).toReversed());
  });

  it("sparsemax() equals entmax's, zeros included", () => {
    const weights = sparsemax([0.3, -0.6, 0.1, 0.25, -0.1, 0.2, 0.35].map(Math.fround));
    weights.forEach((weight, k) => expect(weight).toBeCloseTo(GOLDEN.mix[k]!, 6));
    expect(weights.map((weight) => weight === 0)).toEqual(GOLDEN.mix.map((weight) => weight === 0));
  });

  it("sparsemax() refuses what has no nearest point", () => {
    expect(() => sparsemax([])).toThrow(/Cannot take sparsemax of no scores/);
    expect(() => sparsemax([0, NaN])).toThrow(/NaN \(score 1\)/);
    expect(() => sparsemax([Infinity])).toThrow(RangeError);
  });
});
