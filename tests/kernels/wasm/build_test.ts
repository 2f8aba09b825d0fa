import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { BUILDS, compileKernels } from "../../../kernels/wasm/build.ts";
import { preferredBuild, wasmBytes } from "../../../kernels/wasm/module.ts";

const committed = {
  relaxed_simd: wasmBytes("relaxed"),
  strict_simd: wasmBytes("strict"),
};

describe("compileKernels()", () => {
  for (const [build, bytes] of Object.entries(committed)) {
    it(`compileKernels() gives the committed bytes of ${build}`, async () => {
      expect(Object.keys(BUILDS)).toContain(build);
      expect(await compileKernels(build)).toEqual(bytes);
    });
  }
});

describe("wasmBytes()", () => {
  it("wasmBytes() is a module that needs nothing from outside", () => {
    for (const bytes of Object.values(committed)) {
      expect(WebAssembly.Module.imports(new WebAssembly.Module(bytes))).toEqual([]);
    }
  });
});

describe("preferredBuild()", () => {
  it("preferredBuild() is relaxed where the engine takes it", () => {
    const relaxed = WebAssembly.validate(committed.relaxed_simd);
    expect(preferredBuild()).toBe(relaxed ? "relaxed" : "strict");
  });
});
