import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { CompressOptions } from "../../../inference/compression/compress_options.ts";
import type { LinearStatistics } from "../../../inference/compression/method.ts";
import type { Step } from "../../../inference/compression/step.ts";
import { checkpointWeights, type Weights } from "../../../inference/llama_float64.ts";
import { paddedLlama } from "../../oracle/padded_llama_float64.ts";
import {
  compressed,
  folderBytes,
  type LinearInputs,
  linearTensors,
  oracleStatistics,
  probe,
  randomModel,
  randomSamples,
  statisticsDifference,
  type TestModel,
  withMethod,
} from "./setup.ts";

const PADDED_TO = 24;
const TOLERANCE = 1e-5; // float32 states against float64 ones

describe("compressModel() with paddedTo", () => {
  let model: TestModel;
  const samples = [...randomSamples(5, 90).map((sample) => sample.slice(0, 20)), [
    1,
    5,
    9,
    2,
    7,
    3,
  ]];

  before(async () => {
    model = await randomModel();
  });
  after(() => model[Symbol.asyncDispose]());

  /** The statistics that a step sees, and the model's weights afterwards. */
  async function probed(options: Partial<CompressOptions>) {
    const seen = new Map<string, LinearStatistics>();
    const { result } = await compressed(model, [{ kind: "probe" }], {
      methods: withMethod(probe(seen)),
      calibration: samples,
      ...options,
    });
    const after = await checkpointWeights(result);
    result.close();
    return { seen, after };
  }

  /** Statistics of each tensor's inputs by the oracle; layers before a tensor's own are compressed. */
  async function expected(after: Weights, paddedTo: number, prompts = samples) {
    const dense = await checkpointWeights(model.source);
    const all = new Map<string, Required<LinearStatistics>>();
    for (let layer = 0; layer < model.source.config.layers; layer++) {
      const inputs = new Map<string, LinearInputs>();
      const before = (name: string) => Number(/layers\.(\d+)/.exec(name)?.[1] ?? Infinity) < layer;
      const weights: Weights = (name) => before(name) ? after(name) : dense(name);
      paddedLlama(weights, model.source.config, prompts, paddedTo, (tensor, prompt, input) => {
        if (!tensor.includes(`layers.${layer}.`)) return;
        const of = inputs.get(tensor) ?? prompts.map(() => []);
        of[prompt].push(input);
        inputs.set(tensor, of);
      });
      for (const [tensor, of] of inputs) all.set(tensor, oracleStatistics(of));
    }
    return all;
  }

  function largestDifference(
    seen: ReadonlyMap<string, LinearStatistics>,
    oracle: ReadonlyMap<string, Required<LinearStatistics>>,
  ): number {
    return Math.max(
      ...linearTensors(model.source).map((name) =>
        statisticsDifference(seen.get(name)!, oracle.get(name)!)
      ),
    );
  }

  it("gathers the statistics that the study's code gathers of padded prompts, in every layer", async () => {
    const { seen, after } = await probed({ paddedTo: PADDED_TO });
    const oracle = await expected(after, PADDED_TO);
    expect(largestDifference(seen, oracle)).toBeLessThan(TOLERANCE);
    const { tokens, samples: count } = seen.get("model.layers.1.mlp.down_proj.weight")!.columns!;
    expect([count, tokens]).toEqual([samples.length, samples.length * PADDED_TO]);
    const reversed = await expected(after, PADDED_TO, samples.toReversed()); // another last prompt
    expect(largestDifference(seen, reversed)).toBeGreaterThan(1000 * TOLERANCE);
  });

  it("gives the same bytes with states in memory and on disk", async () => {
    const folders = [model.folder(), model.folder()];
    for (const [i, states] of (["memory", "disk"] as const).entries()) {
      const steps: Step[] = [{ kind: "wanda", sparsity: 0.4 }, { kind: "dsnot", maxCycles: 10 }];
      const options = { states, paddedTo: PADDED_TO, folder: folders[i], calibration: samples };
      (await compressed(model, steps, options)).result.close();
    }
    expect(await folderBytes(folders[1])).toEqual(await folderBytes(folders[0]));
  });

  it("refuses a padding below a sample's length or above the model's positions, before any work", async () => {
    const attempt = (paddedTo: number) =>
      compressed(model, [{ kind: "wanda", sparsity: 0.4 }], { calibration: samples, paddedTo });
    await expect(attempt(10)).rejects.toThrow(/sample 0 .*is to be padded to 10/);
    await expect(attempt(129)).rejects.toThrow(/pad samples to 129 tokens: .*128 positions/);
  });
});
