import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { RUN } from "../../../experiments/proofs/run.ts";
import { parseRunOptions } from "../../../experiments/proofs/run_options.ts";
import { itNeeds } from "../../needs.ts";
import { runWithDriver, SOFTWARE_DRIVER, SWIFTSHADER } from "../../inference/software_adapter.ts";

describe("parseRunOptions()", () => {
  it("runs 4 and 8 bits on the CPU and all forms on webgpu, unless it is told", () => {
    const forms = (...args: string[]) => parseRunOptions(args).forms.map(({ form }) => form);
    expect(forms()).toEqual(["4-bit", "8-bit"]);
    expect(forms("--device", "webgpu")).toEqual(["16-bit", "8-bit", "4-bit", "nf4"]);
    expect(forms("--model", "folder")).toEqual([]);
    expect(forms("--forms", "nf4,4-bit@4")).toEqual(["nf4", "4-bit"]);
  });

  it("reads levels, batches and sizes", () => {
    const args = ["--forms", "8-bit@1,nf4", "--batch", "1,4", "--prompt", "9", "--layers", "2"];
    expect(parseRunOptions(args)).toMatchObject({
      forms: [{ form: "8-bit", accuracyLevel: 1 }, { form: "nf4", accuracyLevel: undefined }],
      batches: [1, 4],
      promptTokens: 9,
      layers: 2,
      shape: "alma-7b",
    });
  });

  it("refuses what does not exist", () => {
    expect(() => parseRunOptions(["--shape", "13b"])).toThrow(/must be one of alma-7b, 1.1b, 135m/);
    expect(() => parseRunOptions(["--forms", "5-bit"])).toThrow(/must be one of 16-bit, 8-bit/);
    expect(() => parseRunOptions(["--batch", "1,0"])).toThrow("Cannot use --batch 0");
    expect(() => parseRunOptions(["--speed", "9"])).toThrow("Allowed are");
  });
});

describe("deno task proof run", () => {
  it("runs every form in turn, prints what it took, and gives it as JSON", async () => {
    const lines: string[] = [];
    const args = "--shape 135m --layers 1 --vocabulary 300 --prompt 5 --tokens 3 --repeats 2"
      .split(" ");
    const forms = ["--forms", "16-bit,8-bit,4-bit@4,nf4", "--batch", "1,2"];
    const result = await RUN.run([...args, ...forms], (line) => lines.push(line));
    const models = result.models as { name: string; batches: Record<string, number>[] }[];
    expect(models.map(({ name }) => name)).toEqual(["16-bit", "8-bit@1", "4-bit@4", "nf4"]);
    expect(models[0].batches.map(({ tokenRatio }) => tokenRatio)).toEqual([1, 1]);
    for (const { batches } of models) {
      expect(batches.map(({ batch }) => batch)).toEqual([1, 2]);
      for (const { newTokensPerSecond, prefillTokensPerSecond } of batches) {
        expect(newTokensPerSecond).toBeGreaterThan(0);
        expect(prefillTokensPerSecond).toBeGreaterThan(0);
      }
    }
    expect(lines.filter((line) => line.startsWith("run 2 of"))).toHaveLength(4);
    expect(lines.at(-1)).toMatch(/^Peak resident memory of the process: /);
  });

  itNeeds(
    SWIFTSHADER,
    "gives on webgpu the CPU's logits of two layers of ALMA-7B's width, in 4-bit and NF4 codes",
    async () => {
      const child = "../experiments/proofs/wide_child.ts";
      const { stdout, stderr } = await runWithDriver(SOFTWARE_DRIVER!, child);
      if (stdout === "") throw new Error(stderr);
      const { logits, largest, distance } = JSON.parse(stdout);
      expect(logits).toBe(2 * 256);
      expect(largest).toBeGreaterThan(1);
      expect(distance / largest).toBeLessThan(1e-4);
    },
  );
});
