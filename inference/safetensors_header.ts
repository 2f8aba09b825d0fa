/**
 * The header of a safetensors file, parsed and checked in memory.
 *
 * A file is 8 bytes with the header's length N (unsigned, little-endian), N bytes of UTF-8 JSON that name every tensor's
 * dtype, shape and byte range `data_offsets` = [begin, end), and the data. The ranges tile the data: no overlap, no hole,
 * nothing behind the last. Source: the format's description in huggingface/safetensors.
 * @module
 */
import { byteSize, DTYPE_BITS } from "./safetensors_dtype.ts";
import { brief, isJsonObject, outsideStrings, parseStrictJson } from "./strict_json.ts";

/** The longest header that the reference implementation accepts, in bytes. */
const MAX_HEADER_BYTES = 100_000_000;

/** One tensor of a safetensors file. */
export interface TensorEntry {
  /** The tensor's name. */
  name: string;
  /** The element type as the file spells it, such as `"F16"`. */
  dtype: string;
  /** Sizes, outermost first; empty for a scalar. */
  shape: number[];
  /** First byte of the data, counted from the end of the header. */
  begin: number;
  /** One past the last byte, counted from the end of the header. */
  end: number;
}

/** A header whose every claim has been checked. */
export interface SafetensorsHeader {
  /** The tensors in the order of their bytes. */
  tensors: Map<string, TensorEntry>;
  /** The free text under `__metadata__`. */
  metadata: Record<string, string>;
}

/**
 * Reads the header's length from a file's first 8 bytes.
 *
 * @param prefix the first bytes of the file, at most 8 are used.
 * @param fileBytes the size of the whole file.
 * @param file the file's name, for the error.
 * @returns the length in bytes of the JSON header that follows.
 * @throws {SyntaxError} if the file is too short, or the length is absurd (which is how a file of another format shows).
 */
export function headerLength(prefix: Uint8Array, fileBytes: number, file: string): number {
  if (fileBytes < 8 || prefix.length < 8) {
    throw new SyntaxError(
      `Cannot read ${file}: a safetensors file has at least 8 bytes, this one has ${fileBytes}`,
    );
  }
  const view = new DataView(prefix.buffer, prefix.byteOffset, 8);
  const length = view.getBigUint64(0, true);
  if (length < 2n || length > BigInt(MAX_HEADER_BYTES)) {
    throw new SyntaxError(
      `Cannot read ${file}: a safetensors header has 2 to ${MAX_HEADER_BYTES} bytes, ` +
        `this file says ${length} (is it another format?)`,
    );
  }
  if (8 + Number(length) > fileBytes) {
    throw new SyntaxError(
      `Cannot read ${file}: the header of ${length} bytes must fit into the file, which has ${fileBytes} ` +
        `(truncated, or another format?)`,
    );
  }
  return Number(length);
}

/**
 * Parses and checks a header.
 *
 * @param header the bytes of the JSON header, without the 8 bytes before it.
 * @param dataBytes the number of bytes behind the header.
 * @param file the file's name, for errors.
 * @returns the tensors and the metadata.
 * @throws {SyntaxError} if the header breaks a rule of the format; the message names the file, the tensor and the rule.
 */
export function parseSafetensorsHeader(
  header: Uint8Array,
  dataBytes: number,
  file: string,
): SafetensorsHeader {
  const text = decodeHeader(header, file);
  const json = parseStrictJson(text, file);
  if (!isJsonObject(json)) {
    throw new SyntaxError(`Cannot read ${file}: the header must be a JSON object`);
  }
  const metadata = parseMetadata(json["__metadata__"], file);
  const entries = Object.entries(json)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, fields]) => parseEntry(name, fields, file));
  checkDigits(text, file);
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkTiling(entries, dataBytes, file);
  return { tensors: new Map(entries.map((entry) => [entry.name, entry])), metadata };
}

