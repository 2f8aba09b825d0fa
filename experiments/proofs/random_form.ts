/**
 * Models of random weights in the forms that compression leaves, without a file: tensors are made when a graph is written. So a
 * 7B model can be run in every form without the 13.5 GB that it would be compressed from. What a form takes in time and memory
 * depends on its sizes, not on its numbers.
 * @module
 */
import type { WeightDescription } from "../../inference/compressed/description.ts";
import { storedParts } from "../../inference/compressed/description.ts";
import { type CompressedModel, storedModel } from "../../inference/compressed/model.ts";
import type { CompressionRecord } from "../../inference/compressed/record.ts";
import { encodeFloats } from "../../inference/float_values.ts";
import { type LlamaConfig, llamaTensorShapes } from "../../inference/llama_config.ts";
import type { SafetensorsFile } from "../../inference/safetensors.ts";
import { canonicalJson, sha256 } from "../canonical_json.ts";
import { normalQuantiles, RandomBits } from "./normal_bits.ts";

/** The forms: linear layers in float16, in whole-number codes of groups of 128 columns, or in NF4 codes of blocks of 64. */
export const RUN_FORMS = ["16-bit", "8-bit", "4-bit", "nf4"] as const;

/** A form in which a model is run. */
export type RunForm = typeof RUN_FORMS[number];

/** The form of a form's name. @throws {RangeError} If there is none. */
export function parseForm(name: string): RunForm {
  const form = RUN_FORMS.find((known) => known === name);
  if (form) return form;
  throw new RangeError(`Cannot run form ${name}: it must be one of ${RUN_FORMS.join(", ")}`);
}

/** Forms of random weights: those that are run, and codes of 3 and of 2 bits. */
export type RandomForm = RunForm | "3-bit" | "2-bit";

const DEVIATION = 0.02; // of LLaMA's initialisation

function description(
  form: RandomForm,
  shape: readonly [number, number],
  groupSize: number,
): WeightDescription {
  if (form === "nf4") return { kind: "nf4", shape, blockSize: 64, nested: false };
  if (form === "16-bit") return { kind: "dense", shape, dtype: "F16" };
  return {
    kind: "integer",
    shape,
    bits: Number(form[0]),
    groupSize,
    symmetric: true,
    zeros: false,
    groupIndex: false,
  };
}

/** The distance or the largest magnitude that gives random codes about the standard deviation of trained weights. */
function stepOf(weight: WeightDescription): number {
  return weight.kind === "integer" ? DEVIATION * Math.sqrt(12) / 2 ** weight.bits : 2 * DEVIATION;
}

/**
 * A model of random weights, which lies nowhere.
 *
 * @param config its sizes.
 * @param forms the forms of the linear layers, taken in turn by the decoder layers; embedding, norms and head are float16.
 * @param seed seed of the weights.
 * @param groupSize columns of a group of whole-number codes.
 */
export function randomForm(
  config: LlamaConfig,
  forms: readonly RandomForm[],
  seed: number,
  groupSize = 128,
): CompressedModel {
  const shapes = llamaTensorShapes(config);
  const linears: Record<string, WeightDescription> = {};
  for (const [name, [rows, columns]] of shapes) {
    const layer = /^model\.layers\.(\d+)\..*_proj\.weight$/.exec(name)?.[1];
    if (layer !== undefined) {
      const form = forms[Number(layer) % forms.length];
      linears[name] = description(form, [rows, columns], groupSize);
    }
  }
  const record: CompressionRecord = {
    format: "mtpress-compressed",
    version: 1,
    steps: [],
    calibration: null,
    backend: "random",
    source: { weightsSha256: sha256(canonicalJson({ config: { ...config }, seed })) },
    layers: config.layers,
    linears,
    report: {},
  };
  const folder = `random weights in ${forms.join()}`;
  return {
    ...storedModel(folder, config, record, [randomFile(shapes, record, seed)]),
    sha256: () =>
      Promise.resolve(
        sha256(canonicalJson({ config: { ...config }, forms: [...forms], seed, groupSize })),
      ),
    close: () => {},
  };
}

const WIDTH: Readonly<Record<string, number>> = { U8: 1, F16: 2, F32: 4 };

/** All tensors as if they lay in one file. */
function randomFile(
  shapes: ReadonlyMap<string, number[]>,
  { linears }: CompressionRecord,
  seed: number,
): SafetensorsFile {
  const tensors: SafetensorsFile["tensors"] & Map<string, unknown> = new Map();
  let begin = 0;
  const add = (name: string, dtype: string, shape: readonly number[]) => {
    const end = begin + shape.reduce((a, b) => a * b, WIDTH[dtype]);
    tensors.set(name, { dtype, shape, begin, end });
    begin = end;
  };
  for (const [name, shape] of shapes) {
    if (!Object.hasOwn(linears, name)) add(name, "F16", shape);
    else {
      for (const [part, is] of storedParts(linears[name])) add(name + part, is.dtype, is.shape);
    }
  }
  const pool = encodeFloats(normalQuantiles(65_536).map((value) => value * DEVIATION), "F16");
  const anyBytes = new Uint8Array(Uint16Array.from({ length: 65_536 }, (_, i) => i).buffer);
  const bytes = (name: string) => {
    const { dtype, shape } = tensors.get(name)!;
    const size = shape.reduce((a, b) => a * b);
    const random = new RandomBits(seed, name);
    if (dtype === "U8") return random.draw(size + 3 >> 2 << 1, anyBytes).slice(0, size);
    const part = /\.(scales|absmax)$/.exec(name);
    if (part) {
      const weight = linears[name.slice(0, part.index)];
      const constant = new Float32Array(size).fill(stepOf(weight));
      return dtype === "F16" ? encodeFloats(constant, "F16") : new Uint8Array(constant.buffer);
    }
    return shape.length === 1
      ? encodeFloats(new Float32Array(size).fill(1), "F16")
      : random.draw(size, pool);
  };
  return {
    path: "random weights",
    tensors,
    metadata: {},
    bytes: (name) => Promise.resolve(bytes(name)),
    close: () => {},
  };
}
