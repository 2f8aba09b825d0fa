import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { expNonPositive, logProbability, normalise } from "../../inference/log_softmax.ts";
import { Shortlist } from "../../inference/shortlist.ts";
import { logSoftmax } from "./beam_oracle.ts";
import { uniform } from "./random_checkpoint.ts";

const row = () => ({ max: 0, logSum: 0 });

describe("expNonPositive()", () => {
  it("is within 1e-12 of exp and falls where exp falls", () => {
    let worst = 0, falls = true;
    for (let x = 0; x >= -40; x -= 1 / 1024) {
      worst = Math.max(worst, Math.abs(expNonPositive(x) - Math.exp(x)));
      falls &&= expNonPositive(x - 1e-3) < expNonPositive(x);
    }
    expect(falls).toBe(true);
    expect(worst).toBeLessThan(1e-12);
    expect(expNonPositive(0)).toBe(1);
  });
});

describe("normalise()", () => {
  it("gives the float64 log-softmax to float32 accuracy, also far from 0 and with -Infinity", () => {
    const random = uniform(6);
    for (const offset of [0, 1000, -30000]) {
      const logits = Float32Array.from({ length: 999 }, () => offset + 30 * random());
      logits[17] = -Infinity;
      const norm = normalise(logits, 0, logits.length, row());
      logSoftmax(logits).forEach((expected, v) => {
        const actual = logProbability(logits[v], norm);
        if (v === 17) expect(actual).toBe(-Infinity);
        else expect(Math.abs(actual - expected)).toBeLessThanOrEqual(4e-6);
      });
    }
  });

  it("refuses a row without a softmax", () => {
    for (const bad of [[0, NaN, 1], [NaN], [Infinity, 0], [-Infinity, -Infinity]]) {
      expect(() => normalise(Float32Array.from(bad), 0, bad.length, row())).toThrow(RangeError);
    }
  });
});

describe("Shortlist", () => {
  it("holds what a stable sort of every candidate begins with", () => {
    const random = uniform(12);
    for (let trial = 0; trial < 60; trial++) {
      const V = 1 + Math.floor(60 * random()), rows = 1 + Math.floor(5 * random());
      // few distinct values: many ties
      const logits = Float32Array.from({ length: rows * V }, () => Math.floor(4 * random()));
      const list = new Shortlist(10);
      const everything: { row: number; token: number; score: number }[] = [];
      for (let r = 0; r < rows; r++) {
        const start = Math.fround(-random());
        list.offerRow(logits, r * V, V, r, start);
        const norm = normalise(logits, r * V, V, row());
        for (let v = 0; v < V; v++) {
          const score = Math.fround(logProbability(logits[r * V + v], norm) + start);
          everything.push({ row: r, token: v, score });
        }
      }
      everything.sort((a, b) => b.score - a.score);
      const actual = Array.from({ length: list.length }, (_, c) => ({
        row: list.rows[c],
        token: list.tokens[c],
        score: list.scores[c],
      }));
      expect(actual).toEqual(everything.slice(0, 10));
    }
  });
});
