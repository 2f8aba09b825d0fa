import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { normalQuantiles } from "../../../experiments/proofs/normal_bits.ts";
import { writeRandomModel } from "../../../experiments/proofs/random_weights.ts";
import { openCheckpoint } from "../../../inference/checkpoint.ts";
import { randomConfig } from "../../inference/random_checkpoint.ts";

const CONFIG = randomConfig({ hiddenSize: 64, intermediateSize: 1280, vocabularySize: 300 });

async function withModel<T>(
  options: { dtype: "F32" | "F16"; seed?: number; shardBytes?: number },
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "mtpress_random_" });
  try {
    await writeRandomModel({ config: CONFIG, folder, ...options });
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function readTensor(folder: string, name: string): Promise<Float32Array> {
  const checkpoint = await openCheckpoint(folder);
  const values = await checkpoint.tensor(name);
  checkpoint.close();
  return values;
}

const deviation = (values: Float32Array) =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

describe("writeRandomModel()", () => {
  it("writeRandomModel() writes a checkpoint of normal numbers, a few rows of which are larger", async () => {
    await withModel({ dtype: "F32" }, async (folder) => {
      expect(deviation(await readTensor(folder, "lm_head.weight"))).toBeCloseTo(0.02, 3);
      const up = await readTensor(folder, "model.layers.1.mlp.up_proj.weight");
      const rows = Array.from(
        { length: 1280 },
        (_, r) => deviation(up.subarray(r * 64, (r + 1) * 64)),
      );
      const large = rows.flatMap((row, r) => row > 0.1 ? [r] : []);
      expect(large).toEqual([320, 960]);
    });
  });

  it("writeRandomModel() gives the same bytes for the same seed and others for another", async () => {
    const file = (folder: string) => Deno.readFile(`${folder}/model.safetensors`);
    const of = (seed: number) => withModel({ dtype: "F16", seed }, file);
    const [first, again, other] = [await of(1), await of(1), await of(2)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it("writeRandomModel() splits into shards with the same tensors", async () => {
    const name = "model.layers.1.self_attn.o_proj.weight";
    const whole = await withModel({ dtype: "F16" }, (folder) => readTensor(folder, name));
    await withModel({ dtype: "F16", shardBytes: 200_000 }, async (folder) => {
      const files = (await Array.fromAsync(Deno.readDir(folder))).map((entry) => entry.name);
      expect(files.filter((file) => /^model-\d{5}-of-\d{5}\.safetensors$/.test(file)).length)
        .toBeGreaterThan(2);
      expect(await readTensor(folder, name)).toEqual(whole);
    });
  });
});

describe("normalQuantiles()", () => {
  it("normalQuantiles() are symmetric, ascending, and those of the tables", () => {
    const values = normalQuantiles(1000);
    expect(values.every((value, i) => i === 0 || value > values[i - 1])).toBe(true);
    expect(values[0]).toBeCloseTo(-values[999], 6);
    const [at] = normalQuantiles(20).slice(-1); // the quantile of 0.975
    expect(at).toBeCloseTo(1.959964, 5);
    expect(deviation(values)).toBeCloseTo(1, 2);
  });
});
