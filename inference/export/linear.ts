/**
 * What the writers of other people's formats are given, and what they give back.
 * @module
 */
import type { StoredWeight } from "../../kernels/stored_weight.ts";
import type { FloatDtype } from "../float_values.ts";
import type { JsonObject } from "../json_value.ts";

/** A linear layer that is to be exported. */
export interface ExportedLinear {
  /** Name of the layer, such as `"model.layers.0.mlp.up_proj"`: that of its weight without `.weight`. */
  readonly name: string;
  /** Its weight [outputs, inputs] as it is stored. */
  readonly weight: StoredWeight;
  /** Dtype of the source checkpoint's tensors. */
  readonly dtype: FloatDtype;
}

/** A tensor of an exported checkpoint. */
export interface TensorData {
  /** Element type as safetensors spells it. */
  readonly dtype: string;
  /** Sizes, outermost first. */
  readonly shape: readonly number[];
  /** Little-endian bytes, row-major. */
  readonly bytes: Uint8Array;
}

/** Writes one checkpoint in somebody's format: linear layers one by one, then what the format says of all of them. */
export interface CheckpointFormat {
  /**
   * The linear's tensors by name; given the same linear again, the same tensors.
   * @throws {RangeError} if it does not fit the format; the message names the linear and the rule.
   */
  tensors(linear: ExportedLinear): Map<string, TensorData>;
  /** The `quantization_config` of config.json, once every linear has been seen; `undefined` where there is none. */
  config(): JsonObject | undefined;
}

/** The error for a linear that does not fit a format. */
export function refusal(name: string, format: string, rule: string): RangeError {
  return new RangeError(`Cannot export ${name} as ${format}: ${rule}`);
}

/** A view of an array's bytes. */
export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
