import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { channelAbsmax } from "../../kernels/channel_absmax.ts";
import { type Matrix, matrix } from "../../kernels/matrix.ts";
import {
  LLAMA_SMOOTHING_GROUPS,
  smoothGroup,
  smoothingFactors,
} from "../../kernels/smoothquant.ts";
import { expectAllClose } from "./golden.ts";
import { randomMatrix, randomNumbers } from "./random.ts";
import { linear, rmsNorm, rowsOf } from "./toy_layer.ts";

/** Inputs with two channels of outliers. */
function outlierInputs(tokens: number, channels: number, seed: number): Matrix {
  const inputs = randomMatrix(tokens, channels, seed);
  return matrix(
    tokens,
    channels,
    inputs.data.map((x, i) => i % channels === 3 || i % channels === 7 ? 60 * x : x),
  );
}

const positive = (count: number, seed: number) => {
  const next = randomNumbers(seed);
  return Float32Array.from({ length: count }, () => 0.1 + next());
};

/** Equation 4 in float64, one channel at a time. */
function slowFactors(absmax: Float32Array, weights: Matrix[], alpha: number): number[] {
  return [...absmax].map((a, j) => {
    const column = weights.flatMap((weight) => rowsOf(weight).map((row) => Math.abs(row[j])));
    const w = Math.max(1e-5, ...column);
    return Math.max(1e-5, a ** alpha / w ** (1 - alpha));
  });
}

describe("channelAbsmax()", () => {
  it("channelAbsmax() of samples one after another is that of all of them at once", () => {
    const all = outlierInputs(30, 12, 1);
    let running: Float32Array | undefined;
    for (const [from, to] of [[0, 11], [11, 12], [12, 30]]) {
      const before = running?.slice();
      const part = matrix(to - from, 12, all.data.slice(from * 12, to * 12));
      const next = channelAbsmax(part, running);
      expect(running).toEqual(before);
      running = next;
    }
    expect(running).toEqual(channelAbsmax(all));
    const slow = Array.from(
      { length: 12 },
      (_, j) => Math.max(...rowsOf(all).map((row) => Math.abs(row[j]))),
    );
    expect([...running!]).toEqual(slow);
  });

  it("channelAbsmax() refuses other channels and values that are not finite", () => {
    expect(() => channelAbsmax(matrix(1, 2), new Float32Array(3))).toThrow(
      "Cannot add inputs of 2 channels to statistics of 3",
    );
    expect(() => channelAbsmax(matrix(2, 2, [0, 0, NaN, 0]))).toThrow(
      "Cannot take statistics of NaN (row 1, channel 0): values must be finite",
    );
  });
});

describe("smoothingFactors()", () => {
  it("smoothingFactors() equal equation 4 in float64, for several alphas and weights of different heights", () => {
    const weights = [randomMatrix(9, 16, 2), randomMatrix(4, 16, 3)];
    const absmax = channelAbsmax(outlierInputs(20, 16, 4));
    for (const alpha of [0, 0.25, 0.5, 0.85, 1]) {
      const factors = smoothingFactors(absmax, weights, { alpha });
      expectAllClose(factors, slowFactors(absmax, weights, alpha), { rtol: 4e-7 }, `${alpha}`);
    }
  });

  it("smoothingFactors() at alpha 0.5 give activations and weights the same maximum in every channel", () => {
    const weights = [randomMatrix(9, 16, 5), randomMatrix(4, 16, 6)];
    const absmax = channelAbsmax(outlierInputs(20, 16, 7));
    const largest = channelAbsmax(weights[1], channelAbsmax(weights[0]));
    const factors = smoothingFactors(absmax, weights, { alpha: 0.5 });
    const activations = absmax.map((a, j) => a / factors[j]);
    expectAllClose(activations, largest.map((w, j) => w * factors[j]), { rtol: 1e-6 }, "maxima");
  });

  it("smoothingFactors() are 1e-5 for a channel without activations, and take weights of 0 as 1e-5", () => {
    const factors = smoothingFactors(Float32Array.of(0, 2), [matrix(1, 2, [3, 0])], { alpha: 0.5 });
    expectAllClose(factors, [1e-5, Math.sqrt(2 / 1e-5)], { rtol: 2e-7 }, "factors");
  });

  it("smoothingFactors() in float16 are float16 values, and the least is float16's 1.0014e-5", () => {
    const absmax = channelAbsmax(outlierInputs(20, 16, 8));
    absmax[5] = 0;
    const weights = [randomMatrix(9, 16, 9)];
    const factors = smoothingFactors(absmax, weights, { alpha: 0.85, type: "float16" });
    expect(factors[5]).toBe(168 * 2 ** -24);
    const exact = slowFactors(absmax, weights, 0.85).with(5, factors[5]);
    expectAllClose(factors, exact, { rtol: 4 * 2 ** -11 }, "factors");
    expect(factors.every((s) => s === Float16Array.of(s)[0])).toBe(true);
  });

  it("smoothingFactors() refuse an alpha outside 0 to 1, no weights, other channels and float16 overflow", () => {
    const absmax = Float32Array.of(1, 70_000);
    const weights = [matrix(1, 2, [1, 1])];
    expect(() => smoothingFactors(absmax, weights, { alpha: 1.5 })).toThrow(
      "Cannot smooth with alpha 1.5: it must be within 0 to 1",
    );
    expect(() => smoothingFactors(absmax, weights, { alpha: NaN })).toThrow(RangeError);
    expect(() => smoothingFactors(absmax, [], { alpha: 1 })).toThrow("at least one");
    expect(() => smoothingFactors(absmax, [matrix(1, 3)], { alpha: 1 })).toThrow(
      "Cannot smooth 2 channels of activations with 3 channels of weights: they must be as many",
    );
    expect(() => smoothingFactors(absmax, weights, { alpha: 1, type: "float16" })).toThrow(
      "Cannot smooth channel 1 with activations up to 70000: they must be finite in float16",
    );
  });
});

