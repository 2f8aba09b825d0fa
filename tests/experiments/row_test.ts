import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { canonicalJson, sha256 } from "../../experiments/canonical_json.ts";
import { isSealed, parseRow, type ResultRow, rowIdentity } from "../../experiments/row.ts";
import { exampleRow } from "./example_rows.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const LINE = encode(JSON.stringify(exampleRow()));

describe("sealRow()", () => {
  it("adds the SHA-256 of the row's canonical JSON", () => {
    const { sha256: seal, ...content } = exampleRow();
    expect(seal).toBe(sha256(canonicalJson(content)));
  });

  it("gives the same seal for the same content in another order", () => {
    const { sha256: seal, ...content } = exampleRow();
    expect(isSealed({ sha256: seal, ...content } as ResultRow)).toBe(true);
  });
});

describe("parseRow()", () => {
  it("reads what a row is written as", () => {
    expect(parseRow(LINE)).toEqual(exampleRow());
  });

  it("refuses a row in which one byte is another, at any place", () => {
    const seen: number[] = [];
    for (let at = 0; at < LINE.length; at++) {
      for (const flip of [0x01, 0x10, 0x80, 0x20]) {
        const line = LINE.slice();
        line[at] ^= flip;
        if (parseRow(line) !== undefined) seen.push(at);
      }
    }
    expect(seen).toEqual([]);
  });

  it("refuses another spelling of the same numbers", () => {
    const text = JSON.stringify(exampleRow({ perplexity: 0.30000000000000004 }));
    expect(parseRow(encode(text))).toBeDefined();
    for (const [spelling, other] of [["000004,", "000003,"], ["7.25e-7", "7.25E-7"]]) {
      const changed = text.replace(spelling, other);
      expect(changed).not.toBe(text);
      expect(JSON.parse(changed)).toEqual(JSON.parse(text));
      expect(parseRow(encode(changed))).toBeUndefined();
    }
  });

  it("refuses a byte too many or too few at either end, and what is no row", () => {
    const text = JSON.stringify(exampleRow());
    const wrong = [text + " ", " " + text, "\ufeff" + text, text.slice(1), text.slice(0, -1)];
    for (const line of [...wrong, "", "null", "{}", "[]", "7"]) {
      expect(parseRow(encode(line))).toBeUndefined();
    }
  });
});

describe("rowIdentity()", () => {
  const identity = rowIdentity(exampleRow());
  const row = exampleRow();

  it("is the same whatever machine, version and sources computed the row, and whatever came out", () => {
    const same = exampleRow({
      keys: { row: "other", translation: "other" },
      device: { ...row.device, device: "webgpu" },
      versions: { deno: "3.0.0" },
      sources: { translation: "0", scoring: "0" },
      hypotheses: { file: "hypotheses/other.txt", sha256: "0", unfinished: 2 },
      perplexity: 9,
      commit: "abc",
      finished: "2026-01-01T00:00:00.000Z",
    });
    expect(rowIdentity(same)).toBe(identity);
  });

  it("is another when the question is another", () => {
    const others = [
      exampleRow({ method: { id: "baseline", steps: [{ kind: "nf4" }] } }),
      exampleRow({ direction: "de-en" }),
      exampleRow({ protocol: "study" }),
      exampleRow({ seed: 1 }),
      exampleRow({ model: { id: "tiny", sha256: "0" } }),
      exampleRow({ data: { ...row.data, sha256: "0" } }),
      exampleRow({
        calibration: {
          id: "tiny/calibration",
          samples: 1,
          file: "calibration/0.json",
          sha256: "0",
        },
      }),
      exampleRow({ accuracyLevel: 4 }),
      exampleRow({ decoding: { ...row.decoding, beams: 1 } }),
    ].map(rowIdentity);
    expect(new Set([identity, ...others]).size).toBe(others.length + 1);
  });
});
