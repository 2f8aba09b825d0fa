import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { defaultThreads, DEVICES, parseDevice } from "../../inference/devices.ts";

describe("parseDevice()", () => {
  it("parseDevice() knows every device by its name", () => {
    expect(DEVICES.map(parseDevice)).toEqual(["cpu", "webgpu"]);
  });

  it("parseDevice() refuses other names and says which there are", () => {
    for (const name of ["gpu", "CPU", ""]) {
      expect(() => parseDevice(name)).toThrow(
        `Cannot use device "${name}": it must be cpu or webgpu`,
      );
    }
  });
});

describe("defaultThreads()", () => {
  it("defaultThreads() is between 1 and 8", () => {
    expect(defaultThreads()).toBeGreaterThanOrEqual(1);
    expect(defaultThreads()).toBeLessThanOrEqual(8);
  });
});
