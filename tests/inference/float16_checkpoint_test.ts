import { after, before, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { type Checkpoint, openCheckpoint } from "../../inference/checkpoint.ts";
import { openModel } from "../../inference/compressed/model.ts";
import { compressModel } from "../../inference/compression/compress_model.ts";
import { inFloat16 } from "../../inference/float16_checkpoint.ts";
import { roundFloats } from "../../inference/float_values.ts";
import { writeRandomCheckpoint } from "./random_checkpoint.ts";

describe("inFloat16()", () => {
  const NAME = "model.layers.1.mlp.up_proj.weight";
  let folder: string;
  let remove: () => Promise<void>;
  let source: Checkpoint;

  before(async () => {
    ({ folder, remove } = await writeRandomCheckpoint({ dtype: "F32" }));
    source = await openCheckpoint(folder);
  });
  after(async () => {
    source.close();
    await remove();
  });

  it("inFloat16() gives every tensor rounded to the nearest float16, and says so", async () => {
    const half = inFloat16(source);
    expect(half.names()).toEqual(source.names());
    for (const name of half.names()) {
      expect(await half.tensor(name)).toEqual(roundFloats(await source.tensor(name), "F16"));
    }
    const { dtype, byteLength, shape } = half.info(NAME);
    expect([dtype, byteLength]).toEqual(["F16", 2 * shape[0] * shape[1]]);
    expect((await half.bytes(NAME)).length).toBe(byteLength);
    expect([half.roundedTo, await half.sha256()]).toEqual(["float16", await source.sha256()]);
  });

  it("inFloat16() rounds BF16 and leaves F16 as it is", async () => {
    for (const dtype of ["BF16", "F16"] as const) {
      const other = await writeRandomCheckpoint({ dtype });
      const stored = await openCheckpoint(other.folder);
      const half = inFloat16(stored);
      expect(half.info(NAME).dtype).toBe("F16");
      expect(await half.tensor(NAME)).toEqual(roundFloats(await stored.tensor(NAME), "F16"));
      half.close();
      await other.remove();
    }
  });

  it("inFloat16() refuses a value that float16 cannot hold, by name and index", async () => {
    const values = Float32Array.of(1, 65519, -65520, Infinity);
    const large: Checkpoint = {
      ...source,
      info: (name) => ({ ...source.info(name), shape: [4] }),
      tensor: () => Promise.resolve(values.slice()),
    };
    await expect(inFloat16(large).tensor("model.norm.weight")).rejects
      .toThrow(/model\.norm\.weight .*number 2 is -65520, and the largest float16 is 65504/);
  });

  it("compressModel() of the view stores what it stores of a checkpoint that was rounded before, and records it", async () => {
    const out = `${folder}/nf4`;
    const steps = [{ kind: "nf4" }];
    await compressModel({ source: inFloat16(source), steps, folder: out });
    const model = await openModel(out, { dtype: "float16" });
    expect(JSON.parse(await Deno.readTextFile(`${out}/compressed.json`)).source.dtype)
      .toBe("float16");
    expect(model.info("lm_head.weight").dtype).toBe("F16");
    expect(() => inFloat16(model)).toThrow(TypeError);
    model.close();
    const plain = compressModel({ source, steps, folder: out });
    await expect(plain).rejects.toThrow(/its source must be/);
  });

  it("openModel() opens a checkpoint as float16 when asked to", async () => {
    for (const [options, dtype] of [[{}, "F32"], [{ dtype: "float16" }, "F16"]] as const) {
      const model = await openModel(folder, options);
      expect(model.info(NAME).dtype).toBe(dtype);
      model.close();
    }
  });
});
