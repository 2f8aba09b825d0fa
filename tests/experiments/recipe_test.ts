import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { DIRECTIONS } from "../../data/directions.ts";
import { PUBLISHED_TABLE_1 } from "../../data/published.ts";
import { isDirection, parseRecipe, stepsSignature } from "../../experiments/recipe.ts";
import { loadRecipe, RECIPE_IDS } from "../../experiments/recipes.ts";
import { recipeUnion } from "../../experiments/recipe_union.ts";
import { recipeUnits } from "../../experiments/units.ts";
import { METHODS } from "../../inference/compression/methods.ts";
import { checkSteps } from "../../inference/compression/steps.ts";
import { EXAMPLE_RECIPE } from "./example_rows.ts";

const { decoding } = EXAMPLE_RECIPE;
const [baseline, gptq] = EXAMPLE_RECIPE.methods;

/** Each case breaks one rule: the part that breaks it, and words of the rule that the error must name. */
const BROKEN: [string, unknown, RegExp][] = [
  ["id", undefined, /lower case letters/],
  ["id", 7, /lower case letters/],
  ["id", "Table 1", /lower case letters/],
  ["title", " ", /not empty/],
  ["protocol", "loud", /"sound" or "study"/],
  ["protocol", undefined, /"sound" or "study"/],
  ["quirks", [], /only under the protocol "study"/],
  ["quirks", ["chinese-13a"], /only under the protocol "study"/],
  ["seed", 0.5, /an integer/],
  ["seed", "0", /an integer/],
  ["testSet", "", /name of a test set/],
  ["sentences", 0, /a positive integer/],
  ["sentences", 2 ** 60, /a positive integer/],
  ["directions", [], /a list such as/],
  ["directions", "en-de", /a list such as/],
  ["directions", ["en-en"], /a list such as/],
  ["directions", ["en-de", "English-German"], /a list such as/],
  ["decoding", null, /beams, maxNewTokens, batchSize/],
  ["decoding", { ...decoding, beams: 0 }, /positive integers/],
  ["decoding", { ...decoding, maxNewTokens: 1.5 }, /positive integers/],
  ["decoding", { ...decoding, batchSize: "4" }, /positive integers/],
  ["decoding", { ...decoding, lengthPenalty: "1" }, /lengthPenalty \(a number\)/],
  ["decoding", { ...decoding, earlyStopping: "always" }, /true, false or "never"/],
  ["methods", [], /a list of \{ id, name, precision, steps \}/],
  ["methods", [null], /a list of/],
  ["methods", [{ ...baseline, id: "Baseline" }], /a list of/],
  ["methods", [{ ...baseline, id: 4 }], /a list of/],
  ["methods", [{ ...baseline, name: "" }], /a list of/],
  ["methods", [{ ...baseline, precision: undefined }], /a list of/],
  ["methods", [{ ...baseline, steps: undefined }], /a list of/],
  ["methods", [{ ...baseline, steps: [{ bits: 4 }] }], /a list of/],
  ["methods", [{ ...baseline, steps: [{ kind: "gptq", bits: [4] }] }], /a list of/],
  ["methods", [{ ...baseline, published: 1 }], /a list of/],
  ["methods", [{ ...baseline, calibration: { samples: 0 } }], /calibration: \{ samples \}/],
  ["methods", [{ ...baseline, calibration: null }], /calibration: \{ samples \}/],
  ["methods", [{ ...baseline, accuracyLevel: 2 }], /accuracyLevel \(1 or 4\)/],
  ["calibration", null, /\{ set, samples \}/],
  ["calibration", { set: "tiny/calibration" }, /\{ set, samples \}/],
  ["calibration", { set: "", samples: 8 }, /\{ set, samples \}/],
];

describe("parseRecipe()", () => {
  it("returns a recipe that keeps all rules, as it is", () => {
    expect(parseRecipe(EXAMPLE_RECIPE, "example.json")).toEqual(EXAMPLE_RECIPE);
    for (const earlyStopping of [true, false, "never"] as const) {
      const recipe = { ...EXAMPLE_RECIPE, decoding: { ...decoding, earlyStopping } };
      expect(parseRecipe(recipe, "example.json")).toEqual(recipe);
    }
  });

  for (const [field, value, rule] of BROKEN) {
    const found = JSON.stringify(value) ?? "nothing";
    it(`refuses ${field}: ${found}, naming the file, the field, the value and the rule`, () => {
      const read = () => parseRecipe({ ...EXAMPLE_RECIPE, [field]: value }, "example.json");
      expect(read).toThrow(SyntaxError);
      expect(read).toThrow(rule);
      expect(read).toThrow(`Cannot use recipe example.json: "${field}" is ${found}, it must be`);
    });
  }

  it("refuses what is not a record", () => {
    for (const value of [null, undefined, 7, "recipe", []]) {
      expect(() => parseRecipe(value, "example.json")).toThrow('"id" is nothing');
    }
  });

  it("refuses a method or a direction that occurs twice", () => {
    const methods = { ...EXAMPLE_RECIPE, methods: [baseline, gptq, baseline] };
    expect(() => parseRecipe(methods, "a.json")).toThrow('a.json: method "baseline" occurs twice');
    const directions = { ...EXAMPLE_RECIPE, directions: ["en-de", "de-en", "en-de"] };
    expect(() => parseRecipe(directions, "a.json")).toThrow('direction "en-de" occurs twice');
  });
});

