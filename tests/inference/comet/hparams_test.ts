import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { parseCometHparams } from "../../../inference/comet/hparams.ts";
import { GOLDEN_MODEL } from "./golden.ts";

const text = await Deno.readTextFile(`${GOLDEN_MODEL}/hparams.yaml`);

/** The settings with one line replaced. */
function changed(key: string, value?: string): string {
  const line = new RegExp(`^${key}:.*\\n`, "m");
  expect(text).toMatch(line);
  return text.replace(line, value === undefined ? "" : `${key}: ${value}\n`);
}

describe("parseCometHparams()", () => {
  it("parseCometHparams() reads what the package wrote", () => {
    expect(parseCometHparams(text, "hparams.yaml")).toEqual({
      pretrainedModel: "encoder",
      hiddenSizes: [36, 12],
    });
  });

  it("parseCometHparams() refuses every model of another kind, by the setting's name", () => {
    const others: [key: string, value: string][] = [
      ["class_identifier", "referenceless_regression_metric"],
      ["encoder_model", "XLM-RoBERTa-XL"],
      ["layer", "23"],
      ["layer_transformation", "softmax"],
      ["layer_transformation", "sparsemax_patch"],
      ["layer_norm", "true"],
      ["pool", "cls"],
      ["activations", "ReLU"],
      ["final_activation", "Sigmoid"],
    ];
    for (const [key, value] of others) {
      expect(() => parseCometHparams(changed(key, value), "hparams.yaml")).toThrow(
        new RegExp(`Cannot use hparams.yaml: ${key} must be .* not "?${value}`),
      );
    }
  });

  it("parseCometHparams() refuses a setting that is left out, because the package's default is another", () => {
    for (const key of ["class_identifier", "layer_transformation", "layer_norm", "pool"]) {
      expect(() => parseCometHparams(changed(key), "hparams.yaml")).toThrow(`${key} must be`);
    }
    expect(() => parseCometHparams(changed("activations"), "h")).toThrow("activations must be");
    expect(() => parseCometHparams(changed("pretrained_model"), "h")).toThrow("pretrained_model");
  });

  it("parseCometHparams() refuses sizes that are none, and text that is no mapping", () => {
    const sizes = text.replace("- 36\n", "- 0\n");
    expect(() => parseCometHparams(sizes, "h")).toThrow("hidden_sizes must be a list");
    expect(() => parseCometHparams("- 1\n", "h")).toThrow("Cannot read h: it must hold a mapping");
    expect(() => parseCometHparams("a: [", "h")).toThrow("Cannot read h: it must be YAML");
  });
});
