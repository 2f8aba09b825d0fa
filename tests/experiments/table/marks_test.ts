import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { markColumns } from "../../../experiments/table/marks.ts";

/** Marks of one column of numbers, `-` for none. */
function marks(texts: string[], moreIsBetter: boolean): string {
  const rows = texts.map((text) => [{ text: "name" }, { text }]);
  const marked = markColumns(rows, 1, moreIsBetter ? [1] : []);
  return marked.map((row) => row[1].mark?.[0] ?? "-").join("");
}

describe("markColumns()", () => {
  it("marks the largest and the second largest where more is better, else the smallest", () => {
    expect(marks(["3", "1", "2", "0"], true)).toBe("b-s-");
    expect(marks(["3", "1", "2", "0"], false)).toBe("-s-b");
    expect(marks(["12860", "3769", "3740", "-1.5"], false)).toBe("--sb");
  });

  it("gives equal values the same rank", () => {
    expect(marks(["2", "2", "1", "1", "0"], true)).toBe("bbss-");
  });

  it("passes over cells that are not numbers", () => {
    expect(marks(["–", "1", "–", "2"], true)).toBe("-s-b");
  });

  it("does not rank a single value, or none", () => {
    expect(marks(["–", "1", "–"], true)).toBe("---");
    expect(marks(["–", "–"], true)).toBe("--");
    expect(marks([], true)).toBe("");
  });

  it("marks no second best among two rows", () => {
    expect(marks(["1", "2"], true)).toBe("-b");
  });

  it("leaves columns before the first number, and the rows it was given, as they are", () => {
    const rows = [[{ text: "1" }, { text: "1" }], [{ text: "2" }, { text: "2" }]];
    const before = structuredClone(rows);
    const marked = markColumns(rows, 1, [0, 1]);
    expect(rows).toEqual(before);
    expect(marked.map(([first]) => first)).toEqual([{ text: "1" }, { text: "2" }]);
  });
});
