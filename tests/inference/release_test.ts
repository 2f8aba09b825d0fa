import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { release, releaseUnless } from "../../inference/release.ts";

describe("release()", () => {
  it("release() empties arrays and all others on their buffers, and does nothing the second time", () => {
    const values = Float32Array.of(1, 2, 3, 4);
    const part = values.subarray(1, 3);
    release(part, undefined);
    expect([values.length, part.length]).toEqual([0, 0]);
    release(values, part);
  });

  it("releaseUnless() spares what shares a buffer with what is still used", () => {
    const [used, other] = [Float32Array.of(1, 2), Float32Array.of(3)];
    releaseUnless([used.subarray(1), undefined], used, other);
    expect([[...used], other.length]).toEqual([[1, 2], 0]);
  });
});
