import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { METHODS } from "../../../inference/compression/methods.ts";
import type { Step } from "../../../inference/compression/step.ts";
import { checkSteps, stepMethod } from "../../../inference/compression/steps.ts";

const check = (...steps: Step[]) => checkSteps(steps, METHODS);
const wanda = { kind: "wanda", sparsity: 0.4 };
const gptq = { kind: "gptq", bits: 4 };

describe("checkSteps()", () => {
  it("allows every combination of the study", () => {
    check();
    check(gptq);
    check({ kind: "smoothquant", alpha: 0.5 }, { kind: "nf4", doubleQuantization: true });
    check(wanda, { kind: "dsnot", skip: "mlp" });
    check(wanda, { kind: "gptq", bits: 4, groupSize: 128, respectMask: true, sequential: true });
    check({ kind: "magnitude", n: 2, m: 4 }, { kind: "dsnot", m: 4 });
    check({ kind: "rtn", bits: 8, groupSize: 64, symmetric: false });
    check({ kind: "wanda", sparsity: 0.5, variant: true });
  });

  const refused: [string, Step[], RegExp][] = [
    ["an unknown kind", [{ kind: "awq" }], /"awq": the kinds are gptq, rtn, nf4, smoothquant/],
    [
      "an unknown option",
      [{ ...gptq, group: 128 }],
      /"group" in step gptq: its options are bits,.*sequential/,
    ],
    [
      "a missing option",
      [{ kind: "gptq" }],
      /without bits: it must be given, a whole number from 2 to 8/,
    ],
    ["a wrong type", [{ ...gptq, symmetric: 1 }], /symmetric 1 .* must be true or false/],
    ["a value out of range", [{ kind: "rtn", bits: 2.5 }], /bits 2.5 in step rtn.*from 2 to 8/],
    ["a group of no columns", [{ ...gptq, groupSize: 0 }], /groupSize 0.*at least 1, or -1/],
    ["negative damping", [{ ...gptq, damping: -1 }], /damping -1/],
    ["a block of no elements", [{ kind: "nf4", blockSize: 0 }], /blockSize 0.*of at least 1/],
    ["alpha above 1", [{ kind: "smoothquant", alpha: 1.5 }], /alpha 1.5.*from 0 to 1/],
    ["no sparsity", [{ kind: "wanda" }], /neither sparsity nor n and m/],
    ["both forms of sparsity", [{ ...wanda, n: 2, m: 4 }], /both sparsity and n and m/],
    ["n above m", [{ kind: "magnitude", n: 5, m: 4 }], /n 5.*at most m 4/],
    ["a run without m", [{ kind: "magnitude", n: 2 }], /without m/],
    [
      "a variant with runs",
      [{ kind: "wanda", n: 2, m: 4, variant: true }],
      /variant true.*needs sparsity/,
    ],
    [
      "an option of another method",
      [{ kind: "magnitude", sparsity: 0.4, variant: true }],
      /"variant" in step magnitude/,
    ],
    [
      "a word that is none of the words",
      [wanda, { kind: "dsnot", skip: "attn" }],
      /skip "attn".*"" or "mlp"/,
    ],
    [
      "DSnoT without a mask",
      [{ kind: "dsnot" }],
      /step dsnot as step 1: the step before it must prune/,
    ],
    [
      "DSnoT behind a step that does not prune",
      [gptq, { kind: "dsnot" }],
      /step 2: the step before it must prune/,
    ],
    [
      "DSnoT behind quantisation of what was pruned",
      [wanda, gptq, { kind: "dsnot" }],
      /step 3: the step before it must prune/,
    ],
    ["a mask to respect where there is none", [{ ...gptq, respectMask: true }], /must prune/],
    [
      "smoothing behind quantisation",
      [{ kind: "nf4" }, { kind: "smoothquant" }],
      /must come before nf4/,
    ],
    [
      "sequential smoothing",
      [{ kind: "smoothquant", sequential: true }],
      /sequential true in step smoothquant/,
    ],
    ["sequential as a word", [{ ...gptq, sequential: "yes" }], /sequential "yes".*true or false/],
  ];
  for (const [what, steps, rule] of refused) {
    it(`refuses ${what}`, () => expect(() => check(...steps)).toThrow(rule));
  }

  it("refuses two methods of one kind", () => {
    expect(() => checkSteps([], [...METHODS, METHODS[0]])).toThrow(
      /two methods of the kind "gptq"/,
    );
  });
});

describe("stepMethod()", () => {
  it("finds a method that is passed in", () => {
    const mine = { ...METHODS[1], kind: "mine" };
    expect(stepMethod({ kind: "mine" }, [...METHODS, mine])).toBe(mine);
  });
});
