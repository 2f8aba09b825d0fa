/**
 * The file of one decoder layer of a compressed model. It says itself, in its metadata, how its weights are to be read, so that a
 * layer is whole without the files around it.
 * @module
 */
import type { StoredWeight } from "../../kernels/stored_weight.ts";
import type { Checkpoint } from "../checkpoint.ts";
import { encodeFloats, type FloatDtype } from "../float_values.ts";
import { type JsonObject, stableJson } from "../json_value.ts";
import { llamaTensorShapes } from "../llama_config.ts";
import { openSafetensors, type SafetensorsFile } from "../safetensors.ts";
import { type TensorToWrite, writeSafetensors } from "../safetensors_writer.ts";
import { isJsonObject, parseStrictJson } from "../strict_json.ts";
import { decodeWeight } from "./decode.ts";
import { storedParts, type WeightDescription } from "./description.ts";
import { encodeWeight } from "./encode.ts";
import { layerPrefix } from "./files.ts";
import { parseDescriptions } from "./record.ts";

/** What compressing a decoder layer gives. */
export interface LayerContent {
  /** Stored linear weights by the names of their tensors; those that are missing stay as the source has them. */
  readonly linears: ReadonlyMap<string, StoredWeight>;
  /** Norms that changed, by name; they are kept as float32. */
  readonly norms: ReadonlyMap<string, Float32Array>;
  /** What the layer's compression reports, such as errors and sparsity; no times. */
  readonly facts: JsonObject;
}

/** A layer's own description, from the file's metadata. */
export interface LayerDescription {
  /** Stored linear weights, by name. */
  readonly linears: Readonly<Record<string, WeightDescription>>;
  /** Names of the norms that changed. */
  readonly norms: readonly string[];
  /** What the layer's compression reports. */
  readonly facts: JsonObject;
}

/** Key of the description among the file's metadata. */
const METADATA_KEY = "mtpress";

/** A tensor of a checkpoint, to be written as it is. */
export function copiedTensor(source: Checkpoint, name: string): TensorToWrite {
  const { dtype, shape } = source.info(name);
  return { dtype, shape, bytes: () => source.bytes(name) };
}

/** Content must name tensors of this layer, in their shapes. */
function checkContent(shapes: ReadonlyMap<string, number[]>, content: LayerContent): void {
  for (const [name, { rows, columns }] of content.linears) {
    checkShape(shapes, name, [rows, columns]);
  }
  for (const [name, { length }] of content.norms) checkShape(shapes, name, [length]);
}

function checkShape(
  shapes: ReadonlyMap<string, number[]>,
  name: string,
  shape: readonly number[],
): void {
  const expected = shapes.get(name);
  if (expected !== undefined && String(expected) === String(shape)) return;
  const rule = expected ? `it must be [${expected}]` : "the layer has no such tensor";
  throw new RangeError(`Cannot store tensor ${name} of shape [${shape}]: ${rule}`);
}

/** Names and shapes of a decoder layer's tensors. */
function layerShapes(source: Checkpoint, layer: number): Map<string, number[]> {
  const all = [...llamaTensorShapes(source.config)];
  return new Map(all.filter(([name]) => name.startsWith(layerPrefix(layer))));
}

/**
 * Writes the file of one decoder layer: stored weights, changed norms, and the rest of the layer as the source has it.
 *
 * @throws {RangeError} if the content names a tensor that the layer lacks, or has another shape, or a weight cannot be stored.
 */
export async function writeLayerFile(
  path: string,
  source: Checkpoint,
  layer: number,
  content: LayerContent,
): Promise<void> {
  const shapes = layerShapes(source, layer);
  checkContent(shapes, content);
  const tensors = new Map<string, TensorToWrite>();
  const linears: Record<string, WeightDescription> = {};
  for (const name of shapes.keys()) {
    const weight = content.linears.get(name);
    const norm = content.norms.get(name);
    if (weight) {
      const { description, parts } = encodeWeight(weight, source.info(name).dtype as FloatDtype);
      linears[name] = description;
      for (const [part, { dtype, shape }] of storedParts(description)) {
        tensors.set(name + part, { dtype, shape, bytes: () => parts.get(part)! });
      }
    } else if (norm) {
      const bytes = () => encodeFloats(norm, "F32");
      tensors.set(name, { dtype: "F32", shape: [norm.length], bytes });
    } else tensors.set(name, copiedTensor(source, name));
  }
  const norms = [...shapes.keys()].filter((name) => content.norms.has(name));
  const description = stableJson({ linears, norms, facts: content.facts });
  await writeSafetensors(path, tensors, { [METADATA_KEY]: description });
}

/**
 * Reads the description that a layer's file holds of itself.
 *
 * @throws {SyntaxError} if the file has none. @throws {RangeError} if a value of it is out of range.
 */
export function layerDescription({ path, metadata }: SafetensorsFile): LayerDescription {
  const text = metadata[METADATA_KEY];
  if (text === undefined) {
    throw new SyntaxError(`Cannot read ${path}: it is no layer of a compressed model`);
  }
  const json = parseStrictJson(text, path) as Record<string, unknown>;
  const { norms, facts } = json;
  if (!Array.isArray(norms) || !isJsonObject(facts)) {
    throw new SyntaxError(`Cannot read ${path}: its description must have norms and facts`);
  }
  return { linears: parseDescriptions(json["linears"], path), norms, facts: facts as JsonObject };
}

/** Reads the file of a decoder layer. */
export async function readLayerFile(path: string): Promise<LayerContent> {
  const file = await openSafetensors(path);
  try {
    const { linears, norms, facts } = layerDescription(file);
    const weights = new Map<string, StoredWeight>();
    for (const [name, description] of Object.entries(linears)) {
      weights.set(name, await decodeWeight(description, (part) => file.bytes(name + part), name));
    }
    const changed = new Map<string, Float32Array>();
    for (const name of norms) {
      changed.set(name, new Float32Array((await file.bytes(name)).buffer));
    }
    return { linears: weights, norms: changed, facts };
  } finally {
    file.close();
  }
}
