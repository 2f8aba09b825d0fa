import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { ALMA_7B } from "../../data/alma_7b.ts";
import { tinyModelFolder } from "../../data/tiny.ts";
import type { PreparedMethod } from "../../experiments/prepared_method.ts";
import type { Step } from "../../experiments/recipe.ts";
import { confirmRun, runNeeds } from "../../experiments/run_needs.ts";
import { parseLlamaConfig } from "../../inference/llama_config.ts";
import { loadTokenizer } from "../../inference/tokenizer.ts";
import { withFolder } from "./example_rows.ts";

const CONFIG = parseLlamaConfig(ALMA_7B.config, ALMA_7B.id);
const FLOAT16 = 2 * ALMA_7B.parameters;

const prepared = (id: string, ...steps: Step[]) =>
  ({
    method: { id, name: id, precision: "", steps },
    calibration: null,
    compressionKey: steps.length > 0 ? id.padEnd(16, "0") : null,
  }) as unknown as PreparedMethod;

async function needs(methods: PreparedMethod[], results: string) {
  return await runNeeds(methods, CONFIG, await loadTokenizer(tinyModelFolder()), results);
}

describe("runNeeds()", () => {
  it("counts a compressed model and its graph, the graph alone of a model as it is", async () => {
    await withFolder(async (results) => {
      expect((await needs([prepared("baseline")], results)).diskBytes).toBe(FLOAT16);
      const nf4 = await needs([prepared("nf4", { kind: "nf4" })], results);
      expect(nf4.diskBytes).toBeGreaterThan(2 * 3.8e9);
      expect(nf4.diskBytes).toBeLessThan(2 * 4.2e9);
      expect(nf4.seconds).toBeGreaterThan(60);
      const pruned = await needs(
        [prepared("magnitude", { kind: "magnitude", sparsity: 0.4 })],
        results,
      );
      expect(pruned.diskBytes).toBeGreaterThan(FLOAT16 + 9e9);
    });
  });

  it("leaves out what is there already", async () => {
    await withFolder(async (results) => {
      await Deno.mkdir(`${results}/models/nf4-nf40000000000000`, { recursive: true });
      const { methods, diskBytes } = await needs([prepared("nf4", { kind: "nf4" })], results);
      expect([methods, diskBytes]).toEqual([[], 0]);
    });
  });
});

describe("confirmRun()", () => {
  const large = { methods: ["baseline", "gptq-4"], diskBytes: 21e9, seconds: 4 * 3600 };
  const confirm = async (yes: boolean, free: number, wanted = large) => {
    const said: string[] = [];
    const say = (sentence: string) => said.push(sentence);
    await confirmRun(wanted, "results", { yes, say, free: () => Promise.resolve(free) });
    return said;
  };

  it("begins a large run when it was agreed to and there is room, and says what it takes", async () => {
    const [sentence] = await confirm(true, 30e9);
    expect(sentence).toContain(
      "baseline, gptq-4 and a graph at a time take 21 GB of disk, of 30 GB free",
    );
    expect(sentence).toContain("about 4.0 h to compress");
  });

  it("refuses a large run that was not agreed to, and one without room even then", async () => {
    await expect(confirm(false, 30e9)).rejects.toThrow("Cannot begin without --yes");
    await expect(confirm(true, 20e9)).rejects.toThrow("results has 20 GB free; take fewer methods");
  });

  it("says nothing of a small run", async () => {
    expect(await confirm(false, 0, { ...large, diskBytes: 1e9 })).toEqual([]);
  });
});