describe("loadRecipe()", () => {
  it("reads Table 1: all ten directions in table order, at least 100 sentences, beam 5", async () => {
    const recipe = await loadRecipe("table_1");
    expect(recipe.directions).toEqual(DIRECTIONS);
    expect(recipe.sentences).toBeGreaterThanOrEqual(100);
    expect(recipe.decoding.beams).toBe(5);
    expect(recipe.methods[0]).toMatchObject({ id: "baseline", steps: [] });
  });

  it("names published rows that exist, each of the study's once", async () => {
    const { methods } = await loadRecipe("table_1");
    const named = methods.flatMap(({ published }) => published ?? []);
    expect(named.toSorted()).toEqual(PUBLISHED_TABLE_1.map(({ id }) => id).toSorted());
  });

  it("reads recipes that agree in everything but their methods, so that they run as one", async () => {
    const recipes = await Promise.all(RECIPE_IDS.map((id) => loadRecipe(id)));
    const union = recipeUnion(recipes);
    const ids = new Set(recipes.flatMap(({ methods }) => methods.map(({ id }) => id)));
    expect(union.methods.map(({ id }) => id)).toEqual([...ids]);
    expect(union.methods.filter(({ id }) => id === "gptq-4").length).toBe(1);
  });

  it("reads methods whose steps are all known and allowed", async () => {
    for (const id of RECIPE_IDS) {
      for (const { steps } of (await loadRecipe(id)).methods) checkSteps(steps, METHODS);
    }
  });

  it("reads Figure 1 with 2, 3, 4 and 8 bits, and Figure 2 with 32 to 512 samples", async () => {
    const bits = (await loadRecipe("figure_1")).methods.flatMap(({ steps: [step] }) =>
      step?.bits ?? []
    );
    expect(bits).toEqual([2, 3, 4, 8]);
    const { methods, calibration } = await loadRecipe("figure_2");
    const sizes = methods.filter(({ steps }) => steps.length > 0)
      .map((method) => method.calibration?.samples ?? calibration?.samples);
    expect(sizes).toEqual([32, 64, 128, 256, 512, 32, 64, 128, 256, 512]);
  });
});

describe("stepsSignature()", () => {
  it("is the same for the same options in another order, and keeps the order of steps", () => {
    const wanda = { kind: "wanda", sparsity: 0.4 };
    const signature = stepsSignature([wanda, { kind: "gptq", groupSize: 128, bits: 4 }]);
    expect(signature).toBe("wanda|sparsity:0.4 + gptq|bits:4|groupSize:128");
    expect(stepsSignature([wanda, { bits: 4, groupSize: 128, kind: "gptq" }])).toBe(signature);
    expect(stepsSignature([{ kind: "gptq", groupSize: 128, bits: 4 }, wanda])).not.toBe(signature);
  });

  it("is none for no steps", () => {
    expect(stepsSignature([])).toBe("none");
  });
});

describe("isDirection()", () => {
  it("holds for two different codes with a hyphen between them, and for nothing else", () => {
    for (const direction of DIRECTIONS) expect(isDirection(direction)).toBe(true);
    for (const value of ["en-en", "en", "en-", "-de", "en-de-cs", "EN-DE", "en_de", "", null, 5]) {
      expect(isDirection(value)).toBe(false);
    }
  });
});

describe("recipeUnits()", () => {
  const names = (only: string[]) =>
    recipeUnits(EXAMPLE_RECIPE, only).map((unit) => `${unit.method.id} ${unit.direction}`);

  it("is every method on every direction, method by method", () => {
    expect(names([])).toEqual([
      "baseline en-de",
      "baseline en-zh",
      "baseline de-en",
      "gptq en-de",
      "gptq en-zh",
      "gptq de-en",
    ]);
  });

  it("is restricted by methods, by directions, and by both together, in the recipe's order", () => {
    expect(names(["gptq"])).toEqual(["gptq en-de", "gptq en-zh", "gptq de-en"]);
    expect(names(["de-en", "en-de"])).toEqual([
      "baseline en-de",
      "baseline de-en",
      "gptq en-de",
      "gptq de-en",
    ]);
    expect(names(["en-zh", "baseline"])).toEqual(["baseline en-zh"]);
  });

  it("refuses a name that the recipe does not have, and lists what it has", () => {
    expect(() => names(["gptq", "awq"])).toThrow(RangeError);
    expect(() => names(["gptq", "awq"])).toThrow(
      'Cannot run only "awq": it must be a method (baseline, gptq) or a direction (en-de, en-zh, de-en)',
    );
  });
});
