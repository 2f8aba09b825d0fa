import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { ResultRow } from "../../experiments/row.ts";
import { scoreTranslations } from "../../experiments/score.ts";
import { deriveTolerance } from "../../experiments/tolerance.ts";
import { exampleRow } from "./example_rows.ts";

const references = ["The dog sleeps in the garden.", "We bought a new house.", "She reads books."];
const hypotheses = [
  "The dog sleeps in the garden.",
  "We bought the old house.",
  "She reads books.",
];

const scored = (
  lines: readonly string[],
  perplexity: number,
  device: "cpu" | "webgpu",
): ResultRow => {
  const row = exampleRow({});
  return {
    ...row,
    direction: "de-en",
    scores: scoreTranslations(lines, references, "de-en"),
    perplexity,
    device: { ...row.device, device },
  };
};

const row = scored(hypotheses, 2, "cpu");
const text = { row, hypotheses, references };

describe("deriveTolerance()", () => {
  it("is the effect of one sentence where the backends agree", () => {
    const tolerance = deriveTolerance([text], [[row, row]]);
    const without = [0, 1, 2].map((left) => {
      const keep = (_: string, i: number) => i !== left;
      const scores = scoreTranslations(hypotheses.filter(keep), references.filter(keep), "de-en");
      return Math.abs(scores.bleu.score - row.scores.bleu.score);
    });
    expect(tolerance.bleu).toBe(Math.max(...without));
    expect(tolerance.perplexity).toBe(1e-4);
  });

  it("is twice the largest difference between backends where that is larger", () => {
    const other = scored(["A cat.", "Nothing at all was said.", "Books."], 2.5, "webgpu");
    const tolerance = deriveTolerance([text], [[row, row], [row, other]]);
    const difference = row.scores.bleu.score - other.scores.bleu.score;
    expect(tolerance.bleu).toBeCloseTo(2 * difference, 12);
    expect(tolerance.perplexity).toBeCloseTo(2 * 0.25, 12);
    expect(tolerance.derivedFrom.map((name) => name.split(",")[0])).toEqual(["cpu", "webgpu"]);
  });

  it("refuses to derive anything from nothing", () => {
    expect(() => deriveTolerance([text], [])).toThrow("rows of two devices or backends are needed");
  });
});
