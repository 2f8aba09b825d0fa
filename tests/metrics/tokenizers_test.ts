import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { splitWords } from "../../metrics/python_text.ts";
import { tokenizeTercom } from "../../metrics/tokenizers/tercom.ts";
import { BLEU_TOKENIZERS, defaultTokenizer, tokenize } from "../../metrics/tokenizers/tokenize.ts";

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
