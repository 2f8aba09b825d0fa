/**
 * Quantises a layer on two threads and says whether all went well; with the argument "close" it closes the backend, else it just
 * ends.
 * @module
 */
import { matrix } from "../../../kernels/matrix.ts";
import { wasmBackend } from "../../../kernels/wasm/backend.ts";

const C = 700;
const hessian = matrix(C, C, Float32Array.from({ length: C * C }, (_, i) => i % (C + 1) ? 0.5 : 2));
const weight = matrix(300, C, Float32Array.from({ length: 300 * C }, (_, i) => Math.sin(i)));

const backend = wasmBackend({ threads: 2 });
const prepared = await backend.prepareHessian(hessian);
const { loss } = await prepared.gptq(weight, { bits: 4, symmetric: false });
if (Deno.args[0] === "close") await backend.close();
console.log(loss > 0);
