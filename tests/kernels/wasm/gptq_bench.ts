/**
 * Times GPTQ of a layer [512, 512] at 4 bits, groups of 128, in WebAssembly and in TypeScript. Run: deno bench -A tests/kernels/wasm
 * @module
 */
import { gptq } from "../../../kernels/gptq.ts";
import { wasmBackend } from "../../../kernels/wasm/backend.ts";
import { gptqOn } from "../../../kernels/wasm/gptq.ts";
import { randomMatrix } from "../random.ts";
import { correlatedHessian, WAYS } from "./layers.ts";

const weight = randomMatrix(512, 512, 1);
const hessian = correlatedHessian(512, 2);
const options = { bits: 4, symmetric: false, groupSize: 128 };

for (const { build, precision } of WAYS) {
  Deno.bench(`gptqWasm, ${build}, ${precision}`, { group: "GPTQ", n: 10, warmup: 3 }, () => {
    gptqOn(build, weight, hessian, { ...options, precision });
  });
}
const backend = wasmBackend({ threads: 2 });
Deno.bench("wasmBackend, 2 threads", { group: "GPTQ", n: 10, warmup: 3 }, async () => {
  const prepared = await backend.prepareHessian(hessian);
  await prepared.gptq(weight, options);
  prepared.release();
});
Deno.bench("gptq", { group: "GPTQ", baseline: true, n: 5, warmup: 1 }, () => {
  gptq(weight, hessian, options);
});
