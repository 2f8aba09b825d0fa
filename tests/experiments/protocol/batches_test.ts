import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { studyBatches } from "../../../experiments/protocol/batches.ts";
import { uniform } from "../../inference/random_checkpoint.ts";

describe("studyBatches()", () => {
  it("begins a batch when one is full", () => {
    expect(studyBatches([1, 1, 1, 1, 1], 2, 100)).toEqual([[0, 1], [2, 3], [4]]);
    expect(studyBatches([], 2, 100)).toEqual([]);
  });

  it("adds the longest line so far and the next, not all lines", () => {
    expect(studyBatches([40, 40, 40, 40], 8, 100)).toEqual([[0, 1, 2, 3]]);
    expect(studyBatches([60, 30, 40, 41], 8, 100)).toEqual([[0, 1, 2], [3]]);
    expect(studyBatches([10, 90, 11], 8, 100)).toEqual([[0, 1], [2]]);
  });

  it("counts a line as at most the limit, and never leaves one out", () => {
    expect(studyBatches([500, 1, 500], 8, 100)).toEqual([[0], [1], [2]]);
    const random = uniform(7);
    const lengths = Array.from({ length: 500 }, () => 1 + Math.floor(60 * Math.abs(random())));
    const batches = studyBatches(lengths, 8, 100);
    expect(batches.flat()).toEqual(lengths.map((_, i) => i));
    expect(Math.max(...batches.map(({ length }) => length))).toBe(8);
  });

  it("refuses limits that are no whole numbers of at least 1", () => {
    for (const limit of [0, -1, 1.5, NaN]) {
      expect(() => studyBatches([1], limit, 1)).toThrow(/Cannot batch with batchSize/);
      expect(() => studyBatches([1], 1, limit)).toThrow(/Cannot batch with maxTokens/);
    }
  });
});
