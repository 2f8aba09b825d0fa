import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import {
  headerLength,
  parseSafetensorsHeader,
  type SafetensorsHeader,
} from "../../inference/safetensors_header.ts";
import { isSafetensors } from "../oracle/safetensors_grammar.ts";
import { type HeaderFile, headerFile, mutateHeader, SOUND_HEADERS } from "./mutate_header.ts";
import { uniform } from "./random_checkpoint.ts";

function parseFile({ bytes, fileBytes }: HeaderFile): SafetensorsHeader {
  const inMemory = bytes.subarray(0, fileBytes);
  const length = headerLength(inMemory.subarray(0, 8), fileBytes, "m.safetensors");
  return parseSafetensorsHeader(
    inMemory.subarray(8, 8 + length),
    fileBytes - 8 - length,
    "m.safetensors",
  );
}

const parse = (header: unknown, dataBytes: number) =>
  parseFile(headerFile(typeof header === "string" ? header : JSON.stringify(header), dataBytes));

const a = { dtype: "F32", shape: [2], data_offsets: [0, 8] };
const b = { dtype: "U8", shape: [4], data_offsets: [8, 12] };

describe("headerLength()", () => {
  it("headerLength() refuses a file of fewer than 8 bytes", () => {
    expect(() => headerLength(new Uint8Array(5), 5, "m.safetensors")).toThrow(
      "Cannot read m.safetensors: a safetensors file has at least 8 bytes, this one has 5",
    );
  });

  it("headerLength() refuses other formats, whose first bytes make an absurd length", () => {
    for (
      const magic of [
        "PK\u0003\u0004\u0000\u0000\u0008\u0008",
        "GGUF\u0003\u0000\u0000\u0000",
        "\u0080\u0002}q\u0000(X\u0001",
      ]
    ) {
      const bytes = Uint8Array.from(magic, (c) => c.charCodeAt(0));
      expect(() => headerLength(bytes, 1e6, "m.bin")).toThrow(/m\.bin: .*another format/);
    }
  });

  it("headerLength() refuses a header longer than the file, and lengths 0, 1 and 2^64 - 1", () => {
    const prefix = (length: bigint) => {
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setBigUint64(0, length, true);
      return bytes;
    };
    expect(() => headerLength(prefix(93n), 100, "m")).toThrow(/header of 93 bytes must fit/);
    expect(headerLength(prefix(92n), 100, "m")).toBe(92);
    for (const length of [0n, 1n, 100_000_001n, 2n ** 64n - 1n]) {
      expect(() => headerLength(prefix(length), 1e9, "m")).toThrow(`this file says ${length}`);
    }
  });
});

