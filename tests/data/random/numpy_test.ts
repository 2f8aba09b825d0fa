import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { numpyPermutation } from "../../../data/random/numpy.ts";
import { digest, vectors } from "./vectors.ts";

describe("numpyPermutation()", () => {
  it("is a permutation, another for another seed and for another length", () => {
    for (const length of [1, 2, 3, 100, 1000, 4097]) {
      const order = numpyPermutation(5, length);
      expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length }, (_, i) => i));
    }
    const first = numpyPermutation(5, 100);
    expect(numpyPermutation(5, 100)).toEqual(first);
    expect(numpyPermutation(6, 100)).not.toEqual(first);
    expect(numpyPermutation(5, 101).filter((value) => value < 100)).not.toEqual(first);
  });

  it("puts every number into every place equally often", () => {
    const counts = Array.from({ length: 5 }, () => new Array(5).fill(0));
    for (let seed = 0; seed < 5000; seed++) {
      numpyPermutation(seed, 5).forEach((value, place) => counts[place][value]++);
    }
    // Each count has mean 1000 and standard deviation 28: six of them.
    for (const count of counts.flat()) expect(Math.abs(count - 1000)).toBeLessThan(170);
  });

  it("equals numpy.random.default_rng(seed).permutation(length) for 8 seeds and 9 lengths", () => {
    expect(vectors.numpy.length).toBe(72);
    for (const { seed, order } of vectors.numpy) {
      expect(numpyPermutation(seed, order.length)).toEqual(order);
    }
  });

  it("equals NumPy's on lengths of training sets and around a power of two, by hash", () => {
    for (const { seed, length, sha256 } of vectors.numpy_long) {
      expect(digest(numpyPermutation(seed, length))).toBe(sha256);
    }
  });

  it("refuses a seed or a length that NumPy would not take", () => {
    for (const seed of [-1, 0.5, NaN, 2 ** 53]) {
      expect(() => numpyPermutation(seed, 3)).toThrow(
        `Cannot seed NumPy's generator with ${seed}: it must be an integer from 0`,
      );
    }
    for (const length of [-1, 1.5, NaN, 2 ** 31 + 1]) {
      expect(() => numpyPermutation(0, length)).toThrow(`Cannot permute ${length} numbers`);
    }
  });
});
