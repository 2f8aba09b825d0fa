import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { extrapolate } from "../../../experiments/proofs/activity_times.ts";

describe("extrapolate()", () => {
  it("extrapolate() takes the mean of layers, nothing on behind the last, and all else once", () => {
    const layers = [{ read: 2, compress: 10, advance: 5 }, { read: 4, compress: 20 }];
    const whole = extrapolate(layers, 48, 10);
    expect(whole.perLayer).toEqual({ read: 3, compress: 15, advance: 5 });
    expect(whole.once).toBe(7);
    expect(whole.seconds).toBe(10 * 3 + 10 * 15 + 9 * 5 + 7);
    expect(whole.arithmetic).toBe(
      "10 x 3.0 s (read) + 10 x 15.0 s (compress) + 9 x 5.0 s (advance) + 7.0 s (once) = 232 s = 0.1 h",
    );
  });
});