describe("smoothGroup()", () => {
  it("smoothGroup() leaves the norm followed by its linear layers unchanged, on random inputs", () => {
    for (const alpha of [0.2, 0.5, 0.85]) {
      const x = rowsOf(outlierInputs(6, 16, 10));
      const gamma = positive(16, 11);
      const weights = [randomMatrix(8, 16, 12), randomMatrix(3, 16, 13)];
      const absmax = channelAbsmax(outlierInputs(20, 16, 14));
      const smoothed = smoothGroup(gamma, weights, absmax, { alpha });
      smoothed.weights.forEach((weight, i) => {
        const before = linear(rmsNorm(x, gamma), weights[i]).flat();
        const after = linear(rmsNorm(x, smoothed.norm), weight).flat();
        const atol = 1e-6 * Math.max(...before.map(Math.abs));
        expectAllClose(after, before, { atol }, `weight ${i}, alpha ${alpha}`);
      });
    }
  });

  it("smoothGroup() evens out the channels of the norm's outputs", () => {
    const x = rowsOf(outlierInputs(40, 16, 15));
    const gamma = positive(16, 16);
    const outputs = (norm: Float32Array) => channelAbsmax(matrix(40, 16, rmsNorm(x, norm).flat()));
    const spread = (maxima: Float32Array) => Math.max(...maxima) / Math.min(...maxima);
    const before = outputs(gamma);
    const { norm } = smoothGroup(gamma, [randomMatrix(8, 16, 17)], before, { alpha: 0.85 });
    expect(spread(outputs(norm))).toBeLessThan(spread(before) / 10);
  });

  it("smoothGroup() leaves what it is given as it is", () => {
    const gamma = positive(4, 18);
    const weight = randomMatrix(3, 4, 19);
    const absmax = positive(4, 20);
    const before = structuredClone({ gamma, weight, absmax });
    smoothGroup(gamma, [weight], absmax, { alpha: 0.85, type: "float16" });
    expect({ gamma, weight, absmax }).toEqual(before);
  });

  it("smoothGroup() says which channel's norm overflows float16, where float32 holds it", () => {
    const weights = [matrix(1, 2, [1, 1])];
    const smooth = (gamma: number, type: "float16" | "float32") =>
      smoothGroup(Float32Array.of(1, gamma), weights, Float32Array.of(1, 0), { alpha: 0.5, type });
    expect(() => smooth(0.66, "float16")).toThrow(
      /^Cannot divide the norm's weight 0\.66\d* of channel 1 by the factor 0\.00001001\d*: the result must be finite in float16$/,
    );
    expect(smooth(0.65, "float16").norm[1]).toBeGreaterThan(64_000);
    expect(smooth(0.66, "float32").norm[1]).toBeCloseTo(66_000, -1);
  });

  it("smoothGroup() refuses a norm of other channels", () => {
    const weights = [matrix(1, 2, [1, 1])];
    expect(() => smoothGroup(positive(3, 21), weights, positive(2, 22), { alpha: 0.5 })).toThrow(
      "Cannot smooth 2 channels of activations with 3 channels of a norm: they must be as many",
    );
  });
});

describe("LLAMA_SMOOTHING_GROUPS", () => {
  it("LLAMA_SMOOTHING_GROUPS name q, k, v and gate, up, and take the first one's statistics", () => {
    const linears = LLAMA_SMOOTHING_GROUPS.flatMap((group) => group.linears);
    expect(linears.map((name) => name.replace(/.*\.(\w+)_proj/, "$1")))
      .toEqual(["q", "k", "v", "gate", "up"]);
    for (const { statistics, linears } of LLAMA_SMOOTHING_GROUPS) {
      expect(statistics).toBe(linears[0]);
    }
  });
});
