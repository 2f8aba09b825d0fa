import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { batchTimes, trimmedMean } from "../../experiments/time.ts";

const batches = (...seconds: number[]) => seconds.map((s) => ({ seconds: s, newTokens: 10 * s }));

describe("batchTimes()", () => {
  it("keeps every batch in its mean, however slow", () => {
    const time = batchTimes(batches(1, 1, 1, 97));
    expect(time.secondsPerBatch).toBe(25);
    expect(time.seconds).toBe(100);
    expect(time.tokens).toBe(1000);
    expect(time.secondsPerToken).toBe(0.1);
    expect(time.batches).toBe(4);
  });

  it("takes the middle batch, or the mean of the two in the middle, as the median", () => {
    expect(batchTimes(batches(9, 1, 2)).medianSecondsPerBatch).toBe(2);
    expect(batchTimes(batches(9, 1, 2, 4)).medianSecondsPerBatch).toBe(3);
    expect(batchTimes(batches(7)).medianSecondsPerBatch).toBe(7);
  });

  it("does not depend on the order of the batches, and leaves it alone", () => {
    const given = batches(3, 1, 2);
    expect(batchTimes(given)).toEqual(batchTimes(batches(1, 2, 3)));
    expect(given).toEqual(batches(3, 1, 2));
  });

  it("gives zeros for no batches and for no tokens, never something that JSON cannot say", () => {
    const nothing = batchTimes([]);
    expect(Object.values(nothing)).toEqual([0, 0, 0, 0, 0, 0, null]);
    expect(batchTimes([{ seconds: 1, newTokens: 0 }]).secondsPerToken).toBe(0);
  });
});

describe("trimmedMean()", () => {
  it("is NumPy's times[abs(times - mean(times)) < std(times)].mean(), whose std is the population's", () => {
    expect(trimmedMean([1, 1, 1, 97])).toBe(1);
    expect(trimmedMean([0, 1, 5])).toBe(0.5); // mean 2, std 2.16: 0 and 1 are nearer
    expect(trimmedMean([0, 4, 4, 10])).toBe(4); // mean 4.5, std 3.57: 0 is not nearer; the sample's, 4.12, neither
    expect(trimmedMean([0, 2, 2, 2, 2, 4])).toBe(2);
  });

  it("leaves a number out that is exactly one standard deviation away, and has no mean of none", () => {
    expect(trimmedMean([1, 3])).toBeNull();
    expect(trimmedMean([5])).toBeNull();
    expect(trimmedMean([2, 2, 2])).toBeNull();
    expect(trimmedMean([])).toBeNull();
  });
});