function decodeHeader(header: Uint8Array, file: string): string {
  if (header[0] !== 0x7b) {
    throw new SyntaxError(`Cannot read ${file}: the header must begin with "{"`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(header);
  } catch (cause) {
    throw new SyntaxError(`Cannot read ${file}: the header must be valid UTF-8`, { cause });
  }
}

/** Numbers must be digits alone; `1.0`, `1e3` and `-0` would read as whole numbers once parsed. */
function checkDigits(text: string, file: string): void {
  const wrong = /[^\s{}[\],:0-9]/.exec(outsideStrings(text));
  if (wrong) {
    throw new SyntaxError(
      `Cannot read ${file}: numbers in the header must be digits alone, but one has "${wrong[0]}"`,
    );
  }
}

function parseMetadata(value: unknown, file: string): Record<string, string> {
  if (value === undefined) return {};
  const wellFormed = (text: unknown) => typeof text === "string" && text.isWellFormed();
  if (!isJsonObject(value) || !Object.entries(value).flat().every(wellFormed)) {
    throw new SyntaxError(`Cannot read ${file}: __metadata__ must map strings to strings`);
  }
  return value as Record<string, string>;
}

/** A whole number from 0 to 2^53 - 1, not the negative zero. */
function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0);
}

function parseEntry(name: string, fields: unknown, file: string): TensorEntry {
  const fail = (rule: string) =>
    new SyntaxError(`Cannot read tensor ${JSON.stringify(name)} of ${file}: ${rule}`);
  if (!name.isWellFormed()) throw fail("its name must not hold half of a surrogate pair");
  if (!isJsonObject(fields)) throw fail("its description must be a JSON object");
  const { dtype, shape, data_offsets: offsets, ...others } = fields;
  const other = Object.keys(others)[0];
  if (other !== undefined) {
    throw fail(
      `it has dtype, shape and data_offsets and nothing else, but also ${JSON.stringify(other)}`,
    );
  }
  const bits = typeof dtype === "string" ? DTYPE_BITS.get(dtype) : undefined;
  if (bits === undefined) {
    throw fail(
      `dtype must be one of ${[...DTYPE_BITS.keys()].join(", ")}, not ${brief(dtype)}`,
    );
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw fail(`shape must be a list of whole numbers below 2^53, not ${brief(shape)}`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw fail(
      `data_offsets must be two whole numbers below 2^53, not ${brief(offsets)}`,
    );
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end) throw fail(`data_offsets must not run backwards, but are [${begin}, ${end}]`);
  const size = byteSize(shape, bits);
  if (size === undefined) {
    throw fail(`shape [${shape}] of ${dtype} must come to a whole number of bytes below 2^53`);
  }
  if (size !== end - begin) {
    throw fail(
      `shape [${shape}] of ${dtype} takes ${size} bytes, but data_offsets [${begin}, ${end}] span ${
        end - begin
      }`,
    );
  }
  return { name, dtype: dtype as string, shape, begin, end };
}

/** The ranges, in order, must tile [0, dataBytes). */
function checkTiling(entries: readonly TensorEntry[], dataBytes: number, file: string): void {
  let at = 0;
  let before = "the start of the data";
  for (const { name, begin, end } of entries) {
    const fail = (rule: string) =>
      new SyntaxError(`Cannot read tensor ${JSON.stringify(name)} of ${file}: ${rule}`);
    if (end > dataBytes) {
      throw fail(
        `data_offsets [${begin}, ${end}] must lie within the ${dataBytes} bytes of data (truncated file?)`,
      );
    }
    if (begin < at) {
      throw fail(`data_offsets [${begin}, ${end}] overlap ${before}, which ends at ${at}`);
    }
    if (begin > at) {
      throw fail(
        `data_offsets [${begin}, ${end}] leave a hole behind ${before}, which ends at ${at}`,
      );
    }
    at = end;
    before = JSON.stringify(name);
  }
  if (at !== dataBytes) {
    throw new SyntaxError(
      `Cannot read ${file}: the tensors must use all ${dataBytes} bytes of data, but end at ${at}`,
    );
  }
}
