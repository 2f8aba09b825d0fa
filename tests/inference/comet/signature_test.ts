import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import {
  COMET_VERSION,
  cometSignature,
  modelOfFolder,
} from "../../../inference/comet/signature.ts";

const COMMIT = "47ed078d749ea726987d0213023c36ef3c26b516";

describe("cometSignature()", () => {
  it("cometSignature() says model, commit, weights, precision, truncation, mix and version", () => {
    const signature = cometSignature({
      model: "wmt22-comet-da",
      revision: COMMIT,
      weightsSha256: "bdfbf422a934fdcf".padEnd(64, "0"),
      truncation: 510,
    });
    expect(signature).toBe(
      "COMET|model:wmt22-comet-da|revision:47ed078d|weights:bdfbf422a934|precision:float32|" +
        `truncation:510|layer_mix:sparsemax|version:${COMET_VERSION}`,
    );
  });

  it("COMET_VERSION is the package's version", async () => {
    const config = await Deno.readTextFile(new URL("../../../deno.json", import.meta.url));
    expect(COMET_VERSION).toBe(`mtpress-${JSON.parse(config).version}`);
  });
});

describe("modelOfFolder()", () => {
  it("modelOfFolder() reads fetched folders and Hugging Face's cache", () => {
    const expected = { model: "wmt22-comet-da", revision: COMMIT };
    expect(modelOfFolder(`/data/wmt22-comet-da/${COMMIT}`)).toEqual(expected);
    expect(modelOfFolder(`/hub/models--Unbabel--wmt22-comet-da/snapshots/${COMMIT}`)).toEqual(
      expected,
    );
  });

  it("modelOfFolder() takes any other folder's name, without separators", () => {
    expect(modelOfFolder("/data/my: model|x")).toEqual({
      model: "my_model_x",
      revision: undefined,
    });
  });
});
