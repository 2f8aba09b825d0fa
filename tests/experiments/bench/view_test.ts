import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { growthFigure } from "../../../experiments/bench/growth_figure.ts";
import { benchTable, contestantTable, resultLines } from "../../../experiments/bench/view.ts";
import { fakeRecord, fakeResult } from "./fake_benchmarks.ts";

describe("benchTable()", () => {
  it("benchTable() has a row for each ratio, with its target and whether it was reached", () => {
    const record = fakeRecord([fakeResult("a"), fakeResult("b", 0.7)]);
    expect(benchTable(record).toCsv()).toBe(
      "Comparison,ratio,95 % interval,target,\n" +
        "a: ours / theirs,0.500,0.500 to 1.00,≤ 0.6,reached\n" +
        "b: ours / theirs,0.700,0.700 to 1.00,≤ 0.6,missed\n",
    );
  });

  it("benchTable() says what machine it was, that others ran, and what failed", () => {
    const record = {
      ...fakeRecord([]),
      loadBefore: 1.5,
      failures: [{ benchmark: "c", message: "no adapter" }],
    };
    const text = benchTable(record).toText();
    expect(text).toContain("A processor, 2 cores, 16 GiB, linux x86_64");
    expect(text).toContain("Other programs ran meanwhile: the load was 1.5");
    expect(text).toContain("c failed: no adapter");
    expect(benchTable(fakeRecord([])).toText()).not.toContain("Other programs");
  });
});

describe("resultLines()", () => {
  it("resultLines() has every contestant, ratio and note, failures too", () => {
    const result = fakeResult("a");
    const contestants = [...result.contestants, { name: "C", samples: [], error: "gone" }];
    expect(resultLines({ ...result, contestants })).toEqual([
      "a 64 x 64",
      "  mtpress wasm, 2 threads: 0.500 s (0.500 to 0.500, 2 samples)",
      "  PyTorch 2, 2 threads (the other side): 1.00 s (1.00 to 1.00, 2 samples)",
      "  C: failed: gone",
      "  a: ours / theirs: 0.500 (0.500 to 1.00), reached (target ≤ 0.6)",
      "  results agree",
    ]);
  });
});

describe("contestantTable()", () => {
  it("contestantTable() has the medians of those that were measured, and names the others below", () => {
    const failed = { name: "C", samples: [], error: "gone" };
    const table = contestantTable("Work", "s", [{ name: "A", samples: [3, 1, 2] }, failed]);
    expect(table.toCsv()).toBe(",s median,s least,s most,samples\nA,2.00,1.00,3.00,3\n");
    expect(table.content.notes).toEqual(["C failed: gone"]);
  });
});

describe("growthFigure()", () => {
  it("growthFigure() has a line for each contestant over the sizes", () => {
    const wide = { ...fakeResult("a", 4), size: { rows: 128, columns: 128 } };
    const { data } =
      growthFigure(fakeRecord([fakeResult("a"), wide, fakeResult("b")]), "a").content;
    expect(data.map(({ name, x, y }) => [name, x, y])).toEqual([
      ["mtpress wasm, 2 threads", [64, 128], [0.5, 4]],
      ["PyTorch 2, 2 threads", [64, 128], [1, 1]],
    ]);
  });

  it("growthFigure() refuses a benchmark that was not measured", () => {
    expect(() => growthFigure(fakeRecord([fakeResult("a")]), "c")).toThrow(
      'Cannot draw the growth of "c"',
    );
  });
});