describe("parseSafetensorsHeader()", () => {
  it("parseSafetensorsHeader() gives the tensors in the order of their bytes, and the metadata", () => {
    const { tensors, metadata } = parse({ b, a, __metadata__: { format: "pt" } }, 12);
    expect([...tensors.values()]).toEqual([
      { name: "a", dtype: "F32", shape: [2], begin: 0, end: 8 },
      { name: "b", dtype: "U8", shape: [4], begin: 8, end: 12 },
    ]);
    expect(metadata).toEqual({ format: "pt" });
  });

  it("parseSafetensorsHeader() accepts scalars, empty tensors, empty files and trailing spaces", () => {
    const scalar = { dtype: "I64", shape: [], data_offsets: [0, 8] };
    const empty = { dtype: "F32", shape: [0, 7], data_offsets: [8, 8] };
    expect(parse({ scalar, empty }, 8).tensors.size).toBe(2);
    expect(parse("{}   ", 0).tensors.size).toBe(0);
  });

  it("parseSafetensorsHeader() keeps a tensor whose name is __proto__", () => {
    const { tensors } = parse(`{"__proto__":${JSON.stringify(a)}}`, 8);
    expect(tensors.get("__proto__")?.shape).toEqual([2]);
  });

  const twice = `{"a":${JSON.stringify(a)},"a":${JSON.stringify({ ...b, data_offsets: [8, 12] })}}`;
  const refused: [rule: string, header: unknown, dataBytes: number, message: RegExp][] = [
    ["a header that is no object", "[1, 2]", 0, /must begin with "\{"/],
    ["white space before the brace", " {}", 0, /must begin with "\{"/],
    ["text that is no JSON", '{"a":', 0, /must be JSON/],
    ["a second value", "{}{}", 0, /must be JSON/],
    ["a tensor named twice", twice, 12, /a name must occur once.*"a" is repeated/],
    [
      "a name repeated through an escape",
      twice.replace(',"a"', ',"\\u0061"'),
      12,
      /"a" is repeated/,
    ],
    ["a field given twice", '{"a":{"dtype":"U8","dtype":"U8"}}', 0, /"dtype" is repeated/],
    ["a description that is no object", { a: 3 }, 0, /tensor "a".*must be a JSON object/],
    [
      "an unknown field",
      { a: { ...a, extra: 1 } },
      8,
      /tensor "a".*nothing else, but also "extra"/,
    ],
    ["an unknown dtype", { a: { ...a, dtype: "F12" } }, 8, /dtype must be one of .*not "F12"/],
    ["a dtype that is a method of objects", { a: { ...a, dtype: "toString" } }, 8, /dtype must be/],
    ["a missing dtype", { a: { ...a, dtype: undefined } }, 8, /dtype must be one of/],
    ["a missing shape", { a: { ...a, shape: undefined } }, 8, /shape must be a list/],
    ["a negative size", { a: { ...a, shape: [-2] } }, 8, /shape must be a list.*\[-2\]/],
    ["a fractional size", { a: { ...a, shape: [1.5] } }, 8, /shape must be a list.*\[1\.5\]/],
    ["a size of 2^53", { a: { ...a, shape: [2 ** 53] } }, 8, /shape must be a list/],
    ["sizes that overflow", { a: { ...a, shape: [2 ** 40, 2 ** 40] } }, 8, /below 2\^53/],
    [
      "an overflow hidden by a zero",
      { a: { ...a, shape: [2 ** 40, 2 ** 40, 0], data_offsets: [0, 0] } },
      0,
      /below 2\^53/,
    ],
    [
      "a tensor that ends within a byte",
      { a: { dtype: "F4", shape: [3], data_offsets: [0, 2] } },
      2,
      /whole number of bytes/,
    ],
    [
      "a size written as 2.0",
      '{"a":{"dtype":"U8","shape":[2.0],"data_offsets":[0,2]}}',
      2,
      /digits alone/,
    ],
    [
      "a size written as -0",
      '{"a":{"dtype":"U8","shape":[-0],"data_offsets":[0,0]}}',
      0,
      /shape must be/,
    ],
    ["one offset", { a: { ...a, data_offsets: [0] } }, 8, /data_offsets must be two/],
    [
      "offsets that run backwards",
      { a: { ...a, data_offsets: [8, 0] } },
      8,
      /must not run backwards/,
    ],
    [
      "bytes that disagree with the shape",
      { a: { ...a, shape: [3] } },
      8,
      /takes 12 bytes, but .* span 8/,
    ],
    [
      "offsets behind the data",
      { a },
      7,
      /must lie within the 7 bytes of data \(truncated file\?\)/,
    ],
    [
      "overlapping tensors",
      { a, b: { ...b, data_offsets: [6, 10] } },
      12,
      /"b".*overlap "a", which ends at 8/,
    ],
    [
      "a hole between tensors",
      { a, b: { ...b, data_offsets: [9, 13] } },
      13,
      /"b".*hole behind "a"/,
    ],
    ["a hole at the start", { b }, 12, /hole behind the start of the data/],
    ["data behind the last tensor", { a }, 9, /must use all 9 bytes of data, but end at 8/],
    [
      "metadata that are no strings",
      { __metadata__: { format: 1 } },
      0,
      /__metadata__ must map strings/,
    ],
    ["half of a surrogate pair", '{"\\ud800":' + JSON.stringify(a) + "}", 8, /surrogate/],
  ];
  for (const [rule, header, dataBytes, message] of refused) {
    it(`parseSafetensorsHeader() refuses ${rule}`, () => {
      expect(() => parse(header, dataBytes)).toThrow(SyntaxError);
      expect(() => parse(header, dataBytes)).toThrow(message);
      expect(() => parse(header, dataBytes)).toThrow(/m\.safetensors/);
      const text = typeof header === "string" ? header : JSON.stringify(header);
      const { bytes, fileBytes } = headerFile(text, dataBytes);
      expect(isSafetensors(bytes, fileBytes)).toBe(false);
    });
  }

  it("parseSafetensorsHeader() refuses bytes that are no UTF-8", () => {
    const bytes = new TextEncoder().encode('{"a":0}');
    bytes[2] = 0xff;
    expect(() => parseSafetensorsHeader(bytes, 0, "m.safetensors")).toThrow(/valid UTF-8/);
  });

  it("parseSafetensorsHeader() takes deep nesting and a megabyte of one string in its stride", () => {
    const nested = "[".repeat(100_000) + "]".repeat(100_000);
    for (
      const header of [
        nested.slice(0, 100_000),
        `"dtype":${nested}`,
        `"dtype":"U8","shape":${nested}`,
      ]
    ) {
      expect(() => parse(`{"a":{${header}}}`, 0)).toThrow(SyntaxError);
    }
    expect(parse({ __metadata__: { note: "\\x".repeat(500_000) } }, 0).tensors.size).toBe(0);
  });

  it("parseSafetensorsHeader() of 100,000 mutated headers succeeds just where an independent parser does", () => {
    for (const [header, dataBytes] of SOUND_HEADERS) {
      expect(parse(header, dataBytes).tensors.size).toBeGreaterThanOrEqual(0);
    }
    const next = uniform(20_221);
    const disagreements: string[] = [];
    let sound = 0;
    for (let i = 0; i < 100_000; i++) {
      const file = mutateHeader(next);
      const expected = isSafetensors(file.bytes.subarray(0, file.fileBytes), file.fileBytes);
      let accepted = true;
      try {
        parseFile(file);
      } catch (error) {
        const ours = error instanceof SyntaxError &&
          /^Cannot read .*m\.safetensors: ./.test(error.message);
        if (!ours) throw error; // a crash
        accepted = false;
      }
      if (accepted) sound++;
      if (accepted !== expected) disagreements.push(new TextDecoder().decode(file.bytes));
    }
    expect(disagreements).toEqual([]);
    expect(sound).toBeGreaterThan(10_000);
    expect(sound).toBeLessThan(50_000);
  });
});
