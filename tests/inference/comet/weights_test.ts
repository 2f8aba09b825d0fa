import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { openCometWeights } from "../../../inference/comet/weights.ts";
import { encodeFloats, type FloatDtype } from "../../../inference/float_values.ts";
import { fileSha256 } from "../../../inference/safetensors.ts";
import { writeSafetensors } from "../../../inference/safetensors_writer.ts";
import { GOLDEN, GOLDEN_MODEL, largestDifference, loadGolden } from "./golden.ts";

const CHECKPOINT = `${GOLDEN_MODEL}/checkpoints/model.ckpt`;

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/checkpoints`);
    for (const name of ["hparams.yaml", "config.json"]) {
      await Deno.copyFile(`${GOLDEN_MODEL}/${name}`, `${folder}/${name}`);
    }
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

describe("openCometWeights()", () => {
  it("openCometWeights() opens what Lightning wrote, buffers included", async () => {
    const weights = await openCometWeights(GOLDEN_MODEL);
    expect(weights.names()).toHaveLength(117);
    expect(weights.names()).toContain("layerwise_attention.dropout_fill");
    expect(weights.info("layerwise_attention.gamma").shape).toEqual([1]);
    expect(await weights.tensor("layerwise_attention.gamma")).toEqual(Float32Array.of(1.3));
    expect(await weights.sha256()).toBe(await fileSha256(CHECKPOINT));
    expect(() => weights.info("other")).toThrow("tensor other is missing");
    weights.close();
    weights.close();
  });

  it("openCometWeights() says what is missing", () =>
    withFolder(async (folder) => {
      await expect(openCometWeights(folder)).rejects.toThrow(
        "it has neither checkpoints/model.safetensors nor checkpoints/model.ckpt",
      );
    }));

  it("openCometWeights() takes safetensors before a .ckpt, and refuses a broken file of either", () =>
    withFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/checkpoints/model.ckpt`, "no archive");
      await expect(openCometWeights(folder)).rejects.toThrow(SyntaxError);
      await Deno.copyFile(CHECKPOINT, `${folder}/checkpoints/model.ckpt`);
      await Deno.writeTextFile(`${folder}/checkpoints/model.safetensors`, "no header");
      await expect(openCometWeights(folder)).rejects.toThrow("model.safetensors");
    }));

  it("weights that are stored as float16 or bfloat16 give nearly the same scores", () =>
    withFolder(async (folder) => {
      const limits: [FloatDtype, number][] = [["F16", 0.01], ["BF16", 0.1]];
      const expected = GOLDEN.texts.map(({ score }) => score);
      for (const [dtype, limit] of limits) {
        const weights = await openCometWeights(GOLDEN_MODEL);
        const tensors = weights.names().filter((name) => !name.includes("dropout")).map((name) => {
          const bytes = async () => encodeFloats(await weights.tensor(name), dtype);
          return [name, { dtype, shape: weights.info(name).shape, bytes }] as const;
        });
        await writeSafetensors(`${folder}/checkpoints/model.safetensors`, new Map(tensors));
        weights.close();
        const comet = await loadGolden(`${folder}/graphs`, folder);
        const difference = largestDifference((await comet.score(GOLDEN.texts)).segments, expected);
        await comet.close();
        expect(difference).toBeLessThan(limit);
        expect(difference).toBeGreaterThan(1e-5);
      }
    }));
});
