import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { canonicalJson, sha256 } from "../../experiments/canonical_json.ts";

/** Numbers from 0 to below 1, the same on every run. */
function* draws(seed: number): Generator<number, never> {
  for (let state = seed;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

const LEAVES = [null, true, false, 0, -1.5, 1e21, 5e-324, "", "a", "ü", "\n", "𝄞", '"'];

function randomValue(draw: Generator<number, never>, depth: number): unknown {
  const below = (limit: number) => Math.floor(draw.next().value * limit);
  const kind = depth === 0 ? 0 : below(3);
  if (kind === 0) return LEAVES[below(LEAVES.length)];
  const items = Array.from({ length: below(5) }, () => randomValue(draw, depth - 1));
  if (kind === 1) return items;
  return Object.fromEntries(items.map((item, i) => [["z", "a", "10", "9", "ü"][i], item]));
}

function withKeysReversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withKeysReversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).reverse().map(([key, inner]) => [key, withKeysReversed(inner)]),
  );
}

describe("canonicalJson()", () => {
  it("writes equal values as equal text, whatever the order of keys, and JSON reads it back", () => {
    const draw = draws(1);
    for (let round = 0; round < 500; round++) {
      const value = randomValue(draw, 4);
      const text = canonicalJson(value);
      expect(canonicalJson(withKeysReversed(value))).toBe(text);
      expect(canonicalJson(JSON.parse(JSON.stringify(value)))).toBe(text);
      expect(JSON.parse(text)).toEqual(value);
    }
  });

  it("orders keys by their UTF-16 code units, at every depth, and writes no white space", () => {
    const value = {
      "é": 1,
      z: { b: [{ y: 1, x: 2 }], a: null },
      "10": 1,
      "9": 2,
      "😀": 3,
      "\ufb33": 4,
    };
    expect(canonicalJson(value)).toBe(
      '{"10":1,"9":2,"z":{"a":null,"b":[{"x":2,"y":1}]},"é":1,"😀":3,"\ufb33":4}',
    );
  });

  it("leaves out properties that are undefined", () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  it("keeps the order of lists", () => {
    expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]));
  });

  it("refuses what JSON cannot say", () => {
    const impossible = [NaN, Infinity, 1n, undefined, Symbol("s"), () => 1, [undefined], [, 1]];
    for (const value of impossible) {
      expect(() => canonicalJson(value)).toThrow(TypeError);
      expect(() => canonicalJson({ inner: [value] })).toThrow(TypeError);
    }
  });

  it("refuses objects that would lose what they hold", () => {
    const objects = [new Date(0), new Map([[1, 2]]), new Set([1]), new Float32Array(1), /a/];
    for (const value of objects) {
      expect(() => canonicalJson(value)).toThrow(/JSON has no such value/);
    }
  });
});

describe("sha256()", () => {
  it("equals the examples of FIPS 180", () => {
    expect(sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(sha256("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });

  it("equals the platform's digest, for text and for bytes", async () => {
    const text = "Grüße, 世界";
    const bytes = new TextEncoder().encode(text);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    expect(sha256(text)).toBe(hex);
    expect(sha256(bytes)).toBe(hex);
  });
});
