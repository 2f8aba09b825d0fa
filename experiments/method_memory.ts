/**
 * Whether the machine has the memory to run each method's model, before any is made.
 * @module
 */
import { storedModelBytes } from "../inference/compression/memory.ts";
import { hasModelForm, modelForm } from "../inference/compression/memory_form.ts";
import { gigabytes } from "../inference/decoding_memory.ts";
import type { Device } from "../inference/devices.ts";
import { type LlamaConfig, llamaTensorShapes } from "../inference/llama_config.ts";
import type { MethodRecipe, Step } from "./recipe.ts";

/** Models below this are run without asking the system how much memory it has. */
const SMALL = 2 ** 30;

/**
 * Throws if a method's weights take more memory on the CPU than there is: codes as they are, everything else as float32, because a CPU
 * has no float16 arithmetic. Methods of kinds that are not built in are not checked.
 *
 * @param methods The methods of a run.
 * @param config Sizes of the model.
 * @param device Where it is to run; what devices other than the CPU have is not known.
 * @param memory Bytes that there are. Default: the machine's.
 * @throws {RangeError} The message names the methods, both sizes, and what can be run.
 */
export function checkMethodMemory(
  methods: readonly MethodRecipe[],
  config: LlamaConfig,
  device: Device,
  memory?: number,
): void {
  if (device !== "cpu") return;
  const sizes = methods.filter(({ steps }) => hasModelForm(steps))
    .map(({ id, steps }) => ({ id, bytes: runBytes(config, steps) }));
  const largest = Math.max(0, ...sizes.map(({ bytes }) => bytes));
  if (largest < SMALL) return;
  const there = memory ?? Deno.systemMemoryInfo().total;
  const tooLarge = sizes.filter(({ bytes }) => bytes > there).map(({ id }) => id);
  if (tooLarge.length === 0) return;
  const rest = methods.map(({ id }) => id).filter((id) => !tooLarge.includes(id));
  throw new RangeError(
    `Cannot run ${tooLarge.join(", ")} on device cpu: the weights take up to ${
      gigabytes(largest)
    } ` +
      `as float32, and the machine has ${gigabytes(there)}; use --device webgpu` +
      (rest.length > 0 ? `, or --only ${rest.join(",")}` : ""),
  );
}

function runBytes(config: LlamaConfig, steps: readonly Step[]): number {
  const shapes = [...llamaTensorShapes(config).values()];
  const values = shapes.reduce((sum, shape) => sum + shape.reduce((a, b) => a * b), 0);
  const { kind } = modelForm(steps).linears;
  if (kind === "dense" || kind === "sparse") return 4 * values;
  const { linears, rest } = storedModelBytes(config, steps);
  return linears + 2 * rest;
}
