import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import {
  collapseSpaces,
  formatFixed,
  isPythonSpace,
  splitWords,
  strip,
  stripEnd,
} from "../../metrics/python_text.ts";

/** Code points as Python 3.11's unicodedata classes them: [gap, length, gap, length, ...]. */
type Ranges = number[];
interface Unicode14 {
  punctuation: Ranges;
  number: Ranges;
  symbol: Ranges;
  unassigned: Ranges;
  white_space: number[];
  lowercase_sha256: string;
}
const url = new URL("../golden/metrics/unicode_14.json", import.meta.url);
const unicode14: Unicode14 = JSON.parse(await Deno.readTextFile(url));

function members(ranges: Ranges): Uint8Array {
  const flags = new Uint8Array(0x110000);
  let code = 0;
  for (let k = 0; k < ranges.length; k += 2) {
    code += ranges[k];
    flags.fill(1, code, code + ranges[k + 1]);
    code += ranges[k + 1];
  }
  return flags;
}

function codePoints(): number[] {
  const surrogate = (code: number) => code >= 0xd800 && code < 0xe000;
  return Array.from({ length: 0x110000 }, (_, code) => code).filter((code) => !surrogate(code));
}

describe("white space as in Python", () => {
  it("isPythonSpace() holds for the characters of str.isspace() and no others", () => {
    expect(codePoints().filter(isPythonSpace)).toEqual(unicode14.white_space);
  });

  it("splitWords() and strip() cut at the same characters", () => {
    const spaces = unicode14.white_space.map((code) => String.fromCodePoint(code));
    for (const space of spaces) {
      expect(splitWords(`${space}a${space}${space}b${space}`)).toEqual(["a", "b"]);
      expect(strip(`${space}a b${space}`)).toBe("a b");
    }
    expect(splitWords("\ufeffa\u200bb\u180ec")).toEqual(["\ufeffa\u200bb\u180ec"]);
    expect([splitWords(""), splitWords(" \n")]).toEqual([[], []]);
    expect(stripEnd(" a \x1c\x85")).toBe(" a");
    expect(collapseSpaces("\ta  b\n")).toBe("a b");
  });
});

describe("formatFixed()", () => {
  it("formatFixed() rounds exact ties to the even digit, as Python's format", () => {
    const ties: [number, number, string][] = [
      [6.25, 1, "6.2"],
      [6.75, 1, "6.8"],
      [43.75, 1, "43.8"],
      [0.125, 2, "0.12"],
      [0.375, 2, "0.38"],
      [2.5, 0, "2"],
      [3.5, 0, "4"],
      [99.95, 1, "100.0"], // no tie: the double lies above
      [1.005, 2, "1.00"], // no tie: the double lies below
      [0.0625, 3, "0.062"],
      [-6.25, 1, "-6.2"],
      [0, 2, "0.00"],
    ];
    for (const [value, decimals, text] of ties) expect(formatFixed(value, decimals)).toBe(text);
  });
});

describe("the JavaScript engine's Unicode against Unicode 14, that of Python 3.11", () => {
  const unassigned = members(unicode14.unassigned);

  it("the intl tokenizer's properties differ only in code points assigned after Unicode 14", () => {
    const properties = { punctuation: /\p{P}/u, number: /\p{N}/u, symbol: /\p{S}/u };
    for (const [name, property] of Object.entries(properties)) {
      const flags = members(unicode14[name as keyof typeof properties]);
      const differing = codePoints()
        .filter((code) => property.test(String.fromCodePoint(code)) !== (flags[code] === 1));
      expect(differing.filter((code) => unassigned[code] === 0)).toEqual([]);
    }
  });

  it("toLowerCase() equals Python's lower() on every code point of Unicode 14", async () => {
    const lines = codePoints().filter((code) => unassigned[code] === 0)
      .map((code) => `${code.toString(16)}:${String.fromCodePoint(code).toLowerCase()}`);
    const bytes = new TextEncoder().encode(lines.join("\n"));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    expect(digest.toHex()).toBe(unicode14.lowercase_sha256);
  });

  it("toLowerCase() knows the final sigma, as Python's lower()", () => {
    expect("ΣΟΦΟΣ ΣΑΣ. Σ".toLowerCase()).toBe("σοφος σας. σ");
  });
});
