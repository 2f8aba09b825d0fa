/**
 * All tensors of an exported checkpoint, laid out before a byte is written.
 * @module
 */
import type { Checkpoint } from "../checkpoint.ts";
import { isCompressed } from "../compressed/model.ts";
import { type FloatDtype, isFloatDtype } from "../float_values.ts";
import { llamaTensorShapes } from "../llama_config.ts";
import type { TensorToWrite } from "../safetensors_writer.ts";
import type { CheckpointFormat, ExportedLinear, TensorData } from "./linear.ts";

/** Whether a tensor is the weight of a decoder layer's linear. */
function isLinear(tensor: string): boolean {
  return /^model\.layers\.\d+\..+_proj\.weight$/.test(tensor);
}

/** The element type of a tensor, which must be one that is read as numbers. */
function floatDtype(model: Checkpoint, tensor: string): FloatDtype {
  const { dtype } = model.info(tensor);
  if (isFloatDtype(dtype)) return dtype;
  throw new TypeError(
    `Cannot export tensor ${tensor} of ${dtype}: a weight must be F32, F16 or BF16`,
  );
}

/** Reads a layer's linear: as it is stored, or dense where it is not compressed. */
async function readLinear(
  model: Checkpoint,
  tensor: string,
): Promise<ExportedLinear> {
  const name = tensor.slice(0, -".weight".length);
  if (isCompressed(model) && Object.hasOwn(model.record.linears, tensor)) {
    const dtype = floatDtype(model, "model.embed_tokens.weight"); // that of the source
    return { name, weight: await model.storedWeight(tensor), dtype };
  }
  const [rows, columns] = model.info(tensor).shape;
  const data = await model.tensor(tensor);
  return { name, weight: { kind: "dense", rows, columns, data }, dtype: floatDtype(model, tensor) };
}

/**
 * Lays out a checkpoint: linears as the format writes them, everything else as it is.
 *
 * Every linear is converted here once, so that what does not fit is refused before anything is written; what is kept are the
 * shapes. The bytes are made again when their turn comes, so that the model may be larger than the memory.
 *
 * @param model the model; it must stay open until the tensors are written.
 * @param format the format.
 * @returns the tensors by name, in the order of the computation.
 * @throws {RangeError} if a linear does not fit the format.
 */
export async function checkpointTensors(
  model: Checkpoint,
  format: CheckpointFormat,
): Promise<Map<string, TensorToWrite>> {
  const tensors = new Map<string, TensorToWrite>();
  for (const tensor of llamaTensorShapes(model.config).keys()) {
    if (!isLinear(tensor)) {
      const { dtype, shape } = model.info(tensor);
      tensors.set(tensor, { dtype, shape, bytes: () => model.bytes(tensor) });
      continue;
    }
    const linear = () => readLinear(model, tensor);
    for (const [part, written] of await linearTensors(linear, format)) tensors.set(part, written);
  }
  return tensors;
}

/** A linear's tensors; they are held in memory only while they are being written. */
async function linearTensors(
  linear: () => Promise<ExportedLinear>,
  format: CheckpointFormat,
): Promise<Map<string, TensorToWrite>> {
  const convert = async () => format.tensors(await linear());
  const layout = await convert();
  const last = [...layout.keys()].at(-1);
  let held: Map<string, TensorData> | undefined;
  return new Map([...layout].map(([part, { dtype, shape }]) => [part, {
    dtype,
    shape,
    async bytes() {
      held ??= await convert();
      const { bytes } = held.get(part)!;
      if (part === last) held = undefined;
      return bytes;
    },
  }]));
}
