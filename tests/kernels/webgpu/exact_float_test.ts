import { describe } from "@std/testing/bdd";
import exactFloat from "../../../kernels/webgpu/exact_float.wgsl" with { type: "text" };
import { argsort } from "../../../kernels/sorting.ts";
import { itNeeds } from "../../needs.ts";
import { randomNumbers } from "../random.ts";
import { LAVAPIPE, lavapipe } from "./adapter.ts";

const MAIN = `
@group(0) @binding(0) var<storage, read> a: array<u32>;
@group(0) @binding(1) var<storage, read> b: array<u32>;
@group(0) @binding(2) var<storage, read_write> products: array<u32>;
@group(0) @binding(3) var<storage, read_write> quotients: array<u32>;
@group(0) @binding(4) var<storage, read_write> keys: array<u32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  products[id.x] = product(a[id.x], b[id.x]);
  quotients[id.x] = quotient(a[id.x], b[id.x]);
  keys[id.x] = order_key(a[id.x]);
}`;

const SPECIAL = [0, -0, Infinity, -Infinity, NaN, 1, -1, 2 ** -149, 2 ** -126, 2 ** 127, 1e-38];
const COUNT = 1 << 15;

/** Pairs of float32 values: all pairs of special ones, pairs of random bits, pairs whose quotients are near to whole numbers of units. */
function pairs(): [Float32Array<ArrayBuffer>, Float32Array<ArrayBuffer>] {
  const next = randomNumbers(1);
  const bits = () => Uint32Array.from({ length: COUNT }, () => next() * 2 ** 32);
  const [a, b] = [new Float32Array(bits().buffer), new Float32Array(bits().buffer)];
  SPECIAL.forEach((x, i) =>
    SPECIAL.forEach((y, j) => {
      a[i * SPECIAL.length + j] = x;
      b[i * SPECIAL.length + j] = y;
    })
  );
  for (let i = COUNT / 2; i < COUNT * 3 / 4; i++) { // quotients next to a float32, and subnormal ones
    b[i] = 1 + next();
    a[i] = b[i] * (1 + next()) * (i % 2 ? 1 : 2 ** -130);
  }
  for (let i = COUNT * 3 / 4; i < COUNT; i++) b[i] = 2 ** Math.floor(40 * next() - 20); // ties of subnormal results
  return [a, b];
}

function expectBits(actual: Float32Array, expected: (i: number) => number, what: string): void {
  for (let i = 0; i < actual.length; i++) {
    if (Object.is(actual[i], Math.fround(expected(i)))) continue;
    throw new Error(`${what} ${i} is ${actual[i]} and not ${Math.fround(expected(i))}`);
  }
}

describe("exact_float.wgsl", () => {
  itNeeds(
    LAVAPIPE,
    "product() and quotient() round as IEEE 754 says, and order_key() orders as argsort() does",
    async () => {
      const gpu = await lavapipe();
      const [a, b] = pairs();
      const pipeline = await gpu.pipeline(exactFloat + MAIN);
      const results = await gpu.run("compute", (batch) => {
        const outputs = ["products", "quotients", "keys"].map((name) =>
          batch.allocate(4 * COUNT, name)
        );
        const bindings = [batch.upload(a, "a"), batch.upload(b, "b"), ...outputs];
        batch.dispatch(pipeline, bindings, [COUNT / 64]);
        return { products: outputs[0], quotients: outputs[1], keys: outputs[2] };
      });
      expectBits(new Float32Array(results.products), (i) => a[i] * b[i], "product");
      expectBits(new Float32Array(results.quotients), (i) => a[i] / b[i], "quotient");
      const keys = new Uint32Array(results.keys);
      const order = argsort(a);
      for (let i = 1; i < COUNT; i++) {
        const [lower, upper] = [keys[order[i - 1]], keys[order[i]]];
        if (lower < upper || (lower === upper && order[i - 1] < order[i])) continue;
        throw new Error(`${a[order[i - 1]]} does not come before ${a[order[i]]}`);
      }
    },
  );
});
