import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { seededRandom } from "../../metrics/random.ts";
import {
  interleavedTimes,
  LEAST_ROUNDS,
  type ModelTimes,
  roundOrder,
  timeRatio,
} from "../../experiments/interleaved_time.ts";
import { median } from "../../experiments/time.ts";
import { FAKE_WORK, FakeDecoders } from "./fake_decoders.ts";

const times = (secondsPerToken: number[]): ModelTimes => ({
  id: "a",
  sha256: "a",
  secondsPerToken,
});

describe("interleavedTimes()", () => {
  it("interleavedTimes() does the same work with every model in every round, in an order that rotates", async () => {
    const fake = new FakeDecoders();
    await interleavedTimes(fake.models(["a", "b", "c"]), { work: FAKE_WORK, rounds: 7 });
    expect(fake.order.slice(3).join("")).toBe("abcbcacababcbcacababc"); // after a, b, c untimed
    expect(new Set(fake.work.values()).size).toBe(1);
    expect(fake.open).toBe(0);
  });

  it("interleavedTimes() divides each round's seconds by the new tokens and leaves nothing out", async () => {
    const fake = new FakeDecoders();
    const [{ secondsPerToken }] = await interleavedTimes(fake.models(["a"]), {
      work: FAKE_WORK,
      rounds: 8,
      now: fake.clock([1000, 2000, 3000, 4000, 5000, 6000, 7000, 80000]),
    });
    expect(secondsPerToken.map((value) => Math.round(value * 6))).toEqual([
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      80,
    ]);
  });

  it("interleavedTimes() closes what it opened when a model cannot be opened", async () => {
    const fake = new FakeDecoders();
    const broken = { id: "z", sha256: "z", open: () => Promise.reject(new Error("broken")) };
    const models = [...fake.models(["a"]), broken];
    await expect(interleavedTimes(models, { work: FAKE_WORK })).rejects.toThrow("broken");
    expect(fake.open).toBe(0);
  });

  it("interleavedTimes() refuses too few rounds and equal ids before it opens a model", async () => {
    const fake = new FakeDecoders();
    const few = { work: FAKE_WORK, rounds: LEAST_ROUNDS - 1 };
    await expect(interleavedTimes(fake.models(["a"]), few)).rejects.toThrow("at least 7");
    await expect(interleavedTimes(fake.models(["a", "a"]), { work: FAKE_WORK })).rejects
      .toThrow("different ids");
    await expect(interleavedTimes([], { work: FAKE_WORK })).rejects.toThrow("empty list");
    expect(fake.order).toEqual([]);
  });
});

describe("roundOrder()", () => {
  it("roundOrder() gives every model every place once in as many rounds as there are models", () => {
    const orders = [0, 1, 2, 3].map((round) => roundOrder(4, round));
    for (let place = 0; place < 4; place++) {
      expect(orders.map((order) => order[place]).sort()).toEqual([0, 1, 2, 3]);
    }
  });
});

describe("timeRatio()", () => {
  it("timeRatio() compares within rounds, so that a slow round does not matter", () => {
    expect(timeRatio(times([2, 4, 60, 8]), times([1, 2, 30, 4]))).toEqual({
      value: 2,
      low: 2,
      high: 2,
    });
  });

  it("timeRatio() has an interval around the median that grows with the spread", () => {
    const one = times([1, 1, 1, 1, 1, 1, 1, 1, 1]);
    const narrow = timeRatio(times([1.9, 2, 2.1, 2, 1.95, 2.05, 2, 2.02, 1.98]), one);
    const wide = timeRatio(times([1, 2, 3, 2, 1.5, 2.5, 2, 2.2, 1.8]), one);
    expect([narrow.value, wide.value]).toEqual([2, 2]);
    expect(wide.high - wide.low).toBeGreaterThan(narrow.high - narrow.low);
    expect(narrow.low <= 2 && narrow.high >= 2).toBe(true);
  });

  it("timeRatio() reaches from the 4th to the 12th of 15 rounds, and over all of 5", () => {
    const rounds = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
    const one = (n: number) => times(rounds(n).map(() => 1));
    const ends = (n: number) => {
      const { value, low, high } = timeRatio(times(rounds(n)), one(n));
      return [low, value, high];
    };
    expect([ends(15), ends(9), ends(6), ends(5)])
      .toEqual([[4, 8, 12], [2, 5, 8], [1, 3.5, 6], [1, 3, 5]]);
  });

  it("timeRatio() covers the median of skewed times in 95 % of the cases or more", () => {
    const random = seededRandom(1);
    const skewed = () => -Math.log((random.bits() + 0.5) / 2 ** 32); // the median is ln 2
    const cases = 2000;
    let covered = 0;
    for (let i = 0; i < cases; i++) {
      const own = times(Array.from({ length: 15 }, skewed));
      const { low, high } = timeRatio(own, times(Array.from({ length: 15 }, () => 1)));
      covered += Number(low <= Math.LN2 && Math.LN2 <= high);
    }
    expect(covered / cases).toBeGreaterThan(0.95);
    expect(covered / cases).toBeLessThan(0.98);
  });

  it("timeRatio() refuses different numbers of rounds", () => {
    expect(() => timeRatio(times([1, 2]), times([1]))).toThrow("2 rounds of a with 1 of a");
    expect(() => timeRatio(times([]), times([]))).toThrow(RangeError);
  });
});

describe("median()", () => {
  it("median() is the middle one, or the mean of the two in the middle", () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([5])]).toEqual([2, 2.5, 5]);
  });
});
