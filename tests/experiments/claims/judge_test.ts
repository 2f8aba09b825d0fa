import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { STUDY_CLAIMS } from "../../../data/claims.ts";
import type { EvidencePart } from "../../../experiments/claims/evidence.ts";
import { CLAIM_CHECKS, judgeClaims } from "../../../experiments/claims/judge.ts";
import { exampleEvidence, type ExampleNumbers, exampleNumbers } from "./example_evidence.ts";

const UNTESTABLE = ["T2", "T18", "F2.2"];

function verdictAfter(id: string, change: (numbers: ExampleNumbers) => void) {
  const numbers = exampleNumbers();
  change(numbers);
  return judgeClaims(exampleEvidence(numbers)).find((verdict) => verdict.id === id)!;
}

type Change = (numbers: ExampleNumbers) => void;

/** Changes that turn a claim against the numbers, or leave it open. */
const FLIPS: [id: string, because: "contradicted" | "undecided", change: Change][] = [
  ["T1", "contradicted", ({ bleu }) => bleu.nf4 = [30, 25]],
  ["T1", "undecided", ({ bleu }) => bleu["wanda-40"] = [30, 30.2, 1]],
  ["T3", "contradicted", ({ bleu }) => bleu["gptq-4"] = [24, 33.9]],
  ["T3", "undecided", ({ bleu }) => bleu.nf4 = [25.9, 34.2, 1.5]],
  ["T4", "contradicted", ({ memory }) => memory["sq-nf4"] = [400, 309]],
  ["T4", "contradicted", ({ memory }) => memory.nf4 = [310, 150]],
  ["T5", "contradicted", ({ times }) => times.nf4 = [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]],
  ["T5", "undecided", ({ times }) => times.nf4 = [0.5, 2, 0.5, 2, 2, 0.5, 1.2]],
  ["T6", "contradicted", ({ times }) => times.nf4 = [5, 5, 5, 5, 5, 5, 5]],
  ["T7", "contradicted", ({ bleu }) => bleu.nf4 = [25.5, 34.2]],
  ["T7", "undecided", ({ bleu }) => bleu.nf4 = [25.9, 34.2, 1]],
  ["T8", "contradicted", ({ bleu }) => bleu["sq-nf4"] = [26.3, 33.9]],
  ["T8", "undecided", ({ bleu }) => bleu["sq-nf4"] = [26.15, 34.9, 0.5]],
  ["T9", "contradicted", ({ bleu }) => bleu["wanda-40"] = [25.95, 31.8]],
  ["T9", "undecided", ({ bleu }) => bleu["wanda-40"] = [25.5, 31.8, 1]],
  ["T10", "contradicted", ({ times }) => times["wanda-40"] = times["gptq-4"]],
  ["T10", "undecided", ({ times }) => times["wanda-40"] = [0.9, 1.2, 1, 0.9, 1.1, 1, 0.8]],
  ["T11", "contradicted", ({ memory }) => memory["wanda-40"] = [660, 1010]],
  ["T12", "contradicted", ({ memory }) => memory["wanda-40"] = [290, 1000]],
  ["T13", "contradicted", ({ bleu }) => bleu["wanda-gptq-40-4"] = [23, 31]],
  ["T13", "undecided", ({ bleu }) => bleu["wanda-gptq-40-4"] = [24.3, 32.4, 1]],
  ["T14", "contradicted", ({ memory }) => memory["wanda-gptq-40-4"] = [400, 400]],
  ["T15", "contradicted", ({ times }) => times["wanda-gptq-40-4"] = times.nf4],
  ["T15", "contradicted", ({ times }) => times["wanda-gptq-40-4"] = times["wanda-40"]],
  ["T16", "contradicted", ({ perplexity }) => perplexity["wanda-dsnot-40"] = [4.1, 5.2, 6.1]],
  ["T16", "contradicted", ({ bleu }) => bleu["wanda-dsnot-40"] = [25, 33]],
  ["T16", "undecided", ({ perplexity }) => perplexity["wanda-dsnot-40"] = [3.9, 5.1, 6]],
  ["T16", "undecided", ({ bleu }) => bleu["wanda-dsnot-40"] = [24, 31.8, 3]],
  ["T17", "contradicted", ({ sparsity }) => sparsity["wanda-gptq-40-4"] = 0.4],
  ["F1.1", "contradicted", ({ bleu }) => bleu["gptq-2"] = [3, 4]],
  ["F1.1", "undecided", ({ bleu }) => bleu["gptq-2"] = [0.08, 0.01, 0.05]],
  ["F1.2", "contradicted", ({ bleu }) => bleu["gptq-3"] = [25, 33]],
  ["F1.2", "contradicted", ({ bleu }) => bleu["gptq-3"] = [5, 6]],
  ["F1.3", "contradicted", ({ bleu }) => bleu["gptq-8"] = [28, 34]],
  ["F1.3", "contradicted", ({ memory }) => memory["gptq-8"] = [400, 556]],
  ["F1.4", "contradicted", ({ memory }) => memory["gptq-3"] = [300, 310]],
  ["F1.5", "contradicted", ({ bleu }) => bleu["gptq-2"] = [0.02, 0.01, 0.001]],
  ["F1.5", "undecided", ({ bleu }) => bleu["gptq-2"] = [0.02, 0.021, 0.01]],
  ["F2.1", "contradicted", ({ bleu }) => bleu["wanda-40-n32"] = [20, 31.6]],
  ["F2.1", "undecided", ({ bleu }) => bleu["sq-nf4-n64"] = [26, 34.6, 2]],
  ["F2.3", "contradicted", ({ bleu }) => bleu["sq-nf4-n128"] = [26.8, 34.7]],
  ["F2.3", "undecided", ({ bleu }) => bleu["wanda-40-n128"] = [23.9, 31.7, 1]],
  ["F2.4", "contradicted", ({ bleu }) => bleu["wanda-40-n64"] = [27, 31.5]],
  ["F2.4", "undecided", ({ bleu }) => bleu["wanda-40-n64"] = [25.9, 31.5, 1]],
  ["F2.5", "contradicted", ({ bleu }) => {
    [32, 64, 128, 256].forEach((size, i) => bleu[`wanda-40-n${size}`] = [20 + i, 30.5 + i / 4]);
  }],
  ["F2.5", "undecided", ({ bleu }) => {
    for (const size of [32, 64, 128, 256]) bleu[`wanda-40-n${size}`] = [24, 31.8, 1];
  }],
];

