import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { ALMA_7B } from "../../data/alma_7b.ts";
import { checkMethodMemory } from "../../experiments/method_memory.ts";
import type { MethodRecipe, Step } from "../../experiments/recipe.ts";
import { parseLlamaConfig } from "../../inference/llama_config.ts";

const CONFIG = parseLlamaConfig(ALMA_7B.config, ALMA_7B.id);
const method = (id: string, ...steps: Step[]): MethodRecipe => ({
  id,
  name: id,
  precision: "",
  steps,
});
const METHODS = [
  method("baseline"),
  method("gptq-4", { kind: "gptq", bits: 4, groupSize: 128 }),
  method("wanda-40", { kind: "wanda", sparsity: 0.4 }),
  method("nf4", { kind: "nf4" }),
];

describe("checkMethodMemory()", () => {
  it("refuses what becomes float32 and does not fit, and names what can be run", () => {
    expect(() => checkMethodMemory(METHODS, CONFIG, "cpu", 24e9)).toThrow(
      "Cannot run baseline, wanda-40 on device cpu: the weights take up to 27.0 GB as float32, and the " +
        "machine has 24.0 GB; use --device webgpu, or --only gptq-4,nf4",
    );
    const everything = "Cannot run baseline, gptq-4, wanda-40, nf4 on device cpu";
    expect(() => checkMethodMemory(METHODS, CONFIG, "cpu", 2e9)).toThrow(everything);
  });

  it("lets pass what fits, other devices, small models, and methods that nothing is known of", () => {
    checkMethodMemory(METHODS, CONFIG, "cpu", 32e9);
    checkMethodMemory([METHODS[1], METHODS[3]], CONFIG, "cpu", 5e9);
    checkMethodMemory(METHODS, CONFIG, "webgpu", 1);
    checkMethodMemory(METHODS, { ...CONFIG, layers: 1, vocabularySize: 100 }, "cpu", 1);
    checkMethodMemory([method("mine", { kind: "mine" })], CONFIG, "cpu", 1);
  });
});
