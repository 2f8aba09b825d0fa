import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { openCheckpoint } from "../../../inference/checkpoint.ts";
import { calibrationSequences } from "../../../inference/compression/calibration.ts";
import type { LinearMethod } from "../../../inference/compression/method.ts";
import type { Step } from "../../../inference/compression/step.ts";
import { loadTokenizer } from "../../../inference/tokenizer.ts";
import { readTinySplit, tinyModelFolder } from "../../../data/tiny.ts";
import { keptPerRow } from "../../../kernels/mask.ts";
import { matrix } from "../../../kernels/matrix.ts";
import { sparseMask } from "../../../kernels/sparse.ts";
import type { IntegerWeight, SparseWeight } from "../../../kernels/stored_weight.ts";
import { checkpointWeights, llamaLogits } from "../../../inference/llama_float64.ts";
import {
  compressed,
  folderBytes,
  linearTensors,
  randomModel,
  randomSamples,
  relativeDifference,
  tensorMatrix,
  type TestModel,
  withMethod,
} from "./setup.ts";

describe("compressModel()", () => {
  let model: TestModel;
  const calibration = randomSamples(12, 90);

  before(async () => {
    model = await randomModel({ dtype: "F16" });
  });
  after(() => model[Symbol.asyncDispose]());

  it("keeps every weight as it is when there are no steps", async () => {
    const { report, result } = await compressed(model, []);
    for (const tensor of result.names()) {
      expect(await result.tensor(tensor)).toEqual(await model.source.tensor(tensor));
    }
    expect(report.linears.map(({ form, sparsity }) => [form, sparsity]))
      .toEqual(report.linears.map(() => ["dense", 0]));
    result.close();
  });

  it("comes near the dense weights with 8 bits, and less near with fewer", async () => {
    const distance = async (bits: number) => {
      const steps = [{ kind: "gptq", bits, groupSize: 16 }];
      const { report, result } = await compressed(model, steps, { calibration });
      const tensors = linearTensors(model.source);
      expect(report.linears.map(({ name }) => name).sort()).toEqual(tensors);
      const pairs = await Promise.all(
        tensors.map((name) => Promise.all([result.tensor(name), model.source.tensor(name)])),
      );
      result.close();
      const errors = report.linears.map(({ error }) => error!);
      return [Math.max(...pairs.map(([a, b]) => relativeDifference(a, b))), Math.max(...errors)];
    };
    const [weights8, outputs8] = await distance(8);
    const [weights4, outputs4] = await distance(4);
    expect(weights8).toBeLessThan(0.03);
    expect(outputs8).toBeLessThan(1e-4);
    expect(weights4).toBeGreaterThan(weights8);
    expect(outputs4).toBeGreaterThan(50 * outputs8); // 16 times the step, 256 times the square
  });

  it("gives the same bytes twice", async () => {
    const steps: Step[] = [{ kind: "wanda", sparsity: 0.3 }, { kind: "gptq", bits: 3 }];
    const [a, b] = [model.folder(), model.folder()];
    (await compressed(model, steps, { calibration, folder: a })).result.close();
    (await compressed(model, steps, { calibration, folder: b })).result.close();
    expect(await folderBytes(a)).toEqual(await folderBytes(b));
  });

  it("differs between a sequential step and one that is not", async () => {
    const tensor = "model.layers.0.mlp.down_proj.weight";
    const of = async (sequential: boolean) => {
      const steps = [{ kind: "gptq", bits: 2, sequential }];
      const { result } = await compressed(model, steps, { calibration });
      const values = await result.tensor(tensor);
      result.close();
      return values;
    };
    expect(await of(true)).not.toEqual(await of(false));
  });

  it("agrees between the backends", async () => {
    const codes = async (backend: "wasm" | "reference") => {
      const steps = [{ kind: "gptq", bits: 4, groupSize: 16, actOrder: true }];
      const { result } = await compressed(model, steps, { calibration, backend });
      const weight = await result.storedWeight("model.layers.0.mlp.gate_proj.weight");
      result.close();
      return (weight as IntegerWeight).codes;
    };
    const [a, b] = [await codes("wasm"), await codes("reference")];
    const equal = a.filter((code, i) => code === b[i]).length;
    expect(equal / a.length).toBeGreaterThan(0.99);
  });

  it("leaves weights that a step pruned exactly 0 in GPTQ with respectMask, and not without", async () => {
    const sparsities = async (respectMask: boolean) => {
      const gptq: Step = { kind: "gptq", bits: 4, respectMask };
      const steps = [{ kind: "wanda", sparsity: 0.5 }, gptq];
      const { report, result } = await compressed(model, steps, { calibration });
      expect(report.linears.every(({ form }) => form === "integer")).toBe(true);
      result.close();
      return report.linears.map(({ sparsity }) => sparsity);
    };
    expect(Math.min(...await sparsities(true))).toBeGreaterThanOrEqual(0.5);
    expect(Math.min(...await sparsities(false))).toBeLessThan(0.5);
  });

  it("gives DSnoT the values that were pruned, to bring them back", async () => {
    const wanda: Step = { kind: "wanda", sparsity: 0.4 };
    const dsnot: Step = { kind: "dsnot", maxCycles: 8, skip: "mlp" };
    const plain = await compressed(model, [wanda], { calibration });
    const swapped = await compressed(model, [wanda, dsnot], { calibration });
    const stored = async (of: typeof plain, tensor: string) =>
      await of.result.storedWeight(tensor) as SparseWeight;
    const q = "model.layers.0.self_attn.q_proj.weight";
    expect((await stored(swapped, q)).mask).not.toEqual((await stored(plain, q)).mask);
    const { data } = await tensorMatrix(model.source, q);
    const mask = sparseMask(await stored(swapped, q));
    expect((await stored(swapped, q)).values).toEqual(data.filter((_, i) => mask[i] === 1));
    const up = "model.layers.0.mlp.up_proj.weight";
    expect((await stored(swapped, up)).mask).toEqual((await stored(plain, up)).mask);
    plain.result.close();
    swapped.result.close();
  });

  it("leaves the model's function as it is when it only smooths", async () => {
    await using wide = await randomModel({ dtype: "F32" });
    const samples = randomSamples(6, 90);
    const { result } = await compressed(wide, [{ kind: "smoothquant" }], { calibration: samples });
    const dense = await checkpointWeights(wide.source);
    const smoothed = await checkpointWeights(result);
    result.close();
    const norm = "model.layers.0.input_layernorm.weight";
    expect(relativeDifference(smoothed(norm), dense(norm))).toBeGreaterThan(0.1);
    for (const sample of samples) {
      const last = (weights: typeof dense) =>
        llamaLogits(weights, wide.source.config, sample).at(-1)!;
      expect(relativeDifference(last(smoothed), last(dense))).toBeLessThan(1e-5);
    }
  });

  it("runs a method written elsewhere, behind a built-in one", async () => {
    const halve: LinearMethod = {
      kind: "halve",
      needs: [],
      compress: ({ weight }) => ({ kind: "dense", ...weight, data: weight.data.map((w) => w / 2) }),
    };
    const steps = [{ kind: "nf4" }, { kind: "halve" }];
    const { result } = await compressed(model, steps, { methods: withMethod(halve) });
    const nf4 = await compressed(model, [{ kind: "nf4" }]);
    const tensor = "model.layers.1.mlp.up_proj.weight";
    const expected = (await nf4.result.tensor(tensor)).map((w) => w / 2);
    expect(relativeDifference(await result.tensor(tensor), expected)).toBeLessThan(2 ** -10); // float16
    result.close();
    nf4.result.close();
  });

  it("stops with the layer's name and a damping to try when a Hessian cannot be factorised", async () => {
    const steps = [{ kind: "gptq", bits: 4, damping: 0 }];
    const short = { calibration: [[3, 4, 5], [6, 7]] }; // five tokens cannot fill 32 dimensions
    const notices: string[] = [];
    const run = (backend: "wasm" | "reference") =>
      compressed(model, steps, { ...short, backend, onNotice: (text) => notices.push(text) });
    const message =
      /Cannot compress model\.layers\.0\.self_attn\.q_proj\.weight by gptq: Cannot factorise.*damping was 0, try 0\.01/;
    await expect(run("reference")).rejects.toThrow(message);
    expect(notices).toEqual([]);
    await expect(run("wasm")).rejects.toThrow(message);
    expect(notices).toEqual([
      "Layer 0.self_attn.q_proj: the Hessian of its inputs is not positive definite in float32, so it is factorised again in float64",
    ]);
  });

  it("refuses what cannot be done before it writes anything", async () => {
    const refused = async (
      steps: Parameters<typeof compressed>[1],
      rule: RegExp,
      options: Parameters<typeof compressed>[2] = { calibration },
    ) => {
      const folder = model.folder();
      await expect(compressed(model, steps, { folder, ...options })).rejects.toThrow(rule);
      await expect(Deno.stat(folder)).rejects.toThrow(Deno.errors.NotFound);
    };
    const gptq = { kind: "gptq", bits: 4 };
    await refused([gptq], /step gptq without calibration: it needs hessian/, {});
    await refused([gptq], /sample 1 .*no token/, { calibration: [[1], []] });
    await refused([gptq], /sample 0 .*token 90.*0 to 89/, { calibration: [[90]] });
    const long = { calibration: [new Array(129).fill(1)] };
    await refused([gptq], /sample 0 .*129 tokens.*128 positions/, long);
    await refused([{ kind: "wanda", n: 2, m: 5 }], /step wanda on self_attn.q_proj.*runs of 5/);
    await refused([gptq], /backend "gpu".*must be reference, wasm, webgpu or blas/, {
      backend: "gpu" as never,
    });
    await refused([{ kind: "awq" }], /step "awq".*gptq, rtn, nf4/);
  });

  it("names the tensor when a method fails or changes a shape", async () => {
    const broken: LinearMethod = {
      kind: "broken",
      needs: [],
      compress: ({ layer, weight }) => ({ kind: "dense", ...(layer ? matrix(1, 1) : weight) }),
    };
    await expect(compressed(model, [{ kind: "broken" }], { methods: [broken] }))
      .rejects.toThrow(/model\.layers\.1\.self_attn\.q_proj\.weight.*\[1, 1\].*keep the shape/);
  });

  it("stops at a signal and goes on later, with the states that were kept or without them", async () => {
    const steps = [{ kind: "gptq", bits: 3 }];
    const whole = await compressed(model, steps, { calibration });
    whole.result.close();
    for (const keep of [true, false]) {
      const folder = model.folder();
      const stop = new AbortController();
      const onProgress = ({ layer }: { layer: number }) => layer === 1 && stop.abort();
      const options = { calibration, folder };
      await expect(compressed(model, steps, { ...options, onProgress, signal: stop.signal }))
        .rejects.toThrow(/abort/i);
      if (!keep) await Deno.remove(`${folder}/calibration-states`, { recursive: true });
      const { report, result } = await compressed(model, steps, options);
      expect(report.resumed).toBe(1);
      result.close();
      expect(await folderBytes(folder)).toEqual(await folderBytes(whole.report.folder));
    }
  });

  it("refuses to go on with a folder of other steps or samples", async () => {
    const steps = [{ kind: "gptq", bits: 3 }];
    const { report, result } = await compressed(model, steps, { calibration });
    result.close();
    const { folder } = report;
    const others = { calibration: calibration.slice(1), folder };
    await expect(compressed(model, [{ kind: "gptq", bits: 4 }], { calibration, folder })).rejects
      .toThrow(
        /steps/,
      );
    await expect(compressed(model, steps, others)).rejects.toThrow(/calibration/);
    const again = await compressed(model, steps, { calibration, folder }); // nothing is left to do
    expect([again.report.resumed, again.report.linears]).toEqual([2, report.linears]);
    again.result.close();
  });
});

