import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { ALMA_7B } from "../../data/alma_7b.ts";
import { randomForm, type RunForm } from "../../experiments/proofs/random_form.ts";
import { parseLlamaConfig } from "../../inference/llama_config.ts";
import { checkWeightMemory, residentWeightBytes } from "../../inference/weight_memory.ts";

const alma = parseLlamaConfig(ALMA_7B.config, ALMA_7B.id);
const LINEARS = 6_476_005_376; // weights of the linear layers
const HEAD = 32_000 * 4096;
const NORMS = 65 * 4096;

function bytes(form: RunForm): number {
  return residentWeightBytes(randomForm(alma, [form], 0));
}

describe("residentWeightBytes()", () => {
  it("counts float16 weights as float32, but the embedding as it is stored", () => {
    expect(bytes("16-bit")).toBe(4 * (LINEARS + HEAD + NORMS) + 2 * HEAD);
  });

  it("counts codes with float32 scales as the graph has them", () => {
    const rest = 4 * (HEAD + NORMS) + 2 * HEAD;
    expect(bytes("4-bit")).toBe(LINEARS / 2 + 4 * LINEARS / 128 + rest);
    expect(bytes("8-bit")).toBe(LINEARS + 4 * LINEARS / 128 + rest);
    expect(bytes("nf4")).toBe(LINEARS / 2 + 4 * LINEARS / 64 + rest);
  });
});

describe("checkWeightMemory()", () => {
  const model = randomForm(alma, ["16-bit"], 0);

  it("refuses a model that takes more than there is, and names both", () => {
    expect(() => checkWeightMemory(model, "cpu", 23e9)).toThrow(
      "on device cpu: its weights take 26.7 GB as float32, and there are 23.0 GB; use device webgpu",
    );
  });

  it("lets a model pass that fits, any model where memory is Infinity, and any on other devices", () => {
    checkWeightMemory(randomForm(alma, ["4-bit"], 0), "cpu", 5e9);
    checkWeightMemory(model, "cpu", Infinity);
    checkWeightMemory(model, "webgpu", 1);
  });
});
