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
  it("wasmBytes() is a module that needs nothing from outside but a memory", () => {
    for (const bytes of Object.values(committed)) {
      const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes));
      expect(imports).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
    }
  });
});

/** Numbers of a module's sections. */
function sections(bytes: Uint8Array): number[] {
  const found: number[] = [];
  for (let at = 8; at < bytes.length;) {
    found.push(bytes[at++]);
    let size = 0;
    for (let shift = 0;; shift += 7) {
      size += (bytes[at] & 127) * 2 ** shift;
      if (bytes[at++] < 128) break;
    }
    at += size;
  }
  return found;
}

describe("wasmBytes(), its data", () => {
  it("wasmBytes() has no data that every thread's instance would write to their memory again", () => {
    const DATA = 11;
    for (const bytes of Object.values(committed)) {
      expect(sections(bytes)).toContain(10); // code
      expect(sections(bytes)).not.toContain(DATA);
    }
  });
});

describe("preferredBuild()", () => {
  it("preferredBuild() is relaxed where the engine takes it", () => {
    const relaxed = WebAssembly.validate(committed.relaxed_simd);
    expect(preferredBuild()).toBe(relaxed ? "relaxed" : "strict");
  });
});
