import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import {
  type Contestant,
  fastest,
  interleave,
  isReached,
  ratioOf,
} from "../../../experiments/bench/benchmark.ts";
import { seededRandom } from "../../../metrics/random.ts";

const contestant = (name: string, samples: number[]): Contestant => ({ name, samples });

describe("interleave()", () => {
  it("interleave() measures all in turn, beginning one later in each round, after a warm-up", async () => {
    const order: string[] = [];
    const run = (name: string, sample: number) => ({
      name,
      run: () => Promise.resolve((order.push(name), sample + order.length)),
    });
    const measured = await interleave([run("a", 100), run("b", 200), run("c", 300)], 3);
    expect(order.join("")).toBe("abc" + "bca" + "cab" + "abc");
    expect(measured.map(({ name }) => name)).toEqual(["a", "b", "c"]);
    expect(measured.map(({ samples }) => samples)).toEqual([
      [106, 108, 110],
      [204, 209, 211],
      [305, 307, 312],
    ]);
  });

  it("interleave() goes on without a contestant that throws, and keeps its error", async () => {
    let runs = 0;
    const measured = await interleave([
      { name: "works", note: "well", run: () => Promise.resolve(1) },
      { name: "fails", run: () => ++runs < 3 ? Promise.resolve(1) : Promise.reject(Error("no")) },
    ], 7);
    expect(measured).toEqual([
      { name: "works", samples: [1, 1, 1, 1, 1, 1, 1], note: "well" },
      { name: "fails", samples: [], error: "no" },
    ]);
    expect(runs).toBe(3);
  });

  it("interleave() ends between two samples when it is told to", async () => {
    const controller = new AbortController();
    let runs = 0;
    const run = () => (++runs === 2 && controller.abort(), Promise.resolve(1));
    const measuring = interleave([{ name: "a", run }], 7, { signal: controller.signal });
    await expect(measuring).rejects.toThrow("abort");
    expect(runs).toBe(2);
  });

  it("interleave() refuses an empty list, a name twice and no round", async () => {
    const run = { name: "a", run: () => Promise.resolve(1) };
    await expect(interleave([], 7)).rejects.toThrow(RangeError);
    await expect(interleave([run, run], 7)).rejects.toThrow("Cannot measure a: ");
    await expect(interleave([run], 0)).rejects.toThrow("Cannot measure 0 rounds: ");
  });
});

describe("ratioOf()", () => {
  it("ratioOf() is exact when both swing together, however much", () => {
    const swings = [1, 5, 2, 9, 1, 3, 4, 2];
    const ratio = ratioOf(
      "x",
      contestant("ours", swings.map((s) => s / 2)),
      contestant("theirs", swings),
      { most: 0.5 },
    );
    expect(ratio).toEqual({ name: "x", value: 0.5, low: 0.5, high: 0.5, target: { most: 0.5 } });
  });

  it("ratioOf() is the ratio of the medians, between two order statistics of the ratios of rounds", () => {
    const ours = contestant("ours", [3, 1, 2, 4, 5, 6, 7]);
    const { value, low, high } = ratioOf("x", ours, contestant("theirs", [2, 2, 2, 2, 2, 2, 2]));
    expect([value, low, high]).toEqual([2, 0.5, 3.5]); // of 7 rounds, none is left out at 95 %
    const nine = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    const wide = ratioOf("x", contestant("ours", nine), contestant("theirs", nine.map(() => 1)));
    expect([wide.low, wide.high]).toEqual([2, 8]); // P(X <= 1) of Binomial(9, 1/2) is 0.0195
  });

  it("ratioOf() has an interval that covers the true ratio in at least 95 % of repetitions", () => {
    const random = seededRandom(3);
    const noise = () => 1 + random.below(1000) / 1000;
    let covered = 0;
    const repetitions = 2000;
    for (let k = 0; k < repetitions; k++) {
      const [ours, theirs] = [0, 1].map(() => Array.from({ length: 11 }, noise));
      const { low, high } = ratioOf("x", contestant("a", ours), contestant("b", theirs));
      if (low <= 1 && 1 <= high) covered++;
    }
    expect(covered / repetitions).toBeGreaterThan(0.95);
  });

  it("ratioOf() refuses a contestant that failed, and samples of different number", () => {
    const failed = { name: "PyTorch", samples: [], error: "no module torch" };
    expect(() => ratioOf("GPTQ", contestant("a", [1]), failed)).toThrow(
      "Cannot compare GPTQ: PyTorch failed: no module torch",
    );
    expect(() => ratioOf("x", contestant("a", [1]), contestant("b", [1, 2]))).toThrow(RangeError);
  });
});

describe("fastest()", () => {
  it("fastest() is the one with the smallest median of those that did not fail", () => {
    const failed = { name: "c", samples: [], error: "no" };
    const all = [contestant("a", [3, 1, 3]), contestant("b", [2, 2, 9]), failed];
    expect(fastest(all)?.name).toBe("b");
    expect(fastest([failed])).toBeUndefined();
  });
});

describe("isReached()", () => {
  it("isReached() looks at both ends of a target, and has no answer without one", () => {
    const ratio = { name: "x", value: 2, low: 1, high: 3 };
    expect(isReached(ratio)).toBeUndefined();
    expect(isReached({ ...ratio, target: { most: 2 } })).toBe(true);
    expect(isReached({ ...ratio, target: { most: 1.9 } })).toBe(false);
    expect(isReached({ ...ratio, target: { least: 2.1 } })).toBe(false);
    expect(isReached({ ...ratio, target: { least: 1, most: 3 } })).toBe(true);
  });
});