describe("compressModel() on the embedded model", () => {
  const wanda: Step = { kind: "wanda", sparsity: 0.4 };
  const gptq = { kind: "gptq", bits: 4, groupSize: 128 };
  const nf4: Step = { kind: "nf4", doubleQuantization: true };
  const lists: Step[][] = [
    [gptq],
    [nf4],
    [{ kind: "smoothquant" }, nf4],
    [wanda],
    [wanda, { kind: "dsnot" }],
    [wanda, gptq],
    [wanda, { ...gptq, respectMask: true }],
    [{ kind: "rtn", bits: 4, groupSize: 128 }],
    [{ kind: "magnitude", sparsity: 0.4 }],
  ];

  it("compresses by every list of steps that the study combines", async () => {
    const source = await openCheckpoint(tinyModelFolder());
    const tokenizer = await loadTokenizer(tinyModelFolder());
    const { sources, references } = (await readTinySplit("calibration")).pairs("en-de", 8);
    const pairs = sources.map((text, i) => (
      { direction: "en-de", source: text, target: references[i] } as const
    ));
    const calibration = calibrationSequences(tokenizer, pairs, source.config.maxPositions);
    const home = await Deno.makeTempDir({ prefix: "mtpress_compress_" });
    const model = { source, folder: () => `${home}/${crypto.randomUUID()}` } as TestModel;
    for (const steps of lists) {
      const { report, result } = await compressed(model, steps, { calibration });
      expect(report.linears.length).toBe(28);
      const forms = new Set(report.linears.map(({ form }) => form));
      expect(forms.size).toBe(1);
      expect(report.bytes).toBeLessThan(3_200_000);
      if (steps.length === 1 && steps[0] === wanda) {
        for (const { name } of report.linears) {
          const weight = await result.storedWeight(name) as SparseWeight;
          const { rows, columns } = weight;
          const kept = columns - Math.trunc(0.4 * columns);
          expect([...keptPerRow(sparseMask(weight), columns)]).toEqual(Array(rows).fill(kept));
        }
        expect(Math.abs(report.sparsity - 0.4)).toBeLessThan(0.005);
      }
      result.close();
    }
    source.close();
    await Deno.remove(home, { recursive: true });
  });
});
