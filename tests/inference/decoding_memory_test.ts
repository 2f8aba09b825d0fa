import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { ALMA_7B } from "../../data/alma_7b.ts";
import {
  checkDecodingMemory,
  decodingBytes,
  layersTogether,
  positionBytes,
} from "../../inference/decoding_memory.ts";
import { parseLlamaConfig } from "../../inference/llama_config.ts";

const alma = parseLlamaConfig(ALMA_7B.config, ALMA_7B.id);
const size = { prompts: 8, beams: 5, longest: 256, maxNewTokens: 256 };

describe("decodingBytes()", () => {
  it("is mostly the keys and values: 1 MiB for each position of each row at 7B, and its copy", () => {
    expect(positionBytes(alma)).toBe(2 ** 20);
    const cache = 8 * 5 * 512 * 2 ** 20;
    expect(decodingBytes(alma, size) / cache).toBeGreaterThan(2 + 1 / 8);
    expect(decodingBytes(alma, size) / cache).toBeLessThan(2.2);
  });

  it("grows with prompts, beams and positions", () => {
    const base = decodingBytes(alma, size);
    for (const key of ["prompts", "beams", "longest", "maxNewTokens"] as const) {
      expect(decodingBytes(alma, { ...size, [key]: size[key] + 1 })).toBeGreaterThan(base);
    }
  });
});

describe("layersTogether()", () => {
  it("is the largest divisor of at most 4", () => {
    expect([1, 2, 3, 4, 5, 6, 7, 22, 30, 32].map(layersTogether))
      .toEqual([1, 2, 3, 4, 1, 3, 1, 2, 3, 4]);
  });
});

describe("checkDecodingMemory()", () => {
  it("takes what fits", () => {
    checkDecodingMemory(alma, size, decodingBytes(alma, size));
    checkDecodingMemory(alma, size, Infinity);
  });

  it("names a number of prompts that fits, of which one more would not", () => {
    let message = "";
    try {
      checkDecodingMemory(alma, size, 24e9);
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      message = (error as Error).message;
    }
    expect(message).toMatch(
      /^Cannot decode 8 prompts with 5 beams each over 512 positions: their keys and values take \d+\.\d GB, and there are 24\.0 GB; decode at most \d at once$/,
    );
    const prompts = Number(/at most (\d)/.exec(message)![1]);
    checkDecodingMemory(alma, { ...size, prompts }, 24e9);
    expect(() => checkDecodingMemory(alma, { ...size, prompts: prompts + 1 }, 24e9)).toThrow();
  });

  it("says when not even one prompt fits", () => {
    expect(() => checkDecodingMemory(alma, { ...size, beams: 1 }, 1e8))
      .toThrow("Cannot decode 8 prompts over 512 positions");
    expect(() => checkDecodingMemory(alma, size, 1e8)).toThrow("not even one prompt fits");
  });
});
