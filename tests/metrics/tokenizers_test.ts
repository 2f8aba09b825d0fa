import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { isPythonSpace, splitWords } from "../../metrics/python_text.ts";
import { seededRandom } from "../../metrics/random.ts";
import { tokenizeTercom } from "../../metrics/tokenizers/tercom.ts";
import { BLEU_TOKENIZERS, defaultTokenizer, tokenize } from "../../metrics/tokenizers/tokenize.ts";
import { separatePunctuation, separateStops } from "../../metrics/tokenizers/western.ts";
import { characterKinds, westernWords } from "../../metrics/tokenizers/western_words.ts";

describe("tokenize()", () => {
  it("tokenize() only adds blanks: without white space the line stays as it was", () => {
    const lines = [
      "Hello, world! (10.5 + 3-4)",
      "„Äh“ – 12,5 %…",
      "你好，world：3.5！",
      "a_b@c.de/f?g=h",
    ];
    const bare = (text: string) => splitWords(text).join("");
    for (const line of lines) {
      for (const name of BLEU_TOKENIZERS) expect(bare(tokenize(line, name))).toBe(bare(line));
    }
  });

  it("tokenize() by 13a replaces &amp; before &lt; and &gt; but after &quot;", () => {
    expect(tokenize("&amp;lt;", "13a")).toBe("<");
    expect(tokenize("&amp;quot;", "13a")).toBe("& quot ;");
    expect(tokenize("&quot;a&quot;", "13a")).toBe('" a "');
  });

  it("tokenize() by 13a joins hyphenated lines and drops <skipped>; zh and intl do not", () => {
    expect(tokenize("a-\nb<skipped>\nc", "13a")).toBe("ab c");
    expect(tokenize("a-\nb", "zh")).toBe("a- b");
    expect(tokenize("<skipped>", "intl")).toBe("< skipped >");
  });

  it("tokenize() by 13a keeps full stops and commas inside numbers", () => {
    expect(tokenize("1,000.5 a.b 3. 4,x 5-6", "13a")).toBe("1,000.5 a . b 3 . 4 , x 5 - 6");
  });

  it("tokenize() by zh takes curly quotes and the euro sign for Chinese, but no ideograph of extension B", () => {
    expect(tokenize("“a”€b", "zh")).toBe("“ a ” € b");
    expect(tokenize("𠮷野家", "zh")).toBe("𠮷 野 家");
    expect(tokenize("𠮷𠮷", "zh")).toBe("𠮷𠮷");
  });

  it("tokenize() by intl cuts at Unicode punctuation, but not between digits", () => {
    expect(tokenize("«да» — 1·5, 3,5%", "intl")).toBe("« да » — 1·5 , 3,5%");
    expect(tokenize("1€2+3", "intl")).toBe("1 € 2 + 3");
  });

  it("tokenize() by char separates code points, not UTF-16 units", () => {
    expect(tokenize("a𠮷😀", "char")).toBe("a 𠮷 😀");
  });
});

describe("westernWords()", () => {
  const APART = "中，“";
  const ALPHABET = [..."aä5.,- '!~_/{", "\t", "\u3000", "\x85", "😀", ...APART];
  const kinds = characterKinds([...APART].map((one) => [one.charCodeAt(0), one.charCodeAt(0)]));

  it("westernWords() equals the rules one after the other and a split, on random lines", () => {
    const random = seededRandom(13);
    for (let k = 0; k < 5000; k++) {
      const line = Array.from(
        { length: random.below(9) },
        () => ALPHABET[random.below(ALPHABET.length)],
      ).join("");
      const separated = line.replace(new RegExp(`[${APART}]`, "g"), " $& ");
      for (const padded of [true, false]) {
        const text = separatePunctuation(padded ? ` ${separated} ` : separated);
        expect(westernWords(line, kinds, padded)).toEqual(splitWords(separateStops(text)));
      }
    }
  });

  it("westernWords() splits at every white space of Python's, and nowhere else but at ASCII punctuation", () => {
    const wrong: number[] = [];
    for (let unit = 0; unit < 65536; unit++) {
      const line = `a${String.fromCharCode(unit)}b`;
      const words = westernWords(line, kinds, true).join(" ");
      const rules = splitWords(separateStops(separatePunctuation(line))).join(" ");
      const same = isPythonSpace(unit) ? words === "a b" : words === rules;
      if (!same && !APART.includes(line[1])) wrong.push(unit);
    }
    expect(wrong).toEqual([]);
  });
});

describe("defaultTokenizer()", () => {
  it("defaultTokenizer() is zh for Chinese targets and 13a for the others", () => {
    expect(["en-zh", "zh-en", "en-is"].map(defaultTokenizer)).toEqual(["zh", "13a", "13a"]);
  });

  it("defaultTokenizer() refuses what is no direction", () => {
    for (const direction of ["zh", "en_zh", "en-zh-x", ""]) {
      expect(() => defaultTokenizer(direction)).toThrow(SyntaxError);
    }
  });

  it("defaultTokenizer() does not cut Japanese and Korean as if they had spaces", () => {
    for (const direction of ["en-ja", "ja-ko"]) {
      expect(() => defaultTokenizer(direction)).toThrow(/needs MeCab, which is not here/);
    }
    expect(defaultTokenizer("ja-en")).toBe("13a");
  });
});

describe("tokenizeTercom()", () => {
  it("tokenizeTercom() lowercases and else keeps words, unless told otherwise", () => {
    expect(tokenizeTercom("It's  3.5, OK?")).toBe("it's 3.5, ok?");
    expect(tokenizeTercom("It's 3.5, OK?", { caseSensitive: true })).toBe("It's 3.5, OK?");
    expect(tokenizeTercom("It's 3.5, OK?", { normalized: true })).toBe("it 's 3.5 , ok ?");
    expect(tokenizeTercom("It's 3.5, OK?", { noPunctuation: true })).toBe("it's 35 ok");
  });

  it("tokenizeTercom() separates or drops Chinese only with asianSupport", () => {
    expect(tokenizeTercom("你好。", { normalized: true })).toBe("你好。");
    expect(tokenizeTercom("你好。", { normalized: true, asianSupport: true })).toBe("你 好 。");
    expect(tokenizeTercom("你好。", { noPunctuation: true, asianSupport: true })).toBe("你好");
  });
});
