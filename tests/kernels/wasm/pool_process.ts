/**
 * Fills 200 MiB of a pool's memory on two threads, closes the pool, which stays in sight, and says by how much the process has then
 * shrunk again, in MiB. Needs V8's flag --expose-gc.
 * @module
 */
import { reserve } from "../../../kernels/wasm/module.ts";
import { Pool } from "../../../kernels/wasm/pool.ts";

const BYTES = 400 * 2 ** 20;
const gc = (globalThis as unknown as { gc(): void }).gc;

const pool = new Pool("strict", 2);
reserve(pool.kernels, BYTES, "fill memory");
new Uint8Array(pool.kernels.memory.buffer, BYTES / 2).fill(1);
const call = { name: "raiseAbsmax", args: [1, 4, 0, 4, BYTES / 2, BYTES / 2] } as const;
await pool.run([call, { ...call, args: [1, 4, 0, 4, BYTES - 64, BYTES - 64] }]);
const before = Deno.memoryUsage().rss;
await pool.close();
let shrunk = 0;
for (let wait = 0; wait < 100 && shrunk < 0.4 * BYTES; wait++) {
  gc();
  await new Promise((resolve) => setTimeout(resolve, 20));
  shrunk = before - Deno.memoryUsage().rss;
}
console.log(Math.round(shrunk / 2 ** 20));
console.error(pool.threads);
