import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { protocolNotes } from "../../../experiments/protocol/notes.ts";
import { NOT_REPEATED } from "../../../experiments/protocol/not_repeated.ts";
import { findQuirk, QUIRK_IDS, QUIRKS } from "../../../experiments/protocol/quirks.ts";
import {
  activeQuirks,
  protocolRecipe,
  unitQuirks,
} from "../../../experiments/protocol/study_recipe.ts";
import {
  type MethodRecipe,
  parseRecipe,
  type Recipe,
  type Step,
} from "../../../experiments/recipe.ts";
import { loadRecipe, RECIPE_IDS } from "../../../experiments/recipes.ts";

const sound = await loadRecipe("table_1");
const study: Recipe = { ...sound, protocol: "study" };

/** The method of an id under the study's protocol, with some quirks or all. */
function method(id: string, quirks?: Recipe["quirks"]): MethodRecipe {
  return protocolRecipe({ ...study, quirks }).methods.find((candidate) => candidate.id === id)!;
}

describe("QUIRKS", () => {
  it("have names of their own, one sentence each, and say where they are seen", () => {
    expect(new Set(QUIRK_IDS).size).toBe(QUIRKS.length);
    for (const { sentence, source } of QUIRKS) {
      expect(sentence).toMatch(/^[A-Z].*[^.]\.$/);
      expect(source.length).toBeGreaterThan(10);
    }
  });

  it("findQuirk() lists the names when there is no such quirk", () => {
    expect(findQuirk("padding").where).toBe("calibration");
    expect(() => findQuirk("pading")).toThrow(/Cannot use quirk "pading": .*padding/);
  });
});

describe("activeQuirks()", () => {
  it("is nothing under sound, everything under study, or what a recipe lists, in one order", () => {
    expect(activeQuirks(sound)).toEqual([]);
    expect(activeQuirks(study)).toEqual(QUIRK_IDS);
    expect(activeQuirks({ protocol: "study", quirks: ["padding", "chinese-13a"] }))
      .toEqual(["chinese-13a", "padding"]);
    expect(activeQuirks({ protocol: "study", quirks: [] })).toEqual([]);
  });
});

