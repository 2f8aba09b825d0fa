/**
 * Compresses a model in a process of its own, to be killed: `compress_child.ts MODEL FOLDER STEPS SAMPLES STATES`, steps and samples as
 * JSON. Prints a line whenever the work goes on.
 * @module
 */
import { openCheckpoint } from "../../../inference/checkpoint.ts";
import { compressModel } from "../../../inference/compression/compress_model.ts";

const [model, folder, steps, samples, states] = Deno.args;
const { resumed } = await compressModel({
  source: await openCheckpoint(model),
  folder,
  steps: JSON.parse(steps),
  calibration: JSON.parse(samples),
  states: states === "disk" ? "disk" : "memory",
  onProgress: ({ layer, step, linear = "" }) => console.log(layer, step, linear),
});
console.log("finished", resumed);
