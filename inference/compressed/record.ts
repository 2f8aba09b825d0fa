/**
 * `compressed.json`: what a compressed model says of itself, checked before anything of it is used.
 * @module
 */
import type { Step } from "../compression/step.ts";
import { isFloatDtype } from "../float_values.ts";
import { Fields } from "../json_fields.ts";
import type { JsonObject, JsonValue } from "../json_value.ts";
import { brief, isJsonObject, parseStrictJson } from "../strict_json.ts";
import type { WeightDescription } from "./description.ts";

/** Name of the file that makes a folder a compressed model; it is written last. */
export const RECORD_FILE = "compressed.json";

/** Everything that decides the bytes of a compressed model besides its source, as plain JSON. */
export interface CompressionPlan {
  /** The method's steps, in order. */
  readonly steps: readonly Step[];
  /** The calibration set: number of samples and SHA-256 of their tokens; null without one. */
  readonly calibration: { readonly samples: number; readonly sha256: string } | null;
  /** What computes, such as `"wasm"`. */
  readonly backend: string;
  /** Further choices. */
  readonly [choice: string]: JsonValue | undefined;
}

/** The model that was compressed. */
export type CompressionSource = {
  /** SHA-256 of its weights; see `Checkpoint.sha256()`. */
  readonly weightsSha256: string;
  /** To what its weights were rounded before anything else; absent where they were taken as they are stored. */
  readonly dtype?: "float16";
};

/** What a compressed model says of itself: its plan, and what is needed to read it. */
export interface CompressionRecord extends CompressionPlan {
  /** Names the format. */
  readonly format: "mtpress-compressed";
  /** Version of the format. */
  readonly version: 1;
  /** The model that was compressed. */
  readonly source: CompressionSource;
  /** Number of decoder layers. */
  readonly layers: number;
  /** Stored linear weights by the names of the tensors that they stand for. */
  readonly linears: Readonly<Record<string, WeightDescription>>;
  /** What the compression reported, apart from times. */
  readonly report: JsonObject;
}

function parseShape(fields: Fields): readonly [number, number] {
  const shape = fields.get("shape");
  const isSize = (size: unknown) => Number.isSafeInteger(size) && (size as number) > 0;
  if (Array.isArray(shape) && shape.length === 2 && shape.every(isSize)) {
    return [shape[0], shape[1]];
  }
  throw fields.fail("shape", "[rows, columns]");
}

function parseDtype(fields: Fields): "F32" | "F16" | "BF16" {
  const dtype = fields.get("dtype");
  if (isFloatDtype(dtype)) return dtype;
  throw fields.fail("dtype", "F32, F16 or BF16");
}

/** A whole number of at least `least` under a key. */
function count(fields: Fields, key: string, least: number, most = Infinity): number {
  const value = fields.get(key) as number;
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const range = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
  throw fields.fail(key, `a whole number ${range}`);
}

/**
 * Checks a weight's description.
 *
 * @param json the parsed JSON.
 * @param file where it stands, for errors.
 * @throws {SyntaxError} if it is no object. @throws {RangeError} if a value is out of range.
 */
export function parseDescription(json: unknown, file: string): WeightDescription {
  if (!isJsonObject(json)) throw new SyntaxError(`Cannot use ${file}: it must be a JSON object`);
  const fields = new Fields(json, file);
  const kind = fields.get("kind");
  const shape = parseShape(fields);
  switch (kind) {
    case "integer": {
      const groupSize = fields.get("groupSize") === -1 ? -1 : count(fields, "groupSize", 1);
      const [symmetric, zeros, groupIndex] = ["symmetric", "zeros", "groupIndex"]
        .map((key) => fields.flag(key));
      const bits = count(fields, "bits", 1, 8);
      return { kind, shape, bits, groupSize, symmetric, zeros, groupIndex };
    }
    case "nf4":
      return {
        kind,
        shape,
        blockSize: count(fields, "blockSize", 1),
        nested: fields.flag("nested"),
      };
    case "sparse":
      return { kind, shape, kept: count(fields, "kept", 0), dtype: parseDtype(fields) };
    case "dense":
      return { kind, shape, dtype: parseDtype(fields) };
  }
  throw fields.fail("kind", '"integer", "nf4", "sparse" or "dense"');
}

/** Checks the descriptions of several weights. */
export function parseDescriptions(
  json: unknown,
  file: string,
): Readonly<Record<string, WeightDescription>> {
  if (!isJsonObject(json)) {
    throw new SyntaxError(`Cannot use ${file}: linears must be a JSON object, not ${brief(json)}`);
  }
  const entries = Object.entries(json);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, parseDescription(value, `${file} (${name})`)]),
  );
}

/**
 * Reads `compressed.json`.
 *
 * @param text the file's text.
 * @param file its path, for errors.
 * @throws {SyntaxError} if it is no JSON or not of this format.
 * @throws {RangeError} if it is of an unknown version, or a value is out of range.
 */
export function parseRecord(text: string, file: string): CompressionRecord {
  const json = parseStrictJson(text, file);
  if (!isJsonObject(json) || json["format"] !== "mtpress-compressed") {
    throw new SyntaxError(`Cannot use ${file}: its format must be "mtpress-compressed"`);
  }
  const fields = new Fields(json, file);
  fields.only("version", 1);
  count(fields, "layers", 1);
  const { source, steps, backend } = json;
  if (!isJsonObject(source) || typeof source["weightsSha256"] !== "string") {
    throw fields.fail("source", "an object with weightsSha256");
  }
  if (!Array.isArray(steps)) throw fields.fail("steps", "a list");
  if (typeof backend !== "string") throw fields.fail("backend", "a text");
  const linears = parseDescriptions(json["linears"], file);
  return { ...json, linears } as unknown as CompressionRecord;
}
