import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { batchTimes } from "../../experiments/time.ts";

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
    expect(Object.values(nothing)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(batchTimes([{ seconds: 1, newTokens: 0 }]).secondsPerToken).toBe(0);
  });
});
