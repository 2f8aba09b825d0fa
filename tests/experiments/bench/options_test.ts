import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { BENCHMARKS } from "../../../experiments/bench/benchmarks.ts";
import { BENCH_HELP, parseBenchOptions } from "../../../experiments/bench/options.ts";
import { fakeBenchmark } from "./fake_benchmarks.ts";

const KNOWN = ["a", "b", "c"].map((id) => fakeBenchmark(id, []));
const parse = (...args: string[]) => parseBenchOptions(args, KNOWN);

describe("parseBenchOptions()", () => {
  it("parseBenchOptions() runs everything, seven times, unless told otherwise", () => {
    expect(parse()).toEqual({
      benchmarks: KNOWN,
      list: false,
      quick: false,
      repeats: 7,
      json: undefined,
      resume: false,
      python: undefined,
      gptqCheckout: undefined,
      llamaCpp: false,
    });
    expect(parse("--quick")).toMatchObject({ quick: true, repeats: 3 });
  });

  it("parseBenchOptions() keeps the order of the list, whatever the order of the ids", () => {
    expect(parse("c", "a")).toMatchObject({ benchmarks: [KNOWN[0], KNOWN[2]] });
  });

  it("parseBenchOptions() refuses unknown ids, and fewer rounds than give an interval", () => {
    expect(() => parse("d")).toThrow('Cannot run benchmark "d": it must be one of a, b, c');
    expect(() => parse("--repeats", "6")).toThrow("Cannot use --repeats 6: it must be at least 7");
    expect(parse("--repeats", "1", "--quick")).toMatchObject({ repeats: 1 });
    expect(() => parse("--fast")).toThrow(RangeError);
  });

  it("parseBenchOptions() has a help that names every option", () => {
    expect(parse("--help")).toBe("help");
    for (const name of ["list", "quick", "repeats", "json", "resume", "python", "gptq", "llama"]) {
      expect(BENCH_HELP).toContain(`--${name}`);
    }
  });
});

describe("BENCHMARKS", () => {
  it("BENCHMARKS have ids of their own, and sentences without a full stop", () => {
    expect(new Set(BENCHMARKS.map(({ id }) => id)).size).toBe(BENCHMARKS.length);
    for (const { sentence } of BENCHMARKS) expect(sentence).toMatch(/^[A-Z][^\n]*[^.]$/);
  });
});
