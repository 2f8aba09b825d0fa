import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { asStored } from "../../../inference/compressed/encode.ts";
import type { LinearStatistics } from "../../../inference/compression/method.ts";
import type { Step } from "../../../inference/compression/step.ts";
import { gptq } from "../../../kernels/gptq.ts";
import { sparseWeight } from "../../../kernels/sparse.ts";
import { wandaMask } from "../../../kernels/wanda.ts";
import { checkpointWeights, type Weights } from "../../../inference/llama_float64.ts";
import {
  compressed,
  linearTensors,
  oracleInputs,
  oracleStatistics,
  probe,
  randomModel,
  randomSamples,
  statisticsDifference,
  tensorMatrix,
  type TestModel,
  withMethod,
} from "./setup.ts";

/** float32 states against float64 ones. */
const TOLERANCE = 1e-5;

describe("compressModel()", () => {
  let model: TestModel;
  let dense: Weights;
  const samples = randomSamples(72, 90); // more tokens than run together, so that there are two batches

  before(async () => {
    model = await randomModel();
    dense = await checkpointWeights(model.source);
  });
  after(() => model[Symbol.asyncDispose]());

  /** The weights that a linear layer's statistics are gathered with: what `isCompressed` says is as it is afterwards. */
  type IsCompressed = (tensor: string, of: string) => boolean;

  /** Largest difference between the statistics seen and those of the oracle. */
  function largestDifference(
    { seen, after }: { seen: ReadonlyMap<string, LinearStatistics>; after: Weights },
    isCompressed: IsCompressed,
  ): number {
    const tensors = linearTensors(model.source);
    expect([...seen.keys()].sort()).toEqual(tensors);
    const runs = new Map<string, ReturnType<typeof oracleInputs>>();
    return Math.max(...tensors.map((of) => {
      const names = new Set(tensors.filter((name) => isCompressed(name, of)));
      const key = [...names].join();
      const weights: Weights = (name) => names.has(name) ? after(name) : dense(name);
      if (!runs.has(key)) runs.set(key, oracleInputs(weights, model.source, samples));
      if (/[kv]_proj|up_proj/.test(of)) return 0; // they share the statistics of q_proj and gate_proj
      return statisticsDifference(seen.get(of)!, oracleStatistics(runs.get(key)!.get(of)!));
    }));
  }

  /** Runs steps with a probe and gives what it saw and the compressed model's weights. */
  async function probed(steps: readonly { kind: string; sequential?: boolean }[], of?: "previous") {
    const seen = new Map<string, LinearStatistics>();
    const methods = withMethod(probe(seen, of));
    const { result } = await compressed(model, steps as never, { methods, calibration: samples });
    const after = await checkpointWeights(result);
    result.close();
    return { seen, after };
  }

  const layerOf = (tensor: string) => Number(/layers\.(\d+)/.exec(tensor)![1]);
  const layersBefore: IsCompressed = (tensor, of) => layerOf(tensor) < layerOf(of);

  it("gathers each layer's statistics behind the compressed layers, the layer itself being dense", async () => {
    const run = await probed([{ kind: "probe" }]);
    expect(largestDifference(run, layersBefore)).toBeLessThan(TOLERANCE);
    expect(largestDifference(run, () => false)).toBeGreaterThan(100 * TOLERANCE); // the oracle can tell
  });

  it("gathers anew for each group of linear layers when a step is sequential", async () => {
    const run = await probed([{ kind: "probe", sequential: true }]);
    const group = (tensor: string) =>
      [/[qkv]_proj/, /o_proj/, /(gate|up)_proj/, /down_proj/].findIndex((part) =>
        part.test(tensor)
      );
    const groupsBefore: IsCompressed = (tensor, of) =>
      layersBefore(tensor, of) || layerOf(tensor) === layerOf(of) && group(tensor) < group(of);
    expect(largestDifference(run, groupsBefore)).toBeLessThan(TOLERANCE);
    expect(largestDifference(run, layersBefore)).toBeGreaterThan(100 * TOLERANCE);
  });

  it("gives a step of `statistics: previous` what was gathered before the step before it", async () => {
    const steps = [{ kind: "wanda", sparsity: 0.5 }, { kind: "probe" }];
    const run = await probed(steps, "previous");
    expect(largestDifference(run, layersBefore)).toBeLessThan(TOLERANCE);
  });

  it("gathers behind a smoothed norm what the smoothed norm gives", async () => {
    const { seen, after } = await probed([{ kind: "smoothquant" }, { kind: "probe" }]);
    const smoothed = (norm: string): Weights => (name) =>
      name.includes(norm) ? after(name) : dense(name);
    for (
      const [part, norm] of [["self_attn.q_proj", "input_layernorm"], [
        "mlp.gate_proj",
        "post_attention_layernorm",
      ]]
    ) {
      const tensor = `model.layers.0.${part}.weight`;
      const inputs = oracleInputs(smoothed(`layers.0.${norm}`), model.source, samples).get(tensor)!;
      expect(statisticsDifference(seen.get(tensor)!, oracleStatistics(inputs))).toBeLessThan(
        TOLERANCE,
      );
    }
  });

  it("stores exactly what the kernels make of weights and statistics", async () => {
    const { seen } = await probed([{ kind: "probe" }]);
    const options = { bits: 4, groupSize: 16, symmetric: false, actOrder: true };
    const runs = [{ kind: "gptq", ...options }, { kind: "wanda", sparsity: 0.3 }].map((step) =>
      compressed(model, [step as Step], { calibration: samples, backend: "reference" })
    );
    const [quantised, pruned] = await Promise.all(runs);
    for (const tensor of linearTensors(model.source).filter((name) => layerOf(name) === 0)) {
      const weight = await tensorMatrix(model.source, tensor);
      const { hessian, columns } = seen.get(tensor)!;
      const expected = asStored(gptq(weight, hessian!, options).weight, "F32");
      expect(await quantised.result.storedWeight(tensor)).toEqual(expected);
      const mask = wandaMask(weight, columns!.squaredNorms, { ratio: 0.3 });
      expect(await pruned.result.storedWeight(tensor)).toEqual(sparseWeight(weight, mask));
    }
    for (const { result } of [quantised, pruned]) result.close();
  });

  it("gives linear layers with the same inputs one object of statistics", async () => {
    const { seen } = await probed([{ kind: "probe" }]);
    const of = (part: string) => seen.get(`model.layers.1.${part}.weight`);
    expect(of("self_attn.q_proj")).toBe(of("self_attn.v_proj"));
    expect(of("mlp.gate_proj")).toBe(of("mlp.up_proj"));
    expect(of("self_attn.q_proj")).not.toBe(of("self_attn.o_proj"));
  });
});
