import { after, describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { CompressedModel } from "../../../inference/compressed/model.ts";
import { openCompressedModel } from "../../../inference/compressed/model.ts";
import { openCheckpoint } from "../../../inference/checkpoint.ts";
import { exportModel } from "../../../inference/export/export_model.ts";
import type { ExportFormat } from "../../../inference/export/format.ts";
import { tinyModelFolder } from "../../../data/tiny.ts";
import { gptq } from "../../../kernels/gptq.ts";
import { dequantize } from "../../../kernels/dequantize.ts";
import { float16ToFloat32, float32ToFloat16 } from "../../../kernels/float16.ts";
import type { GptqOptions } from "../../../kernels/gptq_options.ts";
import { magnitudeMask } from "../../../kernels/magnitude.ts";
import type { Matrix } from "../../../kernels/matrix.ts";
import { quantizeNf4 } from "../../../kernels/nf4.ts";
import { roundToNearest } from "../../../kernels/round_to_nearest.ts";
import { sparseWeight } from "../../../kernels/sparse.ts";
import type { IntegerWeight, StoredWeight } from "../../../kernels/stored_weight.ts";
import { compressTiny, unevenHessian } from "./compressed_tiny.ts";
import {
  gptqWeight,
  nf4Weight,
  type Numbers,
  packedWeight,
  readNumbers,
} from "./foreign_weights.ts";

const CHECKED = ["model.layers.0.self_attn.k_proj", "model.layers.3.mlp.down_proj"];
const root = await Deno.makeTempDir({ prefix: "mtpress_exports_" });
const hessians = new Map([128, 384].map((columns) => [columns, unevenHessian(columns)]));

const integer = (options: GptqOptions) => (weight: Matrix): IntegerWeight =>
  gptq(weight, hessians.get(weight.columns)!, options).weight;
const rounded = (bits: number, symmetric: boolean, groupSize: number) => (weight: Matrix) =>
  roundToNearest(weight, { bits, symmetric, groupSize });
const nf4 = (doubleQuantization: boolean) => (weight: Matrix) =>
  quantizeNf4(weight, { doubleQuantization });

/** Compresses the embedded model, and hands it to a test. */
async function withModel(
  store: (weight: Matrix, name: string) => StoredWeight,
  test: (model: CompressedModel) => Promise<void>,
): Promise<void> {
  const { folder, remove } = await compressTiny(store);
  const model = await openCompressedModel(folder);
  try {
    await test(model);
  } finally {
    model.close();
    await remove();
  }
}

/** Exports a model into a new folder and reads its tensors and its quantization_config. */
async function exported(
  model: CompressedModel,
  format: ExportFormat,
): Promise<{ tensors: Map<string, Numbers>; config: Record<string, unknown>; folder: string }> {
  const folder = `${root}/${crypto.randomUUID()}`;
  await exportModel({ model, format, folder, source: "tiny" });
  const { quantization_config: config } = JSON.parse(
    await Deno.readTextFile(`${folder}/config.json`),
  );
  return { tensors: await readNumbers(folder), config, folder };
}

/** Whether a reader that is independent of the writer finds the model's own dequantised weights. */
async function expectWeights(
  model: CompressedModel,
  read: (name: string) => ArrayLike<number>,
): Promise<void> {
  for (const name of CHECKED) {
    const expected = dequantize(await model.storedWeight(`${name}.weight`)).data;
    expect(Float32Array.from(read(name))).toEqual(expected);
  }
}

describe("exportModel()", () => {
  after(() => Deno.remove(root, { recursive: true }));

  for (const bits of [2, 3, 4, 8]) {
    it(`writes ${bits} bits as gptq and gptq_v2, which read back as the same weights`, async () => {
      await withModel(rounded(bits, true, 64), async (model) => {
        for (const format of ["gptq", "gptq_v2"] as const) {
          const { tensors, config, folder } = await exported(model, format);
          expect(config).toMatchObject({
            ...{ quant_method: "gptq", checkpoint_format: format, bits, group_size: 64 },
            ...{ desc_act: false, sym: true },
          });
          const v1 = format === "gptq";
          await expectWeights(model, (name) => gptqWeight(tensors, name, { bits, v1 }));
          const older = JSON.parse(await Deno.readTextFile(`${folder}/quantize_config.json`));
          expect(older).toEqual(config);
        }
      });
    });
  }

  it("writes real group indices of columns in activation order as gptq", async () => {
    const options = { bits: 4, symmetric: true, groupSize: 32, actOrder: true };
    await withModel(integer(options), async (model) => {
      const { tensors, config } = await exported(model, "gptq");
      expect(config["desc_act"]).toBe(true);
      const { values } = tensors.get(`${CHECKED[0]}.g_idx`)!;
      expect([...Array.from(values)].some((group, c) => group !== Math.floor(c / 32))).toBe(true);
      await expectWeights(model, (name) => gptqWeight(tensors, name, { bits: 4, v1: true }));
    });
  });

  it("writes zero points of 0 as gptq_v2 and refuses them as gptq", async () => {
    const store = (weight: Matrix): StoredWeight => {
      const magnitudes = { ...weight, data: weight.data.map(Math.abs) }; // their least value is the range's end, 0
      return rounded(4, false, 32)(magnitudes);
    };
    await withModel(store, async (model) => {
      const { tensors } = await exported(model, "gptq_v2");
      await expectWeights(model, (name) => gptqWeight(tensors, name, { bits: 4, v1: false }));
      await expect(exported(model, "gptq")).rejects.toThrow(
        "Cannot export model.layers.0.self_attn.q_proj as gptq: it has a zero point of 0",
      );
    });
  });

  for (const nested of [false, true]) {
    const what = nested ? "NF4 with quantised block maxima" : "NF4";
    it(`writes ${what} as bnb-nf4, which reads back as the same weights`, async () => {
      await withModel(nf4(nested), async (model) => {
        const { tensors, config } = await exported(model, "bnb-nf4");
        expect(config).toMatchObject({
          ...{ quant_method: "bitsandbytes", bnb_4bit_use_double_quant: nested },
          ...{ bnb_4bit_compute_dtype: "float16" },
        });
        await expectWeights(model, (name) => nf4Weight(tensors, name));
      });
    });
  }

  for (
    const [bits, symmetric, groupSize] of [[4, true, 32], [3, true, -1], [5, false, 64]] as const
  ) {
    const grid = `${bits} bits, ${symmetric ? "symmetric" : "asymmetric"}, group size ${groupSize}`;
    it(`writes ${grid} as compressed-tensors, which read back as the same weights`, async () => {
      await withModel(rounded(bits, symmetric, groupSize), async (model) => {
        const { tensors, config } = await exported(model, "compressed-tensors");
        expect(config).toMatchObject({ format: "pack-quantized", ignore: ["lm_head"] });
        await expectWeights(model, (name) => packedWeight(tensors, name, bits));
      });
    });
  }

  it("writes pruned weights as safetensors, exactly", async () => {
    const store = (weight: Matrix) => sparseWeight(weight, magnitudeMask(weight, { ratio: 0.4 }));
    await withModel(store, async (model) => {
      const { tensors } = await exported(model, "safetensors");
      await expectWeights(model, (name) => tensors.get(`${name}.weight`)!.values);
    });
  });

  it("rounds dequantised weights to the source's dtype for safetensors", async () => {
    await withModel(nf4(false), async (model) => {
      const { tensors } = await exported(model, "safetensors");
      for (const name of CHECKED) {
        const exact = dequantize(await model.storedWeight(`${name}.weight`)).data;
        const expected = float16ToFloat32(float32ToFloat16(exact));
        expect(Float32Array.from(tensors.get(`${name}.weight`)!.values)).toEqual(expected);
      }
    });
  });

  it("gives the source's bytes back for a model that is not compressed", async () => {
    const model = await openCheckpoint(tinyModelFolder());
    const folder = `${root}/plain`;
    await exportModel({ model, format: "safetensors", folder, source: "tiny" });
    const copy = await openCheckpoint(folder);
    for (const name of model.names()) {
      expect(await copy.bytes(name)).toEqual(await model.bytes(name));
    }
    expect(await Deno.readTextFile(`${folder}/tokenizer.json`)).toBe(
      await Deno.readTextFile(`${model.folder}/tokenizer.json`),
    );
    copy.close();
    model.close();
  });

  it("writes the same bytes every time", async () => {
    await withModel(nf4(true), async (model) => {
      const [one, other] = [await exported(model, "bnb-nf4"), await exported(model, "bnb-nf4")];
      for await (const { name } of Deno.readDir(one.folder)) {
        expect(await Deno.readFile(`${one.folder}/${name}`)).toEqual(
          await Deno.readFile(`${other.folder}/${name}`),
        );
      }
    });
  });
});

describe("exportModel(), asked for what a format cannot hold,", () => {
  const q = "model.layers.0.self_attn.q_proj";
  const differs = (other: (weight: Matrix) => StoredWeight) => (weight: Matrix, name: string) =>
    name.startsWith("model.layers.2.") ? other(weight) : rounded(4, true, 32)(weight);
  const cases: [string, (w: Matrix, name: string) => StoredWeight, ExportFormat, string][] = [
    ["NF4 as gptq", nf4(false), "gptq", `${q} as gptq: its weight is nf4`],
    ["NF4 as compressed-tensors", nf4(false), "compressed-tensors", `${q} as compressed-tensors`],
    [
      "integers as bnb-nf4",
      rounded(4, true, 32),
      "bnb-nf4",
      `${q} as bnb-nf4: its weight is integer`,
    ],
    [
      "5 bits as gptq",
      rounded(5, true, 32),
      "gptq",
      "it has 5 bits, and the format holds 2, 3, 4 or 8",
    ],
    [
      "blocks of 48 as bnb-nf4",
      (weight) => quantizeNf4(weight, { blockSize: 48 }),
      "bnb-nf4",
      "its blocks have 48 elements",
    ],
    [
      "activation order as compressed-tensors",
      integer({ bits: 4, symmetric: true, groupSize: 32, actOrder: true }),
      "compressed-tensors",
      "its columns are in activation order",
    ],
    [
      "a short last group as compressed-tensors",
      rounded(4, true, 100),
      "compressed-tensors",
      "its 128 columns make a short last group of 100",
    ],
    [
      "two numbers of bits as gptq",
      differs(rounded(3, true, 32)),
      "gptq",
      "model.layers.2.self_attn.q_proj as gptq: it has 3 bits",
    ],
    [
      "one dense layer as gptq",
      differs((w) => ({ kind: "dense", ...w })),
      "gptq",
      "weight is dense",
    ],
  ];
  for (const [what, store, format, message] of cases) {
    it(`refuses ${what} by the linear's name and the rule, and writes nothing`, async () => {
      await withModel(store, async (model) => {
        const folder = `${root}-refused/export`;
        await expect(exportModel({ model, format, folder, source: "tiny" })).rejects.toThrow(
          message,
        );
        await expect(Deno.stat(`${root}-refused`)).rejects.toThrow(Deno.errors.NotFound);
      });
    });
  }

  it("refuses sizes that 32 does not divide as gptq", async () => {
    const { gptqFormat } = await import("../../../inference/export/gptq.ts");
    const data = Float32Array.from({ length: 48 * 32 }, (_, i) => Math.sin(i));
    const weight = rounded(4, true, 16)({ rows: 32, columns: 48, data });
    expect(() => gptqFormat("gptq").tensors({ name: "a.proj", weight, dtype: "F16" })).toThrow(
      "Cannot export a.proj as gptq: its shape is [32, 48]",
    );
  });
});

describe("exportModel() and the folder at its path", () => {
  it("replaces an earlier export when forced, and nothing else", async () => {
    const folder = await Deno.makeTempDir({ prefix: "mtpress_place_" });
    const model = await openCheckpoint(tinyModelFolder());
    const options = { model, format: "safetensors", source: "tiny" } as const;
    const path = `${folder}/export`;
    await exportModel({ ...options, folder: path });
    await expect(exportModel({ ...options, folder: path })).rejects.toThrow("it is there already");
    await exportModel({ ...options, folder: path, force: true });
    await Deno.mkdir(`${folder}/mine`);
    await expect(exportModel({ ...options, folder: `${folder}/mine`, force: true })).rejects
      .toThrow("it is no folder that was exported");
    expect(Array.from(Deno.readDirSync(folder), ({ name }) => name).sort()).toEqual([
      "export",
      "mine",
    ]);
    model.close();
    await Deno.remove(folder, { recursive: true });
  });
});
