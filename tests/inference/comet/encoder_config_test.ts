import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import {
  cometTensorShapes,
  type EncoderConfig,
  readEncoderConfig,
} from "../../../inference/comet/encoder_config.ts";
import type { CometWeights } from "../../../inference/comet/weights.ts";

const BASE: EncoderConfig = {
  vocabularySize: 250002,
  hiddenSize: 768,
  layers: 12,
  heads: 12,
  feedForwardSize: 3072,
  positions: 514,
  layerNormEpsilon: 1e-5,
};

/** Weights of which nothing is there but names, shapes and dtypes. */
function shapesOnly(shapes: Map<string, number[]>, dtype = "F32"): CometWeights {
  const missing = () => Promise.reject(new Error("no tensor is read"));
  return {
    path: "weights",
    names: () => [...shapes.keys()],
    info(name) {
      const shape = shapes.get(name);
      if (!shape) throw new RangeError(`Cannot use weights: tensor ${name} is missing`);
      return { name, dtype, shape, byteLength: 0, file: "weights" };
    },
    bytes: missing,
    tensor: missing,
    sha256: missing,
    close: () => {},
  };
}

const hparams = (pretrainedModel: string) => ({ pretrainedModel, hiddenSizes: [3072, 1024] });

async function withConfig(json: unknown, test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    if (json !== undefined) await Deno.writeTextFile(`${folder}/config.json`, JSON.stringify(json));
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

describe("readEncoderConfig()", () => {
  it("readEncoderConfig() knows the heads of XLM-RoBERTa's published sizes", () =>
    withConfig(undefined, async (folder) => {
      const weights = shapesOnly(cometTensorShapes(BASE, [3072, 1024]));
      for (const name of ["xlm-roberta-base", "FacebookAI/xlm-roberta-base"]) {
        expect(await readEncoderConfig(folder, hparams(name), weights)).toEqual(BASE);
      }
      const large = { ...BASE, hiddenSize: 1024, layers: 24, heads: 16, feedForwardSize: 4096 };
      const other = shapesOnly(cometTensorShapes(large, [3072, 1024]));
      expect(await readEncoderConfig(folder, hparams("xlm-roberta-large"), other)).toEqual(large);
      await expect(readEncoderConfig(folder, hparams("xlm-roberta-large"), weights)).rejects
        .toThrow(
          "the heads of encoder xlm-roberta-large with 12 layers are not known",
        );
    }));

  it("readEncoderConfig() takes heads and epsilon from config.json, which goes before the name", () =>
    withConfig(
      { model_type: "xlm-roberta", num_attention_heads: 6, layer_norm_eps: 1e-6 },
      async (folder) => {
        const weights = shapesOnly(cometTensorShapes(BASE, [3072, 1024]));
        const config = await readEncoderConfig(folder, hparams("xlm-roberta-base"), weights);
        expect(config).toEqual({ ...BASE, heads: 6, layerNormEpsilon: 1e-6 });
      },
    ));

  it("readEncoderConfig() refuses another architecture, activation, and heads that do not fit", async () => {
    const weights = shapesOnly(cometTensorShapes(BASE, [3072, 1024]));
    const wrong: [json: unknown, message: string][] = [
      [{ model_type: "bert", num_attention_heads: 12 }, "model_type must be"],
      [{ hidden_act: "relu", num_attention_heads: 12 }, "hidden_act must be"],
      [{ num_attention_heads: 7 }, "7 heads must divide the width 768"],
      [{}, "num_attention_heads must be"],
      [[], "it must hold a JSON object"],
    ];
    for (const [json, message] of wrong) {
      await withConfig(json, async (folder) => {
        await expect(readEncoderConfig(folder, hparams("x"), weights)).rejects.toThrow(message);
      });
    }
  });

  it("readEncoderConfig() refuses tensors that are missing, misshapen or no floats", () =>
    withConfig({ num_attention_heads: 12 }, async (folder) => {
      const read = (shapes: Map<string, number[]>, dtype?: string) =>
        readEncoderConfig(folder, hparams("x"), shapesOnly(shapes, dtype));
      const bias = "encoder.model.encoder.layer.3.output.dense.bias";
      const lacking = cometTensorShapes(BASE, [3072, 1024]);
      lacking.delete(bias);
      await expect(read(lacking)).rejects.toThrow(`tensor ${bias} is missing`);
      const misshapen = cometTensorShapes(BASE, [3072, 1024]).set(bias, [767]);
      await expect(read(misshapen)).rejects.toThrow("its shape must be [768], not [767]");
      const other = cometTensorShapes(BASE, [2048]);
      await expect(read(other)).rejects.toThrow("estimator.ff.");
      await expect(read(cometTensorShapes(BASE, [3072, 1024]), "I64")).rejects.toThrow(TypeError);
    }));
});
