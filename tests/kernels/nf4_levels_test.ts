import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { nearestNf4Code, NF4_LEVELS, NF4_THRESHOLDS } from "../../kernels/nf4_levels.ts";
import { expectAllClose, expectAllEqual, itMatchesGolden } from "./golden.ts";
import { nearestByDistance, nextFloat32 } from "./nf4_oracle.ts";

/** The mean of the outermost probabilities that bitsandbytes starts from. */
const OFFSET = 0.9677083;

const linspace = (from: number, to: number, count: number) =>
  Array.from({ length: count }, (_, i) => from + (to - from) * i / (count - 1));

/** Area under the standard normal density from 0 to x, by its power series. */
function areaFromZero(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 60; n++) {
    term *= -x * x / (2 * n);
    sum += term / (2 * n + 1);
  }
  return sum / Math.sqrt(2 * Math.PI);
}

/** Inverse of the normal distribution for p from 1/2 to 0.999, by bisection. */
function normalQuantile(p: number): number {
  let low = 0;
  let high = 4;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (0.5 + areaFromZero(middle) < p) low = middle;
    else high = middle;
  }
  return low;
}

describe("NF4_LEVELS", () => {
  it("NF4_LEVELS are 7 negative and 8 positive normal quantiles around 0", () => {
    const above = linspace(OFFSET, 0.5, 9).slice(0, -1).map(normalQuantile);
    const below = linspace(OFFSET, 0.5, 8).slice(0, -1).map((p) => -normalQuantile(p));
    const levels = [...below, 0, ...above].sort((a, b) => a - b);
    const largest = levels.at(-1)!;
    expectAllClose(NF4_LEVELS, levels.map((x) => x / largest), { atol: 1e-6 }, "levels");
  });

  it("NF4_LEVELS are float32 values in ascending order and cannot be changed", () => {
    expect(NF4_LEVELS.map(Math.fround)).toEqual([...NF4_LEVELS]);
    expect([...NF4_LEVELS].sort((a, b) => a - b)).toEqual([...NF4_LEVELS]);
    expect(() => (NF4_LEVELS as number[])[7] = 1).toThrow(TypeError);
  });
});

describe("nearestNf4Code()", () => {
  it("nearestNf4Code() finds the level at the least distance, for 4001 numbers and all 16 levels", () => {
    const numbers = [...linspace(-1.2, 1.2, 4001).map(Math.fround), ...NF4_LEVELS];
    const slow = numbers.map((x) => nearestByDistance(NF4_LEVELS, x));
    expect(numbers.map(nearestNf4Code)).toEqual(slow);
  });

  it("nearestNf4Code() takes the lower code on a threshold and the upper one float32 above it", () => {
    expect(NF4_THRESHOLDS.map(nearestNf4Code)).toEqual(NF4_THRESHOLDS.map((_, i) => i));
    expect(NF4_THRESHOLDS.map((t) => nearestNf4Code(nextFloat32(t))))
      .toEqual(NF4_THRESHOLDS.map((_, i) => i + 1));
  });

  itMatchesGolden(
    "nf4",
    "nearestNf4Code() equals bitsandbytes on",
    (id) => id === "probe_lookup",
    ({ inputs, tensors: { x_nf4, nf4_code, x_nf4_ties, nf4_code_ties_torch } }) => {
      expectAllEqual(NF4_LEVELS, inputs.nf4_code_16.data, "levels");
      expectAllEqual(NF4_THRESHOLDS, inputs.nf4_midpoints_float32.data, "thresholds");
      expectAllEqual(Array.from(x_nf4.data, nearestNf4Code), nf4_code.data, "codes");
      expectAllEqual(Array.from(x_nf4_ties.data, nearestNf4Code), nf4_code_ties_torch.data, "ties");
      expect(x_nf4.data.length + x_nf4_ties.data.length).toBe(1031);
    },
  );

  itMatchesGolden(
    "nf4",
    "nearestNf4Code() decides as bitsandbytes' CUDA code, but for one float32 at 4 thresholds, on",
    (id) => id === "probe_lookup",
    ({ inputs: { nf4_cuda_thresholds: { data } } }) => {
      const moved = NF4_THRESHOLDS.flatMap((t, i) => t === data[i] ? [] : [i]);
      expect(moved).toEqual([0, 8, 12, 14]);
      for (const i of moved) {
        const [low, high] = [NF4_THRESHOLDS[i], data[i]].sort((a, b) => a - b);
        expect(nextFloat32(low)).toBe(high);
      }
    },
  );
});