describe("CLAIM_CHECKS", () => {
  it("CLAIM_CHECKS have one check for each claim and one claim for each check", () => {
    const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id).sort();
    expect(ids(CLAIM_CHECKS)).toEqual(ids(STUDY_CLAIMS));
  });
});

describe("judgeClaims()", () => {
  it("judgeClaims() supports what its example bears out, in the order of the claims", () => {
    const verdicts = judgeClaims(exampleEvidence());
    expect(verdicts.map(({ id }) => id)).toEqual(STUDY_CLAIMS.map(({ id }) => id));
    for (const { id, verdict, because } of verdicts) {
      const word = UNTESTABLE.includes(id) ? "cannot be tested here" : "supported";
      expect([id, verdict, because]).toEqual([id, word, undefined]);
    }
  });

  for (const [id, because, change] of FLIPS) {
    it(`judgeClaims() finds ${id} ${because} after ${String(change).replace(/\s+/g, " ")}`, () => {
      const verdict = verdictAfter(id, change);
      expect([verdict.verdict, verdict.because]).toEqual(["not supported", because]);
    });
  }

  it("judgeClaims() can be turned on every claim that it can test", () => {
    const flipped = new Set(FLIPS.map(([id]) => id));
    const testable = STUDY_CLAIMS.map(({ id }) => id).filter((id) => !UNTESTABLE.includes(id));
    expect([...flipped].sort()).toEqual(testable.sort());
  });

  it("judgeClaims() says of every claim without evidence what it lacks", () => {
    const empty = { bleu: {}, perplexity: {}, sparsity: {}, memory: {}, times: {} };
    for (const { id, verdict, basis } of judgeClaims(exampleEvidence(empty))) {
      expect([id, verdict]).toEqual([id, "cannot be tested here"]);
      if (!UNTESTABLE.includes(id)) expect(basis).toMatch(/^no /);
    }
  });

  it("judgeClaims() needs each method that a check names, and looks at no other", () => {
    for (const check of CLAIM_CHECKS) {
      if ("untestable" in check) continue;
      const only = exampleNumbers();
      for (const part of Object.keys(only) as EvidencePart[]) {
        for (const id of Object.keys(only[part])) {
          if (!check.needs[part]?.includes(id)) delete (only[part] as Record<string, unknown>)[id];
        }
      }
      const judge = () => judgeClaims(exampleEvidence(only)).find(({ id }) => id === check.id)!;
      expect([check.id, judge().verdict]).toEqual([check.id, "supported"]);
      const [part, [method]] = Object.entries(check.needs)[0];
      delete (only[part as EvidencePart] as Record<string, unknown>)[method];
      expect(judge().verdict).toBe("cannot be tested here");
      expect(judge().basis).toContain(method);
    }
  });

  it("judgeClaims() does not compare scores of different sentences", () => {
    const evidence = exampleEvidence();
    const bleu = new Map(evidence.bleu);
    bleu.set("nf4", { ...bleu.get("nf4")!, setting: "other" });
    const verdict = judgeClaims({ ...evidence, bleu }).find(({ id }) => id === "T7")!;
    expect(verdict.verdict).toBe("cannot be tested here");
    expect(verdict.basis).toContain("nf4, gptq-4 were measured on different sentences");
  });

  it("judgeClaims() says what each claim was judged on", () => {
    const on = (wanted: string) =>
      judgeClaims(exampleEvidence()).find(({ id }) => id === wanted)!.judgedOn;
    expect(["T4", "T8", "T5", "F1.3"].map(on)).toEqual([
      "ALMA-7B's arithmetic",
      "tiny",
      "tiny on this machine",
      "tiny and ALMA-7B's arithmetic",
    ]);
  });

  it("judgeClaims() gives the numbers with their intervals", () => {
    expect(verdictAfter("T8", () => {}).basis).toMatch(
      /^BLEU: sq-nf4 − baseline en→x \+0\.30 \[\+0\.2\d,\s\+0\.3\d\], x→en \+0\.40 \[/,
    );
  });

  it("judgeClaims() prints no interval of a number that is exact", () => {
    const { basis } = verdictAfter("T8", ({ bleu }) => {
      bleu.baseline = [26, 34.5, 0];
      bleu["sq-nf4"] = [26.5, 34.4, 0];
    });
    expect(basis).toBe("BLEU: sq-nf4 − baseline en→x +0.50, x→en −0.10");
  });

  it("judgeClaims() lists of many comparisons those that decide", () => {
    const { basis } = verdictAfter("T9", ({ bleu }) => {
      bleu.baseline = [26, 31, 0];
      bleu["wanda-40"] = [24, 32, 0];
    });
    expect(basis).toBe("BLEU in 1 of 8 comparisons: wanda-40 − baseline x→en +1.00");
    expect(verdictAfter("F2.4", () => {}).basis).toMatch(/, and 4 more$/);
  });
});
