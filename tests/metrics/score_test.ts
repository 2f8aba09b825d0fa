import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { corpusBleu } from "../../metrics/bleu.ts";
import { corpusChrf } from "../../metrics/chrf.ts";
import { formatScore } from "../../metrics/score.ts";
import type { References } from "../../metrics/segments.ts";
import { extendSignature } from "../../metrics/signature.ts";
import { corpusTer } from "../../metrics/ter.ts";
import { METRICS_VERSION } from "../../metrics/version.ts";

describe("formatScore()", () => {
  const bleu = corpusBleu(["a b c d e"], ["a b c d f"]);

  it("formatScore() prints sacreBLEU's line, with decimals, signature and interval as asked", () => {
    const parts = "80.0/75.0/66.7/50.0 (BP = 1.000 ratio = 1.000 hyp_len = 5 ref_len = 5)";
    expect(formatScore(bleu)).toBe(`BLEU = 66.87 ${parts}`);
    expect(bleu.text).toBe(formatScore(bleu));
    const line = formatScore(bleu, {
      decimals: 1,
      signature: true,
      confidence: { mean: 66.25, halfWidth: 1.26 },
    });
    expect(line).toBe(`BLEU|${bleu.signature} = 66.9 (μ = 66.2 ± 1.3) ${parts}`);
  });

  it("scores are plain data", () => {
    expect(JSON.parse(JSON.stringify(bleu))).toEqual(bleu);
  });
});

describe("signatures", () => {
  it("METRICS_VERSION is the package's version", async () => {
    const config = await Deno.readTextFile(new URL("../../deno.json", import.meta.url));
    expect(METRICS_VERSION).toBe(`mtpress-${JSON.parse(config).version}`);
  });

  it("extendSignature() puts the resampling behind the number of references", () => {
    expect(extendSignature("nrefs:1|case:lc|version:x", { bs: 1000, seed: 1 }))
      .toBe("nrefs:1|bs:1000|seed:1|case:lc|version:x");
    expect(() => extendSignature("case:lc", {})).toThrow(SyntaxError);
  });
});

describe("texts that cannot be scored", () => {
  const metrics = { corpusBleu, corpusChrf, corpusTer };
  const cases: [string, unknown, unknown, RegExp][] = [
    ["no segment", [], [[]], /^Cannot score 0 hypotheses .* at least one segment$/],
    ["no reference", ["a"], [], /^Cannot score without references/],
    ["too few references", ["a", "b"], ["a"], /^Cannot score 2 hypotheses against 1 references/],
    ["streams of two lengths", ["a"], [["a"], ["a", "b"]], /against 1 and 2 references/],
    [
      "a segment without reference",
      ["a", "b"],
      [["a", null]],
      /^Cannot score segment 1: it has no/,
    ],
    ["a string for a list", "ab", ["a"], /^Cannot read hypotheses of type string/],
    ["a number for a text", ["a", 3], ["a", "b"], /^Cannot read hypotheses\[1\] of type number/],
    ["a missing text", ["a"], [[undefined]], /^Cannot read references\[0\]\[0\] of type undefined/],
  ];
  for (const [name, metric] of Object.entries(metrics)) {
    for (const [fault, hypotheses, references, message] of cases) {
      it(`${name}() refuses ${fault}`, () => {
        expect(() => metric(hypotheses as string[], references as References)).toThrow(message);
      });
    }

    it(`${name}() cuts lists of different length only when asked, and says how many it scored`, () => {
      const score = metric(["a", "b"], ["a"], { unequalLengths: "cut" });
      expect(score.segments).toBe(1);
      expect(score).toEqual(metric(["a"], ["a"]));
    });
  }
});
