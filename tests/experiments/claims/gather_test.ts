import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Direction } from "../../../data/directions.ts";
import { almaMemory, claimEvidence } from "../../../experiments/claims/gather.ts";
import { level } from "../../../experiments/claims/bleu_samples.ts";
import { type Recipe } from "../../../experiments/recipe.ts";
import { loadRecipe } from "../../../experiments/recipes.ts";
import type { ResultRow } from "../../../experiments/row.ts";
import { openTestSet } from "../../../experiments/test_set.ts";
import { EXAMPLE_RECIPE, exampleRow } from "../example_rows.ts";

const SEGMENTS = 3;
const testSet = await openTestSet("tiny/test");

/** Translates like the reference, or into the source itself. */
const store = {
  hypotheses: (row: ResultRow) => {
    const { sources, references } = testSet.unit(row.direction, SEGMENTS);
    return Promise.resolve(row.method.id === "baseline" ? references : sources);
  },
};

function row(method: string, direction: Direction, perplexity: number): ResultRow {
  return exampleRow({
    method: { id: method, steps: [] },
    direction,
    perplexity,
    data: testSet.unit(direction, SEGMENTS).data,
  });
}

const ROWS = EXAMPLE_RECIPE.directions.flatMap((direction, i) => [
  row("gptq", direction, 3 + i),
  row("baseline", direction, 2 + i),
]);
const gather = (rows: readonly ResultRow[], recipe: Recipe = EXAMPLE_RECIPE) =>
  claimEvidence([{ recipe, rows }], { store });

describe("claimEvidence()", () => {
  it("claimEvidence() scores the stored translations of each method both ways", async () => {
    const { bleu, model } = await gather(ROWS);
    expect(model).toBe("tiny");
    const { outOfEnglish, intoEnglish } = bleu.get("baseline")!;
    expect([outOfEnglish, intoEnglish].map((way) => Math.round(level(way).value))).toEqual([
      100,
      100,
    ]);
    expect(level(bleu.get("gptq")!.outOfEnglish).high).toBeLessThan(50);
    expect(bleu.get("gptq")!.setting).toBe(bleu.get("baseline")!.setting);
  });

  it("claimEvidence() orders perplexities as the recipe orders directions", async () => {
    const { perplexity } = await gather(ROWS.toReversed());
    expect(perplexity.get("gptq")).toEqual([3, 4, 5]);
  });

  it("claimEvidence() leaves out a method that lacks a direction", async () => {
    const { bleu, perplexity } = await gather(ROWS.slice(1));
    expect([[...bleu.keys()], [...perplexity.keys()]]).toEqual([["baseline"], ["baseline"]]);
  });

  it("claimEvidence() has no BLEU both ways of a recipe with one way", async () => {
    const { bleu, perplexity } = await gather(ROWS, { ...EXAMPLE_RECIPE, directions: ["en-de"] });
    expect(bleu.size).toBe(0);
    expect(perplexity.get("baseline")).toEqual([2]);
  });

  it("claimEvidence() tells scores of other sentences apart", async () => {
    const other = { ...EXAMPLE_RECIPE, id: "other", methods: [EXAMPLE_RECIPE.methods[1]] };
    const rows = EXAMPLE_RECIPE.directions.map((direction) =>
      exampleRow({
        method: { id: "gptq", steps: [] },
        direction,
        data: testSet.unit(direction, 2).data,
      })
    );
    const short = {
      hypotheses: async (r: ResultRow) => (await store.hypotheses(r)).slice(0, r.data.segments),
    };
    const { bleu } = await claimEvidence(
      [{ recipe: EXAMPLE_RECIPE, rows: ROWS.filter(({ method }) => method.id === "baseline") }, {
        recipe: other,
        rows,
      }],
      { store: short },
    );
    expect(bleu.get("gptq")!.setting).not.toBe(bleu.get("baseline")!.setting);
  });

  it("claimEvidence() takes the sparsity of compressed models", async () => {
    const compression = { key: "k", backend: "wasm", seconds: 1, sparsity: 0.25 };
    const { sparsity } = await gather(
      ROWS.map((r) => r.method.id === "gptq" ? { ...r, compression } : r),
    );
    expect([...sparsity]).toEqual([["gptq", 0.25]]);
  });

  it("claimEvidence() refuses rows of two models", async () => {
    const foreign = exampleRow({ model: { id: "large", sha256: "f".repeat(64) } });
    await expect(gather([...ROWS, foreign])).rejects.toThrow("rows of tiny and large");
  });

  it("claimEvidence() knows ALMA-7B's bytes and nothing measured when there are no rows", async () => {
    const { bleu, memory, model } = await gather([]);
    expect([bleu.size, [...memory.keys()], model]).toEqual([0, ["baseline", "gptq"], "no model"]);
  });
});

describe("almaMemory()", () => {
  it("almaMemory() keeps pruned weights dense in the libraries and not on disk", async () => {
    const memory = almaMemory((await loadRecipe("table_1")).methods);
    const [dense, pruned] = ["baseline", "wanda-40"].map((id) => memory.get(id)!);
    expect(dense.stored).toBe(2 * 6_738_415_616);
    expect(pruned.library).toBe(dense.library);
    expect(pruned.stored / dense.stored).toBeCloseTo(0.675, 2);
  });

  it("almaMemory() leaves out methods whose steps it does not know", () => {
    expect(almaMemory([{ id: "own", name: "Own", precision: "", steps: [{ kind: "own" }] }]).size)
      .toBe(0);
  });
});
