import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { exactly } from "../../../experiments/estimate.ts";
import {
  above,
  all,
  any,
  atLeast,
  below,
  notBetter,
  type Outcome,
  within,
} from "../../../experiments/claims/rules.ts";

const interval = (low: number, high: number) => ({ value: (low + high) / 2, low, high });

describe("rules of claims", () => {
  it("above() and below() hold only when the whole interval is beyond the bound", () => {
    const table: [number, number, Outcome, Outcome][] = [
      [0.1, 2, "holds", "fails"],
      [0, 2, "undecided", "undecided"],
      [-1, 2, "undecided", "undecided"],
      [-2, 0, "undecided", "undecided"],
      [-2, -0.1, "fails", "holds"],
    ];
    for (const [low, high, up, down] of table) {
      expect([above(interval(low, high), 0), below(interval(low, high), 0)]).toEqual([up, down]);
    }
  });

  it("above() and below() decide exact numbers, equal ones too", () => {
    expect([1, 0, -1].map((value) => above(exactly(value), 0))).toEqual([
      "holds",
      "fails",
      "fails",
    ]);
    expect([1, 0, -1].map((value) => below(exactly(value), 0))).toEqual([
      "fails",
      "fails",
      "holds",
    ]);
  });

  it("atLeast() lets the interval touch the bound", () => {
    expect(atLeast(interval(0, 1), 0)).toBe("holds");
    expect(atLeast(interval(-0.1, 1), 0)).toBe("undecided");
    expect(atLeast(interval(-1, -0.1), 0)).toBe("fails");
  });

  it("within() holds only when the whole interval lies within the margin", () => {
    const table: [number, number, Outcome][] = [
      [-0.9, 0.9, "holds"],
      [-1, 0.9, "undecided"],
      [-0.5, 1.5, "undecided"],
      [-3, 3, "undecided"],
      [1, 2, "fails"],
      [-2, -1, "fails"],
    ];
    for (const [low, high, outcome] of table) {
      expect(within(interval(low, high), 0, 1)).toBe(outcome);
    }
  });

  it("notBetter() fails at any certain gain, and holds when no gain of a point is possible", () => {
    expect(notBetter(interval(0.1, 0.2))).toBe("fails");
    expect(notBetter(interval(-2, 0.9))).toBe("holds");
    expect(notBetter(interval(-2, 1.1))).toBe("undecided");
  });

  it("all() fails by one and holds by all; any() holds by one and fails by all", () => {
    const outcomes: Outcome[] = ["holds", "undecided", "fails"];
    for (const a of outcomes) {
      for (const b of outcomes) {
        const rank = [a, b].map((outcome) => outcomes.indexOf(outcome));
        expect(all([a, b])).toBe(outcomes[Math.max(...rank)]);
        expect(any([a, b])).toBe(outcomes[Math.min(...rank)]);
      }
    }
  });
});
