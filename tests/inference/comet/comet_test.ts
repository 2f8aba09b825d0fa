import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Comet } from "../../../inference/comet/comet.ts";
import { openTorchFile } from "../../../inference/pytorch/torch_file.ts";
import { writeSafetensors } from "../../../inference/safetensors_writer.ts";
import { itNeeds, SHARED } from "../../needs.ts";
import { GOLDEN, GOLDEN_MODEL, largestDifference, loadGolden, wmt22Segments } from "./golden.ts";

const TOLERANCE = 1e-4;

describe("loadComet()", () => {
  let folder: string;
  let comet: Comet;
  before(async () => {
    folder = await Deno.makeTempDir();
    comet = await loadGolden(`${folder}/graphs`);
  });
  after(async () => {
    await comet.close();
    await Deno.remove(folder, { recursive: true });
  });

  itNeeds(
    SHARED,
    "score() equals Python's unbabel-comet on WMT22, segments and system",
    async () => {
      const segments = await wmt22Segments();
      const expected = segments.map(({ score }) => score);
      const { segments: scores, score } = await comet.score(segments);
      expect(scores).toHaveLength(250);
      // 1.5e-6 where this was written
      expect(largestDifference(scores, expected)).toBeLessThan(TOLERANCE);
      expect(Math.abs(score - GOLDEN.systemScore)).toBeLessThan(TOLERANCE);
    },
  );

  it("score() equals Python's unbabel-comet on empty, odd and very long texts", async () => {
    const { segments } = await comet.score(GOLDEN.texts);
    const expected = GOLDEN.texts.map(({ score }) => score);
    expect(largestDifference(segments, expected)).toBeLessThan(TOLERANCE);
  });

  it("the golden scores spread, and its layer mix has a zero, so that equality means something", () => {
    const single = GOLDEN.wmt22.filter(([, , , count]) => count === 1).map((row) => row[4]);
    const mean = single.reduce((a, b) => a + b) / single.length;
    const variance = single.reduce((sum, score) => sum + (score - mean) ** 2, 0) / single.length;
    expect(single).toHaveLength(240);
    expect(Math.sqrt(variance)).toBeGreaterThan(0.1);
    expect(GOLDEN.mix.filter((weight) => weight === 0)).toHaveLength(2);
  });

  it("score() is the same from safetensors as from the .ckpt that Lightning wrote", async () => {
    const twin = `${folder}/twin`;
    await Deno.mkdir(`${twin}/checkpoints`, { recursive: true });
    for (const name of ["hparams.yaml", "config.json"]) {
      await Deno.copyFile(`${GOLDEN_MODEL}/${name}`, `${twin}/${name}`);
    }
    const torch = await openTorchFile(`${GOLDEN_MODEL}/checkpoints/model.ckpt`);
    const tensors = [...torch.tensors.values()].map(({ name, dtype, shape }) =>
      [name, { dtype, shape, bytes: () => torch.bytes(name) }] as const
    );
    await writeSafetensors(`${twin}/checkpoints/model.safetensors`, new Map(tensors));
    torch.close();
    const other = await loadGolden(`${folder}/graphs`, twin);
    const { segments, signature } = await other.score(GOLDEN.texts);
    await other.close();
    expect(segments).toEqual((await comet.score(GOLDEN.texts)).segments);
    const weights = /\|weights:[0-9a-f]{12}\|/; // each file has its own hash
    expect(signature.replace(weights, "")).toBe(
      comet.signature.replace(weights, "").replace("model:model", "model:twin"),
    );
  });

  it("score() depends on neither batch size nor order, beyond 1e-6", async () => {
    const expected = (await comet.score(GOLDEN.texts)).segments;
    for (const batchSize of [1, 3, 64]) {
      const fresh = await loadGolden(`${folder}/graphs`);
      const { segments } = await fresh.score(GOLDEN.texts.toReversed(), { batchSize });
      await fresh.close();
      expect(largestDifference(segments.toReversed(), expected)).toBeLessThan(1e-6);
    }
  });

  it("score() with source and reference swapped moves scores by more than 0.01", async () => {
    const straight = await comet.score(GOLDEN.texts);
    const swapped = await comet.score(
      GOLDEN.texts.map(({ source, translation, reference }) => ({
        source: reference,
        translation,
        reference: source,
      })),
    );
    expect(largestDifference(straight.segments, swapped.segments)).toBeGreaterThan(0.01);
  });

  it("score() encodes a text once, also in later calls", async () => {
    const fresh = await loadGolden(`${folder}/graphs`);
    const told: number[][] = [];
    const onBatch = (done: number, total: number) => told.push([done, total]);
    const segment = { source: "a", translation: "b", reference: "a" };
    await fresh.score([segment, segment], { onBatch });
    expect(told).toEqual([[2, 2]]);
    await fresh.score([segment, { ...segment, translation: "c" }], { onBatch });
    expect(told).toEqual([[2, 2], [3, 3]]);
    await fresh.score([segment], { onBatch });
    expect(told).toHaveLength(2);
    await fresh.close();
  });

  it("score() says model, weights, precision and truncation", () => {
    expect(comet.signature).toMatch(
      /^COMET\|model:model\|weights:[0-9a-f]{12}\|precision:float32\|truncation:510\|layer_mix:sparsemax\|version:mtpress-/,
    );
  });

  it("score() refuses no segments, what is no text, bad batch sizes, and a closed model", async () => {
    const fresh = await loadGolden(`${folder}/graphs`);
    await expect(fresh.score([])).rejects.toThrow("Cannot score 0 segments");
    const broken = { source: "a", translation: undefined as unknown as string, reference: "b" };
    await expect(fresh.score([broken])).rejects.toThrow("its translation must be a text");
    await expect(fresh.score(GOLDEN.texts, { batchSize: 0 })).rejects.toThrow(RangeError);
    await fresh.close();
    await fresh.close();
    await expect(fresh.score(GOLDEN.texts)).rejects.toThrow("closed");
  });
});
