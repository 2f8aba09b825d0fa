import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { ALMA_7B } from "../../../data/alma_7b.ts";
import { compressionNeeds } from "../../../inference/compression/needs.ts";
import type { Step } from "../../../inference/compression/step.ts";
import { parseLlamaConfig } from "../../../inference/llama_config.ts";
import { compressed, randomModel, randomSamples, type TestModel } from "./setup.ts";

const GPTQ: Step = { kind: "gptq", bits: 4, groupSize: 16, sequential: true };
const METHODS: readonly (readonly Step[])[] = [
  [],
  [{ kind: "rtn", bits: 4, groupSize: 16 }],
  [{ kind: "smoothquant" }, { kind: "nf4", doubleQuantization: true }],
  [{ kind: "wanda", sparsity: 0.4 }],
  [{ kind: "wanda", sparsity: 0.4 }, GPTQ],
];

describe("compressionNeeds()", () => {
  let model: TestModel;
  const calibration = randomSamples(150, 90);

  before(async () => {
    model = await randomModel({ dtype: "F16" });
  });
  after(() => model[Symbol.asyncDispose]());

  for (const steps of METHODS) {
    it(`says the bytes that are written: ${steps.map(({ kind }) => kind).join(", ") || "none"}`, async () => {
      const { config } = model.source;
      const folder = model.folder();
      const largest = { states: 0 };
      const { report, result } = await compressed(model, steps, {
        ...{ calibration, folder, states: "disk" },
        onActivity: () => {
          const bytes = filesBytes(`${folder}/calibration-states`);
          largest.states = Math.max(largest.states, bytes);
        },
      });
      result.close();
      const memory = compressionNeeds(config, steps, { calibration });
      const disk = compressionNeeds(config, steps, { calibration, states: "disk" });
      expect(memory.outputBytes).toBe(report.bytes);
      const room = disk.diskBytes - disk.outputBytes;
      const headers = 16 * 200;
      expect(largest.states).toBeGreaterThanOrEqual(memory.statesBytes);
      expect(largest.states).toBeLessThanOrEqual(room + headers);
    });
  }

  it("counts states by their padding", () => {
    const { config } = model.source;
    const { statesBytes } = compressionNeeds(config, [GPTQ], { calibration, paddedTo: 64 });
    expect(statesBytes).toBe(150 * 64 * 32 * 4);
    expect(compressionNeeds(config, [{ kind: "nf4" }], { calibration }).statesBytes).toBe(0);
  });

  it("stays within 6 GB of memory for ALMA-7B and 512 sentences, and names the study's 17 GB of states", () => {
    const config = parseLlamaConfig(ALMA_7B.config, ALMA_7B.id);
    const sentences = Array.from({ length: 512 }, () => Array<number>(130).fill(5));
    const gptq: Step = { ...GPTQ, groupSize: 128 };
    for (
      const steps of [[gptq], [{ kind: "wanda", sparsity: 0.4 }, gptq], ...METHODS.slice(0, 4)]
    ) {
      const needs = compressionNeeds(config, steps as Step[], { calibration: sentences });
      expect(needs.memoryBytes).toBeLessThan(6e9);
    }
    const wanda = [{ kind: "wanda", sparsity: 0.4 }];
    const study = { calibration: sentences, paddedTo: 2048, states: "disk" } as const;
    const { statesBytes, productOperations } = compressionNeeds(config, wanda, study);
    expect(statesBytes).toBe(512 * 2048 * 4096 * 4);
    const sound = compressionNeeds(config, wanda, { calibration: sentences });
    expect(productOperations / sound.productOperations).toBeGreaterThan(2048 / 130);
  });
});

function filesBytes(folder: string): number {
  try {
    const files = [...Deno.readDirSync(folder)].filter(({ name }) => !name.endsWith(".partial"));
    return files.reduce((sum, { name }) => sum + Deno.statSync(`${folder}/${name}`).size, 0);
  } catch {
    return 0; // it is made with the first states
  }
}
