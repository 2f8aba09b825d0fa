import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { ALMA_7B } from "../../data/alma_7b.ts";
import { PUBLISHED_MODEL } from "../../data/published.ts";
import { llamaTensorShapes, parseLlamaConfig } from "../../inference/llama_config.ts";

describe("ALMA_7B", () => {
  it("ALMA_7B's config comes to its 6,738,415,616 parameters", () => {
    const shapes = llamaTensorShapes(parseLlamaConfig(ALMA_7B.config, ALMA_7B.id)).values();
    const parameters = [...shapes].reduce((sum, shape) => sum + shape.reduce((a, b) => a * b), 0);
    expect(parameters).toBe(6_738_415_616);
    expect(ALMA_7B.parameters).toBe(parameters);
  });

  it("ALMA_7B is the model of the published numbers", () => {
    expect(PUBLISHED_MODEL).toContain(ALMA_7B.id);
  });
});
