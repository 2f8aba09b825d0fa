import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { COMET_HELP, parseCometOptions } from "../../experiments/comet_options.ts";
import {
  GOLDEN,
  GOLDEN_MODEL,
  GOLDEN_TOKENIZER,
  largestDifference,
} from "../inference/comet/golden.ts";
import { checkoutPath, runDeno } from "./command.ts";
import { withFolder } from "./example_rows.ts";

const FILES = ["--source", "s", "--translation", "t", "--reference", "r"];

describe("parseCometOptions()", () => {
  it("parseCometOptions() takes three files or --rows, and nothing between", () => {
    expect(parseCometOptions(FILES)).toMatchObject({
      files: { source: "s", translation: "t", reference: "r" },
      device: "cpu",
      batchSize: 16,
    });
    expect(parseCometOptions(["--rows", "--verify"])).toMatchObject({
      files: undefined,
      verify: true,
    });
    expect(parseCometOptions(["--help"])).toBe("help");
    const wrong = [[], FILES.slice(0, 4), [...FILES, "--rows"], ["--rows", "--output", "o"]];
    for (const args of wrong) expect(() => parseCometOptions(args)).toThrow("--rows alone");
    expect(() => parseCometOptions([...FILES, "--verify"])).toThrow("--verify needs --rows");
    expect(() => parseCometOptions([...FILES, "--batch", "0"])).toThrow("Cannot use --batch 0");
    expect(() => parseCometOptions([...FILES, "--device", "tpu"])).toThrow("cpu or webgpu");
    expect(() => parseCometOptions([...FILES, "--other"])).toThrow(RangeError);
  });

  it("COMET_HELP names every option", () => {
    for (
      const name of [
        "source",
        "rows",
        "model",
        "tokenizer",
        "output",
        "batch",
        "device",
        "threads",
        "verify",
        "json",
      ]
    ) {
      expect(COMET_HELP).toContain(`--${name}`);
    }
  });
});

describe("deno task comet", () => {
  const script = checkoutPath("experiments/comet.ts");

  it("deno task comet scores files and writes segments' scores", () =>
    withFolder(async (folder) => {
      const texts = GOLDEN.texts.slice(1, 5);
      for (const part of ["source", "translation", "reference"] as const) {
        await Deno.writeTextFile(
          `${folder}/${part}`,
          texts.map((text) => text[part]).join("\n") + "\n",
        );
      }
      const output = `${folder}/scores.txt`;
      const args = [
        "--source",
        "source",
        "--translation",
        "translation",
        "--reference",
        "reference",
      ];
      const model = [
        "--model",
        GOLDEN_MODEL,
        "--tokenizer",
        GOLDEN_TOKENIZER,
        "--output",
        output,
        "--json",
      ];
      const graphs = `${folder}/graphs`;
      Deno.env.set("MTPRESS_GRAPHS", graphs);
      const { code, text } = await runDeno(["run", "--allow-all", script, ...args, ...model], {
        results: folder,
        cwd: folder,
      }).finally(() => Deno.env.delete("MTPRESS_GRAPHS"));
      expect(text).toMatch(/^\{"source":"source"/);
      expect(code).toBe(0);
      const result = JSON.parse(text);
      const written = (await Deno.readTextFile(output)).trimEnd().split("\n").map(Number);
      expect(written).toEqual(result.segments);
      expect(largestDifference(written, texts.map(({ score }) => score))).toBeLessThan(1e-4);
      expect(result.score).toBeCloseTo(written.reduce((a, b) => a + b) / 4, 12);
      expect(result.signature).toMatch(/^COMET\|model:model\|weights:/);
    }));

  it("deno task comet says how many lines each file has when they differ, before it loads a model", () =>
    withFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/one`, "a\n");
      await Deno.writeTextFile(`${folder}/two`, "a\n\n");
      const args = [
        "--source",
        "one",
        "--translation",
        "two",
        "--reference",
        "one",
        "--model",
        "none",
      ];
      const { code, text } = await runDeno(["run", "--allow-all", script, ...args], {
        results: folder,
        cwd: folder,
      });
      expect(text.trim()).toBe(
        "Cannot score one, two, one: they have 1, 2, 1 lines, and must have as many, and some",
      );
      expect(code).toBe(1);
    }));
});
