import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { decodeBytes, decodePieces } from "../../../inference/sentencepiece/decode_pieces.ts";

describe("decodeBytes()", () => {
  it("decodeBytes() undoes UTF-8", () => {
    const encoder = new TextEncoder();
    for (let first = 0; first < 0x110000; first += 0x300) {
      if (first >= 0xd800 && first < 0xe000) continue;
      const text = String.fromCodePoint(...Array.from({ length: 256 }, (_, i) => first + i));
      expect(decodeBytes([...encoder.encode(text)])).toBe(text);
    }
  });

  it("decodeBytes() shows one U+FFFD for each byte that belongs to no character", () => {
    const broken: [number[], string][] = [
      [[0x80], "\ufffd"],
      [[0xe2, 0x82], "\ufffd\ufffd"],
      [[0xe2, 0x82, 0x41], "\ufffd\ufffdA"],
      [[0xf0, 0x9f, 0x98, 0xe2, 0x82, 0xac], "\ufffd\ufffd\ufffd\u20ac"],
      [[0xc0, 0x80], "\ufffd\ufffd"],
      [[0xe0, 0x80, 0x80], "\ufffd\ufffd\ufffd"],
      [[0xed, 0xa0, 0x80], "\ufffd\ufffd\ufffd"],
      [[0xf4, 0x90, 0x80, 0x80], "\ufffd\ufffd\ufffd\ufffd"],
      [[0xff, 0xfe], "\ufffd\ufffd"],
      [[0xef, 0xbb, 0xbf, 0x41], "\ufeffA"],
      [[], ""],
    ];
    for (const [bytes, text] of broken) expect([bytes, decodeBytes(bytes)]).toEqual([bytes, text]);
  });
});

describe("decodePieces()", () => {
  it("decodePieces() joins runs of bytes and turns U+2581 into spaces", () => {
    expect(decodePieces(["\u2581a", 0xc5, 0xa1, "\u2581\u2581b"], false)).toBe(" aš  b");
    expect(decodePieces([0xc5, "x", 0xa1], false)).toBe("\ufffdx\ufffd");
  });

  it("decodePieces() drops the first space alone, and none behind the beginning", () => {
    expect(decodePieces(["\u2581\u2581a", "\u2581b"], true)).toBe(" a b");
    expect(decodePieces(["", "\u2581a"], true)).toBe("a");
    expect(decodePieces([0x41, "\u2581a"], true)).toBe("A a");
    expect(decodePieces([], true)).toBe("");
  });
});
