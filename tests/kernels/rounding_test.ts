import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { roundHalfEven } from "../../kernels/rounding.ts";
import { randomNumbers } from "./random.ts";

/** The definition: the nearer neighbour, and of two the even one. */
function slowRound(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

describe("roundHalfEven()", () => {
  it("roundHalfEven() takes ties to the even neighbour, where Math.round takes them up", () => {
    const ties = [-127.5, -7.5, -3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5];
    expect(ties.map(roundHalfEven)).toEqual([-128, -8, -4, -2, -2, -0, 0, 2, 2, 4]);
  });

  it("roundHalfEven() equals its definition on random numbers and on every half up to 300", () => {
    const next = randomNumbers(1);
    for (let i = 0; i < 5000; i++) {
      const x = (next() - 0.5) * 10 ** Math.floor(next() * 16);
      expect(roundHalfEven(x)).toBeCloseTo(slowRound(x), 10);
    }
    for (let x = -300; x <= 300; x += 0.5) expect(roundHalfEven(x) + 0).toBe(slowRound(x) + 0);
  });

  it("roundHalfEven() gives the numbers next to a tie to their own sides", () => {
    expect(roundHalfEven(0.49999999999999994)).toBe(0); // x + 0.5 would be 1
    expect(roundHalfEven(0.5000000000000001)).toBe(1);
  });

  it("roundHalfEven() keeps whole numbers of any size, infinities, NaN and the sign of zero", () => {
    const kept = [2 ** 52 + 1, -(2 ** 52) - 1, 2 ** 53, -1e300, Infinity, -Infinity, NaN, 0, -0];
    for (const x of kept) expect(roundHalfEven(x)).toBe(x);
    expect(roundHalfEven(-0.2)).toBe(-0);
  });
});
