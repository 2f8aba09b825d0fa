import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { measureProducts } from "../../../experiments/bench/products.ts";
import { parametersOf, PRODUCT_MODELS } from "../../../experiments/bench/products_models.ts";
import { PRODUCT_FORMATS, randomWeight } from "../../../experiments/bench/products_weights.ts";
import { openGpuClock } from "../../../experiments/bench/webgpu_clock.ts";
import { dequantize } from "../../../kernels/dequantize.ts";
import { packProduct } from "../../../kernels/webgpu/products/pack.ts";
import { LAVAPIPE, lavapipe } from "../../kernels/webgpu/adapter.ts";
import { itNeeds } from "../../needs.ts";

/** Numbers of a model, as published, less the embedding where it is not the head, and less the norms. */
const PUBLISHED = {
  "135M": 134_515_008 - 61 * 576,
  "1.1B": 1_100_048_384 - 32_000 * 2048 - 45 * 2048,
  "ALMA-7B": 6_738_415_616 - 32_000 * 4096 - 65 * 4096,
};

const CONTEXT = { quick: true, repeats: 1, llamaCpp: false, workFolder: "", log() {} };

describe("PRODUCT_MODELS", () => {
  it("PRODUCT_MODELS have as many parameters as the models they stand for", () => {
    for (const model of PRODUCT_MODELS.slice(1)) {
      expect(parametersOf(model)).toBe(PUBLISHED[model.name as keyof typeof PUBLISHED]);
    }
  });
});

describe("randomWeight()", () => {
  it("randomWeight() gives weights that can be dequantised and multiplied with, in the form of the name", () => {
    const formats = PRODUCT_FORMATS.map((name) => {
      const weight = randomWeight(name, 6, 200, 1);
      expect(dequantize(weight).data.every(Number.isFinite)).toBe(true);
      const { format, constants } = packProduct(weight, 2 ** 20);
      return `${format} ${constants.BITS ?? constants.KEPT ?? ""}`.trim();
    });
    expect(formats).toEqual([
      ...["dense", "integer 8", "integer 4", "integer 3", "integer 2", "nf4", "bitmask", "runs 16"],
    ]);
  });
});

describe("measureProducts()", () => {
  itNeeds(
    LAVAPIPE,
    "measureProducts() gives a rate for every form and its ratio to float32",
    async () => {
      const gpu = await lavapipe();
      const clock = openGpuClock(gpu);
      const model = { name: "toy", layers: [{ rows: 8, columns: 64, count: 2 }] };
      const result = await measureProducts(gpu, clock, model, CONTEXT, ["a note"]);
      clock.release();
      expect(result).toMatchObject({ unit: "tokens/s", size: { parameters: 1024 } });
      expect(result.contestants.map(({ name }) => name)).toEqual([...PRODUCT_FORMATS]);
      expect(result.contestants.every(({ samples }) => samples.length === 1 && samples[0] > 0))
        .toBe(true);
      expect(result.ratios.length).toBe(PRODUCT_FORMATS.length - 1);
      expect(result.contestants[0].note).toMatch(/^0\.00 MB a token, \d/);
      expect(result.notes.at(-1)).toBe("a note");
    },
  );
});
