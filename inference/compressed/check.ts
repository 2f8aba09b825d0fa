/**
 * Whether the files of a compressed model hold exactly the tensors that its record promises.
 * @module
 */
import { isFloatDtype } from "../float_values.ts";
import { type LlamaConfig, llamaTensorShapes } from "../llama_config.ts";
import type { SafetensorsFile } from "../safetensors.ts";
import { storedParts } from "./description.ts";
import { layerPrefix } from "./files.ts";
import type { CompressionRecord } from "./record.ts";

/** What a tensor must be; without a dtype, any kind of numbers will do. */
interface Expected {
  readonly dtype?: string;
  readonly shape: readonly number[];
}

/** Tensors that the model must have, by name. */
function expectedTensors(
  folder: string,
  shapes: ReadonlyMap<string, number[]>,
  { linears }: CompressionRecord,
): Map<string, Expected> {
  const expected = new Map<string, Expected>();
  for (const [name, { shape }] of Object.entries(linears)) {
    if (String(shapes.get(name)) !== String(shape)) {
      throw new RangeError(
        `Cannot open compressed model ${folder}: its record has ${name} of shape [${shape}], config.json ` +
          `asks for ${shapes.has(name) ? `[${shapes.get(name)}]` : "no such tensor"}`,
      );
    }
  }
  for (const [name, shape] of shapes) {
    if (!Object.hasOwn(linears, name)) expected.set(name, { shape });
    else for (const [part, is] of storedParts(linears[name])) expected.set(name + part, is);
  }
  return expected;
}

/** Which tensors belong into the file at one position: those of a layer, or in the last file all others. */
function belongs(name: string, position: number, layers: number): boolean {
  return position < layers
    ? name.startsWith(layerPrefix(position))
    : !name.startsWith("model.layers.");
}

/**
 * Throws unless the files hold exactly the tensors of the record, each where it belongs.
 *
 * @param folder the folder, for errors.
 * @param config the model's sizes.
 * @param record the folder's record.
 * @param files the layers' files in order, then the file of all else.
 * @throws {RangeError} if a tensor is missing, foreign, or of another dtype or shape.
 */
export function checkTensors(
  folder: string,
  config: LlamaConfig,
  record: CompressionRecord,
  files: readonly SafetensorsFile[],
): void {
  if (record.layers !== config.layers) {
    throw new RangeError(
      `Cannot open compressed model ${folder}: its record has ${record.layers} layers, config.json ${config.layers}`,
    );
  }
  const expected = expectedTensors(folder, llamaTensorShapes(config), record);
  files.forEach(({ path, tensors }, position) => {
    for (const [name, { dtype, shape }] of tensors) {
      const is = expected.get(name);
      if (!is || !belongs(name, position, config.layers)) {
        throw new RangeError(
          `Cannot use tensor ${name} of ${path}: the record has no such tensor there`,
        );
      }
      const rightDtype = is.dtype === undefined ? isFloatDtype(dtype) : dtype === is.dtype;
      if (!rightDtype || String(shape) !== String(is.shape)) {
        throw new RangeError(
          `Cannot use tensor ${name} of ${path}: it must be [${is.shape}] of ${
            is.dtype ?? "F32, F16 or BF16"
          }, not [${shape}] of ${dtype}`,
        );
      }
      expected.delete(name);
    }
  });
  const [missing] = expected.keys();
  if (missing === undefined) return;
  throw new RangeError(`Cannot open compressed model ${folder}: tensor ${missing} is missing`);
}