describe("protocolRecipe()", () => {
  it("leaves a sound recipe, and one with no quirks on, as it is", () => {
    expect(protocolRecipe(sound)).toBe(sound);
    expect(protocolRecipe({ ...study, quirks: [] }).methods).toBe(sound.methods);
  });

  it("gives a recipe that is valid JSON, and its own recipe again", async () => {
    for (const id of RECIPE_IDS) {
      const recipe = protocolRecipe({ ...await loadRecipe(id), protocol: "study" });
      expect(parseRecipe(JSON.parse(JSON.stringify(recipe)), "it")).toEqual(recipe);
      expect(protocolRecipe(recipe)).toEqual(recipe);
    }
  });

  it("batches 8 sentences together, and 4 for a pruned model, in the study's way", () => {
    for (
      const [id, batchSize] of [["baseline", 8], ["gptq-4", 8], ["wanda-40", 4], [
        "wanda-gptq-40-4",
        4,
      ]] as const
    ) {
      expect(method(id).decoding).toEqual({ batching: "study", batchSize, cut: "characters" });
    }
    expect(method("baseline", ["character-cut"]).decoding).toEqual({ cut: "characters" });
  });

  it("calibrates pruning on padded prompts from Czech, GPTQ on its own draw, without translations", () => {
    const pruning = { samples: 512, draw: "study-pruning", translations: false, paddedTo: 2048 };
    for (const id of ["wanda-40", "wanda-dsnot-40", "wanda-gptq-40-4"]) {
      expect(method(id).calibration).toEqual(pruning);
    }
    expect(method("gptq-4").calibration).toEqual({
      samples: 512,
      draw: "study-gptq",
      translations: false,
    });
    for (const id of ["baseline", "nf4", "sq-nf4", "rtn-4", "magnitude-40"]) {
      expect(method(id).calibration).toBeUndefined();
    }
  });

  it("switches each rule of calibration by itself", () => {
    expect(method("wanda-40", ["padding"]).calibration).toEqual({ samples: 512, paddedTo: 2048 });
    expect(method("wanda-40", ["prompt-only"]).calibration)
      .toEqual({ samples: 512, translations: false });
    expect(method("gptq-4", ["padding"]).calibration).toBeUndefined();
  });

  it("changes no step of the package's recipes: they have the study's settings already", async () => {
    for (const id of RECIPE_IDS) {
      const recipe = await loadRecipe(id);
      const changed = protocolRecipe({ ...recipe, protocol: "study" });
      expect(changed.methods.map(({ steps }) => steps)).toEqual(
        recipe.methods.map(({ steps }) => steps),
      );
    }
    const settings = QUIRKS.filter(({ where }) => where === "compression");
    expect(settings.every(({ inRecipes }) => inRecipes)).toBe(true);
  });

  it("sets the study's settings in steps that have others, and no more when a quirk is off", () => {
    const steps: Step[] = [
      { kind: "smoothquant", alpha: 0.5 },
      { kind: "wanda", sparsity: 0.5 },
      { kind: "dsnot", maxCycles: 9 },
      { kind: "gptq", bits: 3, groupSize: 64, symmetric: false },
      { kind: "nf4" },
    ];
    const changed = (quirks?: Recipe["quirks"]) =>
      protocolRecipe({ ...study, quirks, methods: [{ ...sound.methods[0], steps }] }).methods[0]
        .steps;
    expect(changed()).toEqual([
      { kind: "smoothquant", alpha: 0.85 },
      { kind: "wanda", sparsity: 0.5 },
      { kind: "dsnot", maxCycles: 9, skip: "mlp" },
      { kind: "gptq", bits: 3, groupSize: 128, symmetric: true, damping: 0.1, sequential: true },
      { kind: "nf4", blockSize: 64, doubleQuantization: true },
    ]);
    expect(changed(["chinese-13a", "dsnot-attention-only"]).filter((step, i) => step !== steps[i]))
      .toEqual([{ kind: "dsnot", maxCycles: 9, skip: "mlp" }]);
  });
});

describe("unitQuirks()", () => {
  it("names those that can change something of a method on a direction", () => {
    const of = (id: string, direction: `${string}-${string}`) =>
      unitQuirks(study, method(id), direction);
    const always = [
      "reference-newline",
      "comet-prompt-source",
      "character-cut",
      "study-batches",
      "trimmed-times",
    ];
    expect(of("baseline", "en-de")).toEqual(always);
    expect(of("baseline", "zh-en")).toEqual(always);
    expect(of("baseline", "en-zh")).toEqual(["chinese-13a", ...always]);
    expect(of("gptq-4", "en-de"))
      .toEqual([...always, "calibration-rows", "prompt-only", "gptq-defaults"]);
    expect(of("wanda-dsnot-40", "en-de"))
      .toEqual([...always, "calibration-rows", "prompt-only", "padding", "dsnot-attention-only"]);
    expect(of("sq-nf4", "en-de"))
      .toEqual([...always, "nf4-double-quantization", "smoothquant-alpha"]);
    expect(unitQuirks(sound, method("wanda-40"), "en-zh")).toEqual([]);
  });
});

describe("protocolNotes()", () => {
  it("says nothing of a sound recipe, and under study one sentence for each quirk and what is not repeated", () => {
    expect(protocolNotes(sound)).toEqual([]);
    const notes = protocolNotes(study);
    for (const { id, sentence } of QUIRKS) expect(notes).toContain(`${id}: ${sentence}`);
    for (const { sentence } of NOT_REPEATED) expect(notes).toContain(sentence);
    expect(notes.some((note) => note.startsWith("Sampling inside beam search is not repeated")))
      .toBe(true);
  });

  it("leaves out what touches nothing of the recipe", () => {
    const recipe: Recipe = { ...study, directions: ["en-de"], methods: sound.methods.slice(0, 1) };
    const text = protocolNotes(recipe).join("\n");
    expect(text).not.toContain("chinese-13a:");
    expect(text).not.toContain("padding:");
    expect(text).toContain("character-cut:");
    expect(protocolNotes({ ...recipe, quirks: [] })[0]).toContain("none of its quirks");
  });
});
