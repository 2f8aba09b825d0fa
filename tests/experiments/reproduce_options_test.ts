import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { parseReproduceOptions, REPRODUCE_HELP } from "../../experiments/reproduce_options.ts";

const refused = (...args: string[]): string => {
  try {
    parseReproduceOptions(args);
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
    return (error as RangeError).message;
  }
  throw new Error(`${args} was accepted`);
};

const ALLOWED =
  "Allowed are --recipe, --only, --model, --dtype, --data, --pair, --device, --backend, --limit, --protocol, --quirks, " +
  "--comet, --fresh, --yes, --no-notebooks, --help";

describe("parseReproduceOptions()", () => {
  it("has defaults for everything", () => {
    expect(parseReproduceOptions([])).toEqual({
      recipes: [],
      only: [],
      data: undefined,
      model: "tiny",
      device: "cpu",
      backend: undefined,
      limit: undefined,
      protocol: "sound",
      quirks: undefined,
      comet: false,
      fresh: false,
      yes: false,
      notebooks: true,
      help: false,
    });
  });

  it("reads every option, with a blank or an equals sign before its value", () => {
    const expected = {
      recipes: ["table_1", "mine.json"],
      only: ["baseline", "en-de"],
      data: { source: "a.txt", reference: "b.txt", direction: "de-cs" },
      model: "./alma",
      dtype: "float16",
      device: "webgpu",
      backend: "blas",
      limit: 4,
      protocol: "study",
      quirks: ["chinese-13a", "padding"],
      comet: true,
      fresh: true,
      yes: true,
      notebooks: false,
      help: true,
    };
    const flags = ["--comet", "--fresh", "--yes", "--no-notebooks", "--help"];
    const pairs = {
      recipe: "table_1,mine.json",
      only: "baseline,en-de",
      data: "a.txt,b.txt",
      pair: "de-cs",
      model: "./alma",
      dtype: "float16",
      device: "webgpu",
      backend: "blas",
      limit: "4",
      protocol: "study",
      quirks: "padding,chinese-13a",
    };
    const values = Object.entries(pairs).flatMap(([name, value]) => [`--${name}`, value]);
    expect(parseReproduceOptions([...flags, ...values])).toEqual(expected);
    const joined = Object.entries(pairs).map(([name, value]) => `--${name}=${value}`);
    expect(parseReproduceOptions([...joined, ...flags])).toEqual(expected);
  });

  it("joins repeated --only", () => {
    expect(parseReproduceOptions(["--only", "en-de,", "--only", "de-en"]).only)
      .toEqual(["en-de", "de-en"]);
  });

  it("says of a wrong value what is allowed", () => {
    expect(refused("--backend", "cuda")).toMatch(/must be reference, wasm, webgpu or blas/);
    expect(refused("--device", "cuda"))
      .toMatch(/Cannot use (--)?device "?cuda"?: it must be cpu or webgpu/);
    for (const limit of ["0", "1.5", "many", "1e400"]) {
      expect(refused("--limit", limit))
        .toBe(`Cannot use --limit ${limit}: it must be a positive integer`);
    }
    expect(refused("--limit=-1")).toContain("a positive integer");
    expect(refused("--limit=")).toContain("a positive integer");
  });

  it("takes quirks under the study's protocol only, by their names, or none", () => {
    const quirks = (...args: string[]) =>
      parseReproduceOptions(["--protocol", "study", ...args]).quirks;
    expect(quirks()).toBeUndefined();
    expect(quirks("--quirks", "none")).toEqual([]);
    expect(quirks("--quirks", "padding", "--quirks", "character-cut")).toEqual([
      "character-cut",
      "padding",
    ]);
    expect(refused("--protocol", "loud"))
      .toBe("Cannot use --protocol loud: it must be sound or study");
    expect(refused("--quirks", "padding"))
      .toBe("Cannot use --quirks padding: it needs --protocol study");
    expect(refused("--protocol", "study", "--quirks", "sampling"))
      .toMatch(/^Cannot use quirk "sampling": it must be one of chinese-13a, /);
  });

  it("takes --data and --pair together only, two files and a direction", () => {
    expect(refused("--data", "a.txt,b.txt")).toContain("Cannot use --data or --pair alone");
    expect(refused("--pair", "de-en")).toContain("Cannot use --data or --pair alone");
    for (const files of ["a.txt", "a.txt,", "a.txt,b.txt,c.txt"]) {
      expect(refused("--data", files, "--pair", "de-en"))
        .toBe(
          `Cannot use --data ${files}: it must be two files with a comma between them, source,reference`,
        );
    }
    expect(refused("--data", "a,b", "--pair", "German"))
      .toBe("Cannot use --pair German: it must be a direction such as de-en");
  });

  it("says of an unknown or misused option which options are allowed, in one line", () => {
    const cases: [string[], string][] = [
      [["--modle", "tiny"], "Unknown option '--modle'"],
      [["-x"], "Unknown option '-x'"],
      [["en-de.txt"], "Unexpected argument 'en-de.txt'"],
      [["--only"], "Option '--only <value>' argument missing"],
      [["--fresh=yes"], "Option '--fresh' does not take an argument"],
      [["--limit", "-3"], "Option '--limit' argument is ambiguous"],
    ];
    for (const [args, reason] of cases) {
      const message = refused(...args);
      expect(message).toBe(`Cannot read the command line: ${reason}. ${ALLOWED}`);
    }
  });
});

describe("REPRODUCE_HELP", () => {
  it("names every option that is allowed", () => {
    const named = [...REPRODUCE_HELP.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, name]) => name);
    expect(`Allowed are ${named.join(", ")}`).toBe(ALLOWED);
  });
});
