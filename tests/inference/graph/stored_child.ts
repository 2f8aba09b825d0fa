/**
 * Runs every stored form on the WebGPU provider and prints the errors against the oracle, as JSON.
 * @module
 */
import { formErrors, MIXTURES } from "./stored_cases.ts";

console.log(JSON.stringify(await formErrors(MIXTURES, "webgpu")));
