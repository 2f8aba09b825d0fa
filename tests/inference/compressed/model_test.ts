import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { type Checkpoint, openCheckpoint } from "../../../inference/checkpoint.ts";
import {
  isCompressed,
  openCompressedModel,
  openModel,
} from "../../../inference/compressed/model.ts";
import { encodeFloats } from "../../../inference/float_values.ts";
import { dequantize } from "../../../kernels/dequantize.ts";
import { writeRandomCheckpoint } from "../random_checkpoint.ts";
import { compressWith } from "./compress_with.ts";
import { compress, INTEGER, KEPT, NF4, SPARSE } from "./three_forms.ts";

describe("openCompressedModel()", () => {
  let root: string;
  let folder: string;
  let source: Checkpoint;
  before(async () => {
    root = (await writeRandomCheckpoint({ dtype: "F16" })).folder;
    folder = `${root}/compressed`;
    source = await openCheckpoint(root);
    await compressWith(source, folder, compress);
  });
  after(async () => {
    source.close();
    await Deno.remove(root, { recursive: true });
  });

  it("is a checkpoint of the dequantised weights", async () => {
    const model = await openCompressedModel(folder);
    expect(model.names()).toEqual(source.names());
    expect(model.config).toEqual(source.config);
    for (const name of model.names()) {
      const { dtype, shape, byteLength } = model.info(name);
      expect(shape).toEqual(source.info(name).shape);
      const values = await model.tensor(name);
      const bytes = await model.bytes(name);
      expect(bytes).toEqual(encodeFloats(values, dtype as "F32" | "F16"));
      expect(bytes).toHaveLength(byteLength);
      if (name in model.record.linears) {
        expect(values).toEqual(dequantize(await model.storedWeight(name)).data);
      } else expect(bytes).toEqual(await source.bytes(name));
    }
    expect([INTEGER, NF4, SPARSE, KEPT].map((name) => model.info(name).dtype))
      .toEqual(["F32", "F32", "F16", "F16"]);
    expect((await model.storedWeight(KEPT)).kind).toBe("dense");
    await expect(model.storedWeight("model.norm.weight")).rejects.toThrow(/it must be a matrix/);
    await expect(model.tensor("lm_tail")).rejects.toThrow(/no such tensor/);
    model.close();
    model.close();
  });

  it("counts stored and executed bytes", async () => {
    const model = await openCompressedModel(folder);
    const kept = source.names().filter((name) => !(name in model.record.linears))
      .reduce((sum, name) => sum + source.info(name).byteLength, 0);
    const { linears } = model.record;
    const values = Object.values(linears)
      .reduce((sum, linear) => sum + (linear.kind === "sparse" ? 2 * linear.kept : 0), 0);
    // [64, 96] in 3 groups of 32; [96, 64] in 96 blocks of 64; [96, 64] with a bit for each weight
    const stored = 64 * 36 + 64 * 3 * 2 + 64 * 2 + (3072 + 96 * 4) + 96 * 8;
    expect(model.storedBytes()).toBe(kept + 2 * stored + values);
    const executed = 64 * 48 + 64 * 3 * 4 + 64 * 2 + (3072 + 96 * 4) + 96 * 64 * 2;
    expect(model.executedBytes()).toBe(kept + 2 * executed);
    model.close();
  });

  it("names its weights by a hash that any of them changes", async () => {
    const hash = async (path: string) => {
      const model = await openCompressedModel(path);
      const sha256 = await model.sha256();
      model.close();
      return sha256;
    };
    const first = await hash(folder);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    const other = `${root}/other`;
    await compressWith(
      source,
      other,
      (weight, index) => index === 1 ? undefined : compress(weight, index),
    );
    expect(await hash(other)).not.toBe(first);
  });
});

describe("openModel()", () => {
  it("tells compressed models from checkpoints", async () => {
    const { folder, remove } = await writeRandomCheckpoint();
    const checkpoint = await openModel(folder);
    expect(isCompressed(checkpoint)).toBe(false);
    await compressWith(checkpoint, `${folder}/compressed`, compress);
    checkpoint.close();
    const model = await openModel(`${folder}/compressed`);
    expect(isCompressed(model)).toBe(true);
    model.close();
    await remove();
  });
});
