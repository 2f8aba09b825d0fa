import { describe } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { Gpu, GpuError } from "../../../kernels/webgpu/gpu.ts";
import { itNeeds } from "../../needs.ts";
import { LAVAPIPE, lavapipe, lavapipeAdapter } from "./adapter.ts";

const SCALE = `
override workgroup: u32 = 64;
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<uniform> factor: vec4u;
@compute @workgroup_size(workgroup) fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&x)) { x[id.x] *= f32(factor.x); }
}
`;

/** What a promise is rejected with. */
async function errorOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error("Expected an error");
}

async function expectGpuError(promise: Promise<unknown>, message: RegExp): Promise<void> {
  const error = await errorOf(promise);
  expect(error).toBeInstanceOf(GpuError);
  expect(error.message).toMatch(message);
}

/** A device that can be lost at will. */
async function losableGpu(): Promise<{ gpu: Gpu; lose(): void }> {
  const { device } = await lavapipe();
  const { promise: lost, resolve } = Promise.withResolvers<GPUDeviceLostInfo>();
  const proxy = new Proxy(device, {
    get(target, key) {
      if (key === "lost") return lost;
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const info = { reason: "destroyed", message: "unplugged" } as GPUDeviceLostInfo;
  return { gpu: await Gpu.open(proxy), lose: () => resolve(info) };
}

/** A device of its own. */
async function ownGpu(): Promise<Gpu> {
  await lavapipe(); // which chooses the driver
  return await Gpu.open(await (await navigator.gpu.requestAdapter())!.requestDevice());
}

describe("Gpu", () => {
  itNeeds(LAVAPIPE, "Gpu.run() gives what several kernels in turn make of data", async () => {
    const gpu = await lavapipe();
    const scale = await gpu.pipeline(SCALE, { workgroup: 32 });
    const kept = gpu.upload(Float32Array.of(1, 2, 3), "numbers");
    const { all, part } = await gpu.run("scale", (batch) => {
      const part = batch.allocate(8, "part");
      batch.dispatch(scale, [kept], [1], Uint32Array.of(10, 0, 0, 0));
      batch.copy(kept, 4, part, 0, 8);
      batch.dispatch(scale, [kept], [1], Uint32Array.of(3, 0, 0, 0));
      batch.dispatch(scale, [part], [0], Uint32Array.of(5, 0, 0, 0));
      return { all: kept, part };
    });
    kept.destroy();
    expect([...new Float32Array(all)]).toEqual([30, 60, 90]);
    expect([...new Float32Array(part)]).toEqual([20, 30]);
  });

  itNeeds(
    LAVAPIPE,
    "Gpu.run() gives each its own results when several are asked at once",
    async () => {
      const gpu = await lavapipe();
      const scale = await gpu.pipeline(SCALE);
      const results = await Promise.all([2, 3, 4, 5].map((factor) =>
        gpu.run("scale", (batch) => {
          const x = batch.upload(Float32Array.of(1, factor), "numbers");
          batch.dispatch(scale, [x], [1], Uint32Array.of(factor, 0, 0, 0));
          return { x };
        })
      ));
      expect(results.map(({ x }) => [...new Float32Array(x)])).toEqual(
        [[2, 4], [3, 9], [4, 16], [5, 25]],
      );
    },
  );

  itNeeds(LAVAPIPE, "Gpu.run() takes more parameters than one buffer of them holds", async () => {
    const gpu = await lavapipe();
    const code = `@group(0) @binding(0) var<storage, read_write> x: u32;
      @group(0) @binding(1) var<uniform> p: vec4u;
      @compute @workgroup_size(1) fn main() { x += p.x; }`;
    const sum = await gpu.pipeline(code);
    const { x } = await gpu.run("add", (batch) => {
      const x = batch.allocate(4, "sum");
      for (let i = 0; i < 2500; i++) batch.dispatch(sum, [x], [1], Uint32Array.of(i, 0, 0, 0));
      return { x };
    });
    expect(new Uint32Array(x)[0]).toBe(2500 * 2499 / 2);
  });

  itNeeds(
    LAVAPIPE,
    "Gpu.upload() takes bytes of any number, and memory that threads share",
    async () => {
      const gpu = await lavapipe();
      const shared = new Uint8Array(new SharedArrayBuffer(7)).map((_, i) => i + 1);
      const buffer = gpu.upload(shared, "bytes");
      const { bytes } = await gpu.run("read", () => ({ bytes: buffer }));
      buffer.destroy();
      expect([...new Uint8Array(bytes)]).toEqual([1, 2, 3, 4, 5, 6, 7, 0]);
    },
  );

  itNeeds(LAVAPIPE, "Gpu.pipeline() says in which line a shader is wrong", async () => {
    const gpu = await lavapipe();
    await expectGpuError(
      gpu.pipeline("// a comment\nfn main( {"),
      /^Cannot compile a shader: line 2, .*expected identifier[^]*fn main\( \{/,
    );
    await expectGpuError(
      gpu.pipeline("@compute @workgroup_size(1) fn main() { let x: u32 = 1.5; }"),
      /^Cannot compile a shader: line 1, .*expected to be `u32`/,
    );
    await expectGpuError(
      gpu.pipeline(SCALE, {}, "other"),
      /Cannot compile the shader's entry point other/,
    );
    await expectGpuError(
      gpu.pipeline(SCALE, { nothing: 1 }),
      /Cannot compile the shader's entry point main/,
    );
  });

  itNeeds(LAVAPIPE, "Gpu.allocate() refuses a buffer above the adapter's limit", async () => {
    const gpu = await lavapipe();
    const bytes = gpu.device.limits.maxBufferSize + 4;
    expect(() => gpu.allocate(bytes, "a giant")).toThrow(
      new RangeError(
        `Cannot allocate ${bytes} bytes for a giant: the graphics adapter allows at most ${
          bytes - 4
        }`,
      ),
    );
  });

  itNeeds(
    LAVAPIPE,
    "Gpu.run() refuses a binding or a dispatch above the adapter's limits",
    async () => {
      const gpu = await ownGpu(); // with WebGPU's default limits
      const scale = await gpu.pipeline(SCALE);
      const factor = Uint32Array.of(2, 0, 0, 0);
      const large = gpu.run("scale", (batch) => {
        batch.dispatch(scale, [batch.allocate(2 ** 27 + 4, "large")], [1], factor);
        return {};
      });
      expect(await errorOf(large)).toEqual(
        new RangeError(
          "Cannot bind 134217732 bytes to a kernel: the adapter allows at most 134217728",
        ),
      );
      const many = gpu.run("scale", (batch) => {
        batch.dispatch(scale, [batch.allocate(4, "small")], [65536], factor);
        return {};
      });
      expect(await errorOf(many)).toBeInstanceOf(RangeError);
      gpu.close();
    },
  );

  itNeeds(
    LAVAPIPE,
    "Gpu.run() throws what does not pass validation, and works afterwards",
    async () => {
      const gpu = await lavapipe();
      const scale = await gpu.pipeline(SCALE);
      const missing = gpu.run("scale", (batch) => {
        batch.dispatch(scale, [], [1]);
        return {};
      });
      await expectGpuError(missing, /^Cannot scale on the graphics adapter: /);
      const over = gpu.run("copy", (batch) => {
        const x = batch.allocate(4, "four bytes");
        batch.copy(x, 0, batch.allocate(4, "four more"), 0, 64);
        return { x };
      });
      await expectGpuError(over, /^Cannot copy on the graphics adapter: /);
      const gone = gpu.allocate(4, "destroyed");
      gone.destroy();
      await expectGpuError(gpu.run("read", () => ({ gone })), /destroyed/);
      const { x } = await gpu.run(
        "read",
        (batch) => ({ x: batch.upload(Uint8Array.of(9), "one") }),
      );
      expect(new Uint8Array(x)[0]).toBe(9);
    },
  );

  itNeeds(LAVAPIPE, "Gpu.run() throws what went wrong in writing to a buffer before", async () => {
    const gpu = await lavapipe();
    const buffer = gpu.allocate(4, "small");
    gpu.write(buffer, 0, new Uint8Array(64));
    await expectGpuError(gpu.run("read", () => ({ buffer })), /overrunning/);
    buffer.destroy();
  });

  itNeeds(LAVAPIPE, "Gpu throws an error of the device that nobody asked about, once", async () => {
    const gpu = await ownGpu();
    gpu.device.createBuffer({ size: 16, usage: 0 });
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(() => gpu.allocate(4, "any")).toThrow(GpuError);
    gpu.allocate(4, "any").destroy();
    gpu.close();
  });

  itNeeds(LAVAPIPE, "Gpu throws when its device was destroyed or closed", async () => {
    for (const end of [(gpu: Gpu) => gpu.device.destroy(), (gpu: Gpu) => gpu.close()]) {
      const gpu = await ownGpu();
      const buffer = gpu.allocate(4, "any");
      const pending = errorOf(gpu.run("read", () => ({ buffer })));
      end(gpu);
      expect(await pending).toBeInstanceOf(GpuError);
      await expectGpuError(gpu.run("read", () => ({ buffer })), /device was (lost|closed)/);
      await expectGpuError(gpu.pipeline(SCALE), /device was (lost|closed)/);
      expect(() => gpu.allocate(4, "any")).toThrow(GpuError);
      await expectGpuError(Gpu.open(gpu.device), /device was lost/);
    }
  });

  itNeeds(
    LAVAPIPE,
    "Gpu throws to those who wait and to all later callers when its device is lost",
    async () => {
      const { gpu, lose } = await losableGpu();
      const buffer = gpu.allocate(4, "any");
      const pending = errorOf(gpu.run("read", () => ({ buffer })));
      lose();
      for (const error of [await pending, await errorOf(gpu.run("read", () => ({ buffer })))]) {
        expect(error).toEqual(
          new GpuError(
            "Cannot use the graphics adapter: its device was lost (destroyed: unplugged)",
          ),
        );
      }
      buffer.destroy();
    },
  );

  itNeeds(LAVAPIPE, "requireAdapter() says what the adapter is and gives", async () => {
    const { facts, gpu } = await lavapipeAdapter();
    expect(facts.name).toContain("llvmpipe");
    expect(facts.fallback).toBe(true);
    expect(facts.features).toContain("timestamp-query");
    for (const feature of facts.features) expect(gpu.device.features.has(feature)).toBe(true);
    expect(gpu.device.limits.maxBufferSize).toBe(facts.limits.maxBufferSize);
    expect(facts.limits.maxStorageBufferBindingSize).toBeGreaterThanOrEqual(2 ** 27);
  });
});
