/**
 * The memory that a model's weights take when it runs on a CPU, and whether the machine has so much, before a graph is written.
 * @module
 */
import type { Checkpoint } from "./checkpoint.ts";
import type { WeightDescription } from "./compressed/description.ts";
import { executedTensorBytes } from "./compressed/executed_bytes.ts";
import { isCompressed } from "./compressed/model.ts";
import { gigabytes } from "./decoding_memory.ts";
import type { Device } from "./devices.ts";
import { llamaTensorShapes } from "./llama_config.ts";

/**
 * Bytes of the weights as ONNX Runtime holds them on the CPU: codes as the graph has them, all other weights as float32, because the
 * CPU has no float16 arithmetic; but of an embedding that is not the head as well only rows become float32.
 *
 * @param checkpoint an open model, compressed or not.
 * @throws {RangeError} if codes have a group size that cannot be run.
 *
 * @example Usage
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { openModel, residentWeightBytes, tinyModelFolder } from "mtpress";
 *
 * const model = await openModel(tinyModelFolder());
 * const { vocabularySize: V, hiddenSize: H } = model.config;
 * const values = model.names().map((name) => model.info(name).shape.reduce((a, b) => a * b));
 * equal(residentWeightBytes(model), 4 * values.reduce((a, b) => a + b) - 2 * V * H); // stored in float16
 * model.close();
 * ```
 */
export function residentWeightBytes(checkpoint: Checkpoint): number {
  const { config } = checkpoint;
  const codes = codedWeights(checkpoint);
  let bytes = 0;
  for (const [name, shape] of llamaTensorShapes(config)) {
    const weight = codes.get(name);
    const looked = name === "model.embed_tokens.weight" && !config.tiedEmbeddings;
    bytes += weight || looked
      ? executedTensorBytes(weight, checkpoint.info(name))
      : 4 * shape.reduce((a, b) => a * b);
  }
  return bytes;
}

/** The weights that are run as codes. */
function codedWeights(checkpoint: Checkpoint): Map<string, WeightDescription> {
  if (!isCompressed(checkpoint)) return new Map();
  const linears = Object.entries(checkpoint.record.linears);
  return new Map(linears.filter(([, { kind }]) => kind === "integer" || kind === "nf4"));
}

/** Weights below this are run without asking the system how much memory it has. */
const SMALL = 2 ** 30;

/**
 * Throws when a model's weights take more memory on the CPU than there is. What other devices have is not known, so that they are
 * not checked.
 *
 * @param checkpoint an open model.
 * @param device where it is to run.
 * @param memory bytes that the model may take; what the machine has unless given.
 * @throws {RangeError} The message names both sizes.
 */
export function checkWeightMemory(checkpoint: Checkpoint, device: Device, memory?: number): void {
  if (device !== "cpu") return;
  const bytes = residentWeightBytes(checkpoint);
  if (memory === undefined && bytes < SMALL) return;
  const there = memory ?? Deno.systemMemoryInfo().total;
  if (bytes <= there) return;
  const form = codedWeights(checkpoint).size > 0 ? "" : " as float32";
  throw new RangeError(
    `Cannot run ${checkpoint.folder} on device cpu: its weights take ${gigabytes(bytes)}${form}, ` +
      `and there are ${gigabytes(there)}; use device webgpu, a compressed form, or memoryBytes ` +
      "Infinity to try all the same",
  );
}
