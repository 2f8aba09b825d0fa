import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { PythonRandom } from "../../../data/random/python.ts";
import { digest, vectors } from "./vectors.ts";

const range = (length: number) => Array.from({ length }, (_, i) => i);

describe("PythonRandom", () => {
  it("shuffle() keeps every element, and integers stay between their ends and reach both", () => {
    const random = new PythonRandom(3);
    const list = range(500);
    random.shuffle(list);
    expect(list).not.toEqual(range(500));
    expect(list.toSorted((a, b) => a - b)).toEqual(range(500));
    const drawn = new Set(Array.from({ length: 500 }, () => random.randomInteger(-3, 3)));
    expect([...drawn].sort((a, b) => a - b)).toEqual([-3, -2, -1, 0, 1, 2, 3]);
  });

  it("equals random.Random(seed) for nine seeds: randint() of many widths, shuffle(), randint() again", () => {
    expect(vectors.python.length).toBe(9);
    for (const { seed, integers, shuffled, after } of vectors.python) {
      const random = new PythonRandom(seed);
      for (const [low, high, value] of integers) {
        expect(random.randomInteger(low, high)).toBe(value);
      }
      const list = range(20);
      random.shuffle(list);
      expect(list).toEqual(shuffled);
      expect(random.randomInteger(0, 999)).toBe(after);
    }
  });

  it("equals random.Random(seed) on long shuffles and thousands of integers, by hash", () => {
    for (const { seed, length, shuffled, integers } of vectors.python_long) {
      const random = new PythonRandom(seed);
      const list = range(length);
      random.shuffle(list);
      expect(digest(list)).toBe(shuffled);
      expect(digest(Array.from({ length: 2000 }, () => random.randomInteger(0, 12075))))
        .toBe(integers);
    }
  });

  it("refuses a seed that is no integer, and ends that are none, out of order or too far apart", () => {
    expect(() => new PythonRandom(0.5)).toThrow("Cannot seed Python's generator with 0.5");
    for (const [low, high] of [[0, 0.5], [NaN, 1], [2, 1], [0, 2 ** 32 - 1]]) {
      expect(() => new PythonRandom(0).randomInteger(low, high)).toThrow(
        `Cannot draw an integer from ${low} to ${high}`,
      );
    }
  });
});
