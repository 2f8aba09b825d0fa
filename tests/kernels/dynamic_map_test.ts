import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { DYNAMIC_MAP, nearestDynamicCode } from "../../kernels/dynamic_map.ts";
import { expectAllClose, expectAllEqual, itMatchesGolden } from "./golden.ts";
import { nearestByDistance } from "./nf4_oracle.ts";

/** The positive values below 1 in float64: midpoints of 2^d intervals of [0.1, 1], times 10^(d - 6), for d = 0 to 6. */
function magnitudes(): number[] {
  return Array.from({ length: 7 }, (_, d) =>
    Array.from(
      { length: 2 ** d },
      (_, k) => (0.1 + 0.9 * (k + 0.5) / 2 ** d) * 10 ** (d - 6),
    )).flat();
}

describe("DYNAMIC_MAP", () => {
  it("DYNAMIC_MAP is made of midpoints in 7 decades, both signs, 0 and 1, within a float32 unit in the last place", () => {
    const positive = magnitudes();
    const remade = [...positive.map((x) => -x), 0, ...positive, 1].sort((a, b) => a - b);
    expect(DYNAMIC_MAP.length).toBe(256);
    expectAllClose(DYNAMIC_MAP, remade.map(Math.fround), { rtol: 2 ** -23 }, "map");
  });

  it("DYNAMIC_MAP ascends, holds float32 values and has no -1", () => {
    expect(DYNAMIC_MAP.map(Math.fround)).toEqual([...DYNAMIC_MAP]);
    expect(DYNAMIC_MAP.every((x, i) => i === 0 || x > DYNAMIC_MAP[i - 1])).toBe(true);
    expect([DYNAMIC_MAP.indexOf(-1), DYNAMIC_MAP.indexOf(0), DYNAMIC_MAP.indexOf(1)])
      .toEqual([-1, 127, 255]);
    expect(() => (DYNAMIC_MAP as number[])[127] = 1).toThrow(TypeError);
  });
});

describe("nearestDynamicCode()", () => {
  it("nearestDynamicCode() finds the entry at the least distance, on a fine grid and close to 0", () => {
    const grid = Array.from({ length: 2001 }, (_, i) => Math.fround(i / 1000 - 1));
    const numbers = [...grid, ...grid.map((x) => Math.fround(x ** 9)), -2, 2];
    const slow = numbers.map((x) => nearestByDistance(DYNAMIC_MAP, x));
    expect(numbers.map(nearestDynamicCode)).toEqual(slow);
  });

  it("nearestDynamicCode() takes the lower entry half-way between two", () => {
    const middles = DYNAMIC_MAP.slice(1).map((x, i) => (DYNAMIC_MAP[i] + x) / 2);
    expect(middles.map(nearestDynamicCode)).toEqual(middles.map((_, i) => i));
  });

  itMatchesGolden(
    "nf4",
    "nearestDynamicCode() and its map equal bitsandbytes' on",
    (id) => id === "probe_lookup",
    ({ inputs, tensors: { x_dyn, dyn_code } }) => {
      expectAllEqual(DYNAMIC_MAP, inputs.dynamic_map_256.data, "map");
      expectAllEqual(Array.from(x_dyn.data, nearestDynamicCode), dyn_code.data, "codes");
      expect(x_dyn.data.length).toBe(1356);
    },
  );
});
