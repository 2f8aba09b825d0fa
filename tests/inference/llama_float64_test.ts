import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { llamaTensorShapes, parseLlamaConfig } from "../../inference/llama_config.ts";
import { llamaLogits, type Weights } from "../../inference/llama_float64.ts";

interface Fixture {
  ids: number[];
  cases: { title: string; case: number; config: unknown; last: number[]; maxima: number[] }[];
}

const fixture: Fixture = JSON.parse(
  await Deno.readTextFile(new URL("../golden/llama/cases.json", import.meta.url)),
);

/** The weights of the fixture, drawn as tests/golden/llama/make.py draws them. */
function weight(name: string, shape: readonly number[], number: number): Float64Array {
  let state = 7919 * number;
  for (let i = 0; i < name.length; i++) state += name.charCodeAt(i) * (i + 1);
  state %= 2147483647;
  return Float64Array.from({ length: shape.reduce((a, b) => a * b) }, () => {
    state = state * 48271 % 2147483647;
    const value = (state % 129 - 64) / 64;
    return shape.length === 1 ? 1 + value / 4 : value / 2;
  });
}

function fixtureModel({ config: json, case: number }: Fixture["cases"][number]) {
  const config = parseLlamaConfig(json, "cases.json");
  const tensors = new Map<string, Float64Array>();
  for (const [name, shape] of llamaTensorShapes(config)) {
    tensors.set(name, weight(name, shape, number));
  }
  const weights: Weights = (name) => tensors.get(name)!;
  return { config, weights };
}

function largestDifference(a: ArrayLike<number>, b: readonly number[]): number {
  expect(a.length).toBe(b.length);
  return Math.max(...b.map((value, i) => Math.abs(value - a[i])));
}

describe("llamaLogits()", () => {
  for (const entry of fixture.cases) {
    it(`llamaLogits() equals transformers in float64: ${entry.title}`, () => {
      const { config, weights } = fixtureModel(entry);
      const logits = llamaLogits(weights, config, fixture.ids);
      expect(largestDifference(logits.at(-1)!, entry.last)).toBeLessThan(1e-12);
      const maxima = logits.map((row) => row.reduce((a, b) => Math.max(a, b)));
      expect(largestDifference(maxima, entry.maxima)).toBeLessThan(1e-12);
    });
  }

  it("llamaLogits() of a prefix do not depend on what follows", () => {
    const { config, weights } = fixtureModel(fixture.cases[1]);
    const prefix = llamaLogits(weights, config, fixture.ids.slice(0, 4));
    const whole = llamaLogits(weights, config, fixture.ids);
    expect(prefix).toEqual(whole.slice(0, 4));
  });
});
