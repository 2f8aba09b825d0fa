import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { fileURLToPath } from "node:url";
import type { Call } from "../../../kernels/wasm/calls.ts";
import { FIRST_BYTE, reserve } from "../../../kernels/wasm/module.ts";
import { Pool } from "../../../kernels/wasm/pool.ts";
import type { serve } from "../../../kernels/wasm/worker.ts";
import { itNeeds, LINUX } from "../../needs.ts";

const X = FIRST_BYTE;
const LARGEST = FIRST_BYTE + 2 ** 22;
const COLUMNS = 2 ** 10, ROWS = 2 ** 9;

/** Finds the largest of every 16 columns; a call each. */
const CALLS: readonly Call[] = Array.from({ length: COLUMNS / 16 }, (_, i) => ({
  name: "raiseAbsmax",
  args: [ROWS, COLUMNS, 16 * i, 16 * (i + 1), X, LARGEST],
}));

const BEYOND: Call = { name: "raiseAbsmax", args: [8, 8, 0, 8, 2 ** 31, 2 ** 31] };

/** A pool whose memory holds numbers of known largest magnitudes. */
function filledPool(threads: number, life?: typeof serve): Pool {
  const pool = new Pool("strict", threads, life);
  reserve(pool.kernels, LARGEST + COLUMNS * 4, "test");
  const x = new Float32Array(pool.kernels.memory.buffer, X, ROWS * COLUMNS);
  x.forEach((_, i) => x[i] = i % COLUMNS + (Math.floor(i / COLUMNS) === 77 ? 0.5 : 0));
  return pool;
}

function largest({ kernels }: Pool): Float32Array {
  return new Float32Array(kernels.memory.buffer, LARGEST, COLUMNS);
}

const ENDED = "Error: Cannot compute with 2 threads: thread 1 has ended";

async function rejection(act: Promise<unknown>): Promise<string> {
  return await act.then(() => "nothing", (error) => String(error));
}

/** A thread that says it is ready and ends; or that ends some time after calls have come, one of which then is never done. */
const endsAtOnce: typeof serve = ({ parentPort }) => parentPort.postMessage({ ready: true });
const losesCall: typeof serve = ({ parentPort, workerData: { words, at } }) => {
  Atomics.sub(words, at.done, 1);
  parentPort.postMessage({ ready: true });
  Atomics.wait(words, at.wake, 0);
  Atomics.wait(words, at.quit, 0, 50);
};
const cannotStart: typeof serve = ({ parentPort }) =>
  parentPort.postMessage({ ready: false, error: "there is no memory for it" });
const throwsAtOnce: typeof serve = () => {
  throw new TypeError("lost");
};

describe("Pool", () => {
  for (const threads of [1, 2, 3]) {
    it(`run() does every call once on ${threads} threads, again and again`, async () => {
      const pool = filledPool(threads);
      const expected = Float32Array.from({ length: COLUMNS }, (_, i) => i + 0.5);
      for (let round = 0; round < 50; round++) {
        largest(pool).fill(0);
        await pool.run(CALLS);
        expect(largest(pool).slice()).toEqual(expected);
      }
      await pool.close();
    });

    it(`run() gives the calls' results in their order on ${threads} threads`, async () => {
      const pool = new Pool("strict", threads);
      const calls = Array.from({ length: 3000 }, (_, i): Call => {
        return i % 7 === 3 ? { name: "turn", args: [0, 0, 1, 1, 0, 0] } : {
          name: "factorBytes",
          args: [0, i, 0],
        };
      });
      const first = pool.kernels.factorBytes(0, 0, 0);
      const expected = calls.map((_, i) => i % 7 === 3 ? NaN : first + 24 * i);
      expect(await pool.run(calls)).toEqual(Float64Array.from(expected));
      await pool.close();
    });

    it(`run() on ${threads} threads says what a call threw, and goes on`, async () => {
      const pool = filledPool(threads);
      for (const calls of [[BEYOND], [...CALLS, BEYOND, ...CALLS]]) {
        expect(await rejection(pool.run(calls))).toBe(
          "Error: Cannot compute in WebAssembly: RuntimeError: memory access out of bounds",
        );
      }
      largest(pool).fill(0);
      await pool.run(CALLS);
      expect(largest(pool)[COLUMNS - 1]).toBe(COLUMNS - 0.5);
      await pool.close();
    });
  }

  it("run() names a thread that cannot start, every time, and close() does not wait for it", async () => {
    const pool = filledPool(3, cannotStart);
    for (let round = 0; round < 2; round++) {
      expect(await rejection(pool.run(CALLS))).toMatch(
        /^Error: Cannot compute with 3 threads: thread [12] cannot start, there is no memory for it$/,
      );
    }
    await pool.run([CALLS[0]]).catch(() => {});
    await pool.close();
  });

  it("run() names a thread that fails", async () => {
    const pool = filledPool(2, throwsAtOnce);
    expect(await rejection(pool.run(CALLS))).toBe(
      "Error: Cannot compute with 2 threads: thread 1 has failed, TypeError: lost",
    );
    await pool.close();
  });

  it("run() names a thread that ends while it waits for it", async () => {
    const pool = filledPool(2, losesCall);
    expect(await rejection(pool.run(CALLS))).toBe(ENDED);
    await pool.close();
  });

  it("run() names a thread that ended before", async () => {
    const pool = filledPool(2, endsAtOnce);
    await pool.run(CALLS).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await rejection(pool.run(CALLS))).toBe(ENDED);
    await pool.close();
  });

  it("run() refuses a pool that is closed, and close() may come twice or before any work", async () => {
    const pool = new Pool("strict", 2);
    await pool.close();
    await pool.close();
    expect(await rejection(pool.run(CALLS))).toBe(
      "Error: Cannot use a pool of threads: it is closed",
    );
  });

  itNeeds(LINUX, "close() frees the memory, though the pool stays in sight", async () => {
    const script = fileURLToPath(new URL("pool_process.ts", import.meta.url));
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--allow-sys", "--v8-flags=--expose-gc", script],
      signal: AbortSignal.timeout(30_000),
    }).output();
    expect(Number(new TextDecoder().decode(stdout))).toBeGreaterThan(150); // of 200 that were filled
  });
});
