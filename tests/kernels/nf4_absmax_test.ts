import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { DYNAMIC_MAP } from "../../kernels/dynamic_map.ts";
import { dequantizeAbsmax, quantizeAbsmax } from "../../kernels/nf4_absmax.ts";
import { expectAllClose } from "./golden.ts";
import { slowNested } from "./nf4_oracle.ts";
import { randomMatrix } from "./random.ts";

const maxima = (count: number, seed: number) =>
  randomMatrix(1, count, seed).data.map((x) => Math.abs(x) + 0.5);

describe("quantizeAbsmax()", () => {
  it("quantizeAbsmax() equals a slow nearest-entry search in float64, with a run that ends short", () => {
    for (const count of [1 + 255, 3, 600]) {
      const absmax = maxima(count, count);
      const nested = quantizeAbsmax(absmax);
      const slow = slowNested([...absmax]);
      expect([...nested.codes]).toEqual(slow.codes);
      expectAllClose(dequantizeAbsmax(nested), slow.restored, { rtol: 1e-6 }, "maxima");
      expect(nested.absmax.length).toBe(Math.ceil(count / 256));
    }
  });

  it("quantizeAbsmax() restores maxima within half the widest gap of the map, times the largest deviation", () => {
    const absmax = maxima(300, 2);
    const nested = quantizeAbsmax(absmax);
    const gap = Math.max(...DYNAMIC_MAP.slice(1).map((x, i) => x - DYNAMIC_MAP[i]));
    const atol = gap / 2 * Math.max(...nested.absmax) + 1e-6;
    expectAllClose(dequantizeAbsmax(nested), absmax, { atol }, "maxima");
  });

  it("quantizeAbsmax() restores equal maxima exactly", () => {
    for (const count of [1, 300]) {
      const absmax = new Float32Array(count).fill(0.1);
      const nested = quantizeAbsmax(absmax);
      expect(dequantizeAbsmax(nested)).toEqual(absmax);
      expect([...new Set(nested.codes)]).toEqual([127]);
    }
  });

  it("quantizeAbsmax() takes no maxima", () => {
    expect(quantizeAbsmax(new Float32Array(0)).offset).toBe(0);
  });

  it("quantizeAbsmax() leaves the maxima as they are", () => {
    const absmax = maxima(300, 3);
    const before = absmax.slice();
    quantizeAbsmax(absmax);
    expect(absmax).toEqual(before);
  });
});

describe("dequantizeAbsmax()", () => {
  it("dequantizeAbsmax() copies maxima that were not quantised", () => {
    const absmax = maxima(5, 4);
    const copy = dequantizeAbsmax(absmax);
    expect(copy).toEqual(absmax);
    expect(copy).not.toBe(absmax);
  });
});
