/**
 * What holds of every backend's calls: one after the other, and none after the end.
 * @module
 */
import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Backend, PreparedHessian, StatisticKind } from "../../../kernels/backend.ts";
import { emptyColumnStatistics } from "../../../kernels/column_statistics.ts";
import { BACKENDS } from "../../../kernels/backend.ts";
import { randomMatrix } from "../random.ts";
import { correlatedHessian } from "../wasm/layers.ts";
import { gptqOf } from "./gptq_suite.ts";
import type { Suite } from "./suite_options.ts";

/** What is said of something that has been released or closed. */
const REFUSAL = /^Cannot use .+: .+ (released|closed)$/;

const W = randomMatrix(9, 40, 1);
const H = correlatedHessian(40, 2);
const NORMS = new Float32Array(40).map((_, j) => 1 + j % 7);
const OPTIONS = { bits: 4, symmetric: false, groupSize: 16 };
const HESSIAN = new Set<StatisticKind>(["hessian"]);

/** A call of every kind. */
const CALLS: Record<string, (backend: Backend) => Promise<unknown>> = {
  gptq: (backend) => gptqOf(backend, W, H, { ...OPTIONS, actOrder: true }),
  "gptq in float64": (backend) => gptqOf(backend, W, H, { ...OPTIONS, precision: "float64" }),
  statistics: async (backend) => {
    const gathered = backend.statistics(40, HESSIAN);
    await Promise.all([gathered.add(W, [4, 5]), gathered.add(W, [9])]);
    const result = await gathered.result();
    gathered.release();
    return result;
  },
  quantizeNf4: (backend) => backend.quantizeNf4(W, { doubleQuantization: true }),
  wandaMask: (backend) => backend.wandaMask(W, NORMS, { ratio: 0.5 }),
  dsnot: async (backend) => {
    const mask = await backend.wandaMask(W, NORMS, { n: 2, m: 4 });
    const statistics = { ...emptyColumnStatistics(40), squaredNorms: NORMS, sums: NORMS };
    const options = { m: 4, maxCycles: 3, powerOfVariance: 0 };
    return [
      await backend.dsnotRuns(W, mask, statistics, options),
      await backend.dsnot(W, mask, statistics, options),
    ];
  },
};

/** Asserts that a call is refused, or does what it did before. */
async function expectOver(call: () => Promise<unknown>, before: unknown): Promise<void> {
  let result;
  try {
    result = await call();
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).toMatch(REFUSAL);
    return;
  }
  expect(result).toEqual(before);
}

/** Every typed array of a result. */
function arraysOf(value: unknown): ArrayBufferView[] {
  if (ArrayBuffer.isView(value)) return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(arraysOf) : [];
}

function testEnd({ open }: Suite): void {
  it("a backend says what it is", async () => {
    const backend = await open();
    expect(BACKENDS).toContain(backend.name);
    expect(backend.description).not.toBe("");
    await backend.close();
  });

  it("release() ends the use of a prepared Hessian, and may be called twice", async () => {
    const backend = await open();
    const prepared = await backend.prepareHessian(H);
    const before = await prepared.gptq(W, OPTIONS);
    const factor = await prepared.factor();
    prepared.release();
    prepared.release();
    await expectOver(() => prepared.gptq(W, OPTIONS), before);
    await expectOver(() => prepared.factor(), factor);
    expect(await gptqOf(backend, W, H, OPTIONS)).toEqual(before);
    await backend.close();
  });

  it("release() ends the use of statistics, and may be called twice", async () => {
    const backend = await open();
    const gathered = backend.statistics(40, HESSIAN);
    await gathered.add(W, [9]);
    const before = await gathered.result();
    gathered.release();
    gathered.release();
    await expectOver(() => gathered.result(), before);
    await expectOver(() => gathered.add(W, [9]), undefined);
    await backend.close();
  });

  it("close() ends the use of a backend and of what it prepared, and may be called twice", async () => {
    const backend = await open();
    const expected = new Map<string, unknown>();
    for (const [name, call] of Object.entries(CALLS)) expected.set(name, await call(backend));
    const prepared: PreparedHessian = await backend.prepareHessian(H);
    const solved = await prepared.gptq(W, OPTIONS);
    const gathered = backend.statistics(40, HESSIAN);
    await gathered.add(W, [9]);
    const statistics = await gathered.result();
    await backend.close();
    await backend.close();
    for (const [name, call] of Object.entries(CALLS)) {
      await expectOver(async () => await call(backend), expected.get(name));
    }
    await expectOver(() => prepared.gptq(W, OPTIONS), solved);
    await expectOver(() => gathered.result(), statistics);
    prepared.release();
    gathered.release();
  });

  it("close() during calls neither hangs nor spoils them", async () => {
    const backend = await open();
    const expected = await CALLS.quantizeNf4(backend);
    const factor = await (await backend.prepareHessian(H)).factor();
    const calls = [
      expectOver(() => CALLS.quantizeNf4(backend), expected),
      expectOver(async () => await (await backend.prepareHessian(H)).factor(), factor),
    ];
    await backend.close();
    await Promise.all(calls);
  });
}

/** Declares the tests of calls' order and end. */
export function testLifetime(suite: Suite): void {
  const { backend } = suite;

  describe("calls", () => {
    it("calls that are made together give the bits that they give one after the other", async () => {
      const opened = await backend();
      const expected = [];
      for (const call of Object.values(CALLS)) expected.push(await call(opened));
      const twice = [...Object.values(CALLS), ...Object.values(CALLS).reverse()];
      const actual = await Promise.all(twice.map((call) => call(opened)));
      expect(actual).toEqual([...expected, ...expected.toReversed()]);
    });

    it("results are the caller's own: later calls leave them, and they can be sent elsewhere", async () => {
      const opened = await backend();
      const results = [];
      for (const call of Object.values(CALLS)) results.push(await call(opened));
      const before = structuredClone(results);
      for (const call of Object.values(CALLS)) await call(opened);
      expect(results).toEqual(before);
      for (const array of arraysOf(results)) expect(array.buffer).toBeInstanceOf(ArrayBuffer);
    });

    testEnd(suite);
  });
}
