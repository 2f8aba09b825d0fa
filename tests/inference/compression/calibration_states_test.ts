import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type {
  Activity,
  CompressionActivity,
} from "../../../inference/compression/compress_options.ts";
import type { Step } from "../../../inference/compression/step.ts";
import { compressed, folderBytes, randomModel, randomSamples, type TestModel } from "./setup.ts";

const GPTQ: Step = { kind: "gptq", bits: 3, groupSize: 16, sequential: true };
const METHODS: readonly (readonly Step[])[] = [
  [GPTQ],
  [{ kind: "gptq", bits: 4 }],
  [{ kind: "smoothquant" }, { kind: "nf4" }],
  [{ kind: "wanda", sparsity: 0.4, sequential: true }, GPTQ],
];

describe("compressModel() with states on disk", () => {
  let model: TestModel;
  const calibration = randomSamples(300, 90); // several batches

  before(async () => {
    model = await randomModel({ dtype: "F16", layers: 3 });
  });
  after(() => model[Symbol.asyncDispose]());

  for (const steps of METHODS) {
    it(`gives the bytes of states in memory: ${steps.map(({ kind }) => kind).join(", ")}`, async () => {
      const folders = [model.folder(), model.folder()];
      for (const [i, states] of (["memory", "disk"] as const).entries()) {
        const options = { calibration, states, folder: folders[i] };
        (await compressed(model, steps, options)).result.close();
      }
      expect(await folderBytes(folders[1])).toEqual(await folderBytes(folders[0]));
    });
  }

  it("goes on where it was stopped, within a layer's batches too, with states in either place", async () => {
    const steps = [METHODS[3][0], GPTQ];
    const whole = model.folder();
    (await compressed(model, steps, { calibration, folder: whole })).result.close();
    const folder = model.folder();
    const stops: [Activity, number][] = [["gather", 2], ["advance", 1], ["gather", 1], [
      "advance",
      2,
    ]];
    for (const [i, [activity, done]] of stops.entries()) {
      const stop = new AbortController();
      const onActivity = (now: CompressionActivity) => {
        if (now.activity === activity && now.done === done) stop.abort();
      };
      const states = i % 2 === 0 ? "disk" : "memory";
      const options = { calibration, folder, states, onActivity, signal: stop.signal } as const;
      await expect(compressed(model, steps, options)).rejects.toThrow(/abort/i);
    }
    (await compressed(model, steps, { calibration, folder, states: "disk" })).result.close();
    expect(await folderBytes(folder)).toEqual(await folderBytes(whole));
  });

  it("refuses another place, before any work", async () => {
    const options = { calibration, states: "cloud" as "disk" };
    await expect(compressed(model, [GPTQ], options)).rejects.toThrow(
      new RangeError('Cannot keep states in "cloud": it must be memory or disk'),
    );
  });
});
