import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { type Checkpoint, openCheckpoint } from "../../../inference/checkpoint.ts";
import { CompressedModelWriter } from "../../../inference/compressed/writer.ts";
import { fileSha256 } from "../../../inference/safetensors.ts";
import { roundToNearest } from "../../../kernels/round_to_nearest.ts";
import { writeRandomCheckpoint } from "../random_checkpoint.ts";
import { type CompressOne, compressWith, layerContent, PLAN } from "./compress_with.ts";

const compress: CompressOne = (weight, index) =>
  index === 2 ? undefined : roundToNearest(weight, { bits: 3, groupSize: 16, symmetric: false });

async function hashes(folder: string): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for await (const { name } of Deno.readDir(folder)) {
    all[name] = await fileSha256(`${folder}/${name}`);
  }
  return all;
}

describe("CompressedModelWriter", () => {
  let root: string;
  let source: Checkpoint;
  before(async () => {
    const model = await writeRandomCheckpoint({ layers: 3, dtype: "F16" });
    root = model.folder;
    await Deno.writeTextFile(`${root}/tokenizer.json`, "{}");
    source = await openCheckpoint(root);
  });
  after(async () => {
    source.close();
    await Deno.remove(root, { recursive: true });
  });

  it("writes the same bytes whether or not it was interrupted", async () => {
    await compressWith(source, `${root}/whole`, compress);
    const folder = `${root}/parts`;
    for (let layer = 0; layer < 2; layer++) {
      const writer = await CompressedModelWriter.open(folder, source, PLAN);
      expect(writer.done).toBe(layer);
      expect(await writer.isFinished()).toBe(false);
      await writer.writeLayer(layer, await layerContent(source, layer, compress));
    }
    await Deno.writeTextFile(`${folder}/layer-00002.safetensors.partial`, "half");
    await compressWith(source, folder, compress);
    expect(await hashes(folder)).toEqual(await hashes(`${root}/whole`));
    expect(Object.keys(await hashes(folder)).sort()).toEqual([
      "compressed.json",
      "config.json",
      "layer-00000.safetensors",
      "layer-00001.safetensors",
      "layer-00002.safetensors",
      "plan.json",
      "rest.safetensors",
      "tokenizer.json",
    ]);
    expect(await (await CompressedModelWriter.open(folder, source, PLAN)).isFinished()).toBe(true);
    await compressWith(source, folder, compress);
    expect(await hashes(folder)).toEqual(await hashes(`${root}/whole`));
  });

  it("copies a tokenizer.model and what lies beside it", async () => {
    const names = ["tokenizer.model", "special_tokens_map.json", "added_tokens.json"];
    for (const name of names) await Deno.writeTextFile(`${root}/${name}`, name);
    try {
      await compressWith(source, `${root}/sentence-piece`, compress);
      for (const name of names) {
        expect(await Deno.readTextFile(`${root}/sentence-piece/${name}`)).toBe(name);
      }
    } finally {
      await Promise.all(names.map((name) => Deno.remove(`${root}/${name}`)));
    }
  });

  it("reads a complete layer back as it was stored, norms and facts included", async () => {
    const writer = await CompressedModelWriter.open(`${root}/layer`, source, PLAN);
    const norm = "model.layers.0.input_layernorm.weight";
    const smoothed = (await source.tensor(norm)).map((value) => value / 3);
    const content = {
      ...await layerContent(source, 0, compress),
      norms: new Map([[norm, smoothed]]),
      facts: { errors: { "mlp.up_proj": 0.25 }, notices: ["one", "two"] },
    };
    await writer.writeLayer(0, content);
    const again = await (await CompressedModelWriter.open(`${root}/layer`, source, PLAN)).readLayer(
      0,
    );
    expect(again.norms).toEqual(content.norms);
    expect(again.facts).toEqual(content.facts);
    expect([...again.linears.keys()]).toHaveLength(6);
    for (const [name, weight] of again.linears) {
      const { scales: _, ...stored } = weight as never as Record<string, unknown>;
      expect(content.linears.get(name)).toMatchObject(stored);
    }
  });

  it("refuses to go on with another plan or another source, by name", async () => {
    const folder = `${root}/plans`;
    await CompressedModelWriter.open(folder, source, PLAN);
    const other = { ...PLAN, steps: [{ kind: "test", bits: 3 }] };
    await expect(CompressedModelWriter.open(folder, source, other)).rejects.toThrow(
      `Cannot go on with the compressed model in ${folder}: its steps must be ` +
        '[{"bits":3,"kind":"test"}], not [{"kind":"test"}]',
    );
    await expect(CompressedModelWriter.open(folder, source, { ...PLAN, order: "kept" }))
      .rejects.toThrow(/its order must be "kept", not nothing/);
    const renamed = { ...source, config: source.config, sha256: () => Promise.resolve("0") };
    await expect(CompressedModelWriter.open(folder, renamed, PLAN)).rejects.toThrow(
      /its source must be {"weightsSha256":"0"}/,
    );
  });

  it("refuses a folder that holds something else", async () => {
    await expect(CompressedModelWriter.open(root, source, PLAN)).rejects.toThrow(
      /so it must be another folder, or an empty one$/,
    );
  });

  it("refuses layers out of turn, an early end, and content that does not fit", async () => {
    const folder = `${root}/turns`;
    const writer = await CompressedModelWriter.open(folder, source, PLAN);
    const content = await layerContent(source, 0, compress);
    await expect(writer.writeLayer(1, content)).rejects.toThrow(/0 of 3 layers are complete/);
    await expect(writer.readLayer(0)).rejects.toThrow(/0 layers are complete/);
    await expect(writer.finish({})).rejects.toThrow(/only 0 of 3 layers are complete/);
    const foreign = await layerContent(source, 1, compress);
    await expect(writer.writeLayer(0, foreign)).rejects.toThrow(/the layer has no such tensor/);
    const norm = "model.layers.0.input_layernorm.weight";
    await expect(
      writer.writeLayer(0, { ...content, norms: new Map([[norm, new Float32Array(3)]]) }),
    )
      .rejects.toThrow(`Cannot store tensor ${norm} of shape [3]: it must be [64]`);
    await expect(writer.writeLayer(0, { ...content, facts: { error: NaN } }))
      .rejects.toThrow(/Cannot write NaN as JSON/);
    expect(writer.done).toBe(0);
  });
});
