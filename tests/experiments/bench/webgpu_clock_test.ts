import { describe } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { openGpuClock, type Recording } from "../../../experiments/bench/webgpu_clock.ts";
import { Gpu } from "../../../kernels/webgpu/gpu.ts";
import { LAVAPIPE, lavapipe } from "../../kernels/webgpu/adapter.ts";
import { itNeeds } from "../../needs.ts";

const SLOW = `
@group(0) @binding(0) var<storage, read_write> x: array<u32>;
@group(0) @binding(1) var<uniform> turns: vec4u;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  for (var i = 0u; i < turns.x; i++) { x[id.x] = x[id.x] * 1664525u + 1013904223u; }
}
`;

/** Seconds of a little and of much work. */
async function littleAndMuch(gpu: Gpu): Promise<[string, number, number]> {
  const slow = await gpu.pipeline(SLOW);
  const x = gpu.allocate(256, "numbers");
  const clock = openGpuClock(gpu);
  const work = (turns: number): Recording => (batch) =>
    batch.dispatch(slow, [x], [1], Uint32Array.of(turns, 0, 0, 0));
  const least = async (record: Recording) =>
    Math.min(await clock.seconds(record), await clock.seconds(record));
  const seconds = [await least(work(1e4)), await least(work(1e6))];
  clock.release();
  x.destroy();
  return [clock.method, seconds[0], seconds[1]];
}

describe("openGpuClock()", () => {
  itNeeds(
    LAVAPIPE,
    "openGpuClock() measures by timestamps where the adapter has them",
    async () => {
      const [method, little, much] = await littleAndMuch(await lavapipe());
      expect(method).toContain("timestamps");
      expect(little).toBeGreaterThan(0);
      expect(much).toBeGreaterThan(3 * little);
    },
  );

  itNeeds(LAVAPIPE, "openGpuClock() measures by the clock on the wall elsewhere", async () => {
    await lavapipe(); // which chooses the driver
    const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
    const gpu = await Gpu.open(device);
    const [method, little, much] = await littleAndMuch(gpu);
    gpu.close();
    expect(method).toContain("repetitions");
    expect(much).toBeGreaterThan(3 * little);
  });
});
