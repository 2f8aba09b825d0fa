import { describe } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { gridCode } from "../../../kernels/grid.ts";
import source from "../../../kernels/webgpu/grid.wgsl" with { type: "text" };
import { itNeeds } from "../../needs.ts";
import { expectAllEqual } from "../golden.ts";
import { randomNumbers } from "../random.ts";
import { LAVAPIPE, lavapipe } from "./adapter.ts";

const CALLS = `
override maxCode: f32 = 15.0;
@group(0) @binding(0) var<storage, read> pairs: array<vec2f>;
@group(0) @binding(1) var<storage, read_write> results: array<f32>;
@compute @workgroup_size(64) fn quotients(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&pairs)) { results[id.x] = quotient(pairs[id.x].x, pairs[id.x].y); }
}
@compute @workgroup_size(64) fn codes(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&pairs)) {
    results[id.x] = gridCode(pairs[id.x].x, pairs[id.x].y, 0.5 * (maxCode + 1.0), maxCode);
  }
}
`;

/** The float32 values around a number. */
function around(x: number, steps: number): number[] {
  const bits = new Int32Array(new Float32Array([x]).buffer)[0];
  return Array.from(
    { length: 2 * steps + 1 },
    (_, i) => new Float32Array(Int32Array.of(bits + i - steps).buffer)[0],
  );
}

async function call(
  entryPoint: "quotients" | "codes",
  pairs: readonly (readonly [number, number])[],
  maxCode = 15,
): Promise<Float32Array> {
  const gpu = await lavapipe();
  const pipeline = await gpu.pipeline(
    source + CALLS,
    entryPoint === "codes" ? { maxCode } : {},
    entryPoint,
  );
  const { results } = await gpu.run("divide", (batch) => {
    const uploaded = batch.upload(Float32Array.from(pairs.flat()), "pairs");
    const results = batch.allocate(pairs.length * 4, "results");
    batch.dispatch(pipeline, [uploaded, results], [Math.ceil(pairs.length / 64)]);
    return { results };
  });
  return new Float32Array(results);
}

describe("grid.wgsl", () => {
  itNeeds(LAVAPIPE, "quotient() is the nearest float32, for every number of codes", async () => {
    const next = randomNumbers(1);
    const pairs = [3, 7, 15, 31, 63, 127, 255, 100].flatMap((m) =>
      Array.from({ length: 500 }, () => [Math.fround(next() * 10 ** (8 * next() - 4)), m] as const)
    );
    const expected = pairs.map(([a, m]) => Math.fround(a / m));
    expectAllEqual(await call("quotients", pairs), expected, "quotients");
  });

  for (const bits of [2, 4, 8]) {
    itNeeds(
      LAVAPIPE,
      `gridCode() of ${bits} bits is the reference's on ties and next to them`,
      async () => {
        const next = randomNumbers(bits);
        const maxCode = 2 ** bits - 1;
        const pairs = Array.from({ length: 40 }, () => {
          const scale = Math.fround(next() * 10 ** (6 * next() - 4));
          return Array.from({ length: 40 }, () => {
            const tie = Math.round((next() - 0.5) * 1.2 * maxCode) + 0.5;
            return around(scale * tie, 3).map((x) => [x, scale] as const);
          }).flat();
        }).flat();
        const expected = pairs.map(([x, scale]) => gridCode(x, scale, (maxCode + 1) / 2, maxCode));
        const codes = await call("codes", pairs, maxCode);
        expectAllEqual(codes, expected, "codes");
        expect(new Set(codes).size).toBe(maxCode + 1);
      },
    );
  }
});
