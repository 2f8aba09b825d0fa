import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { type RunFacts, unitKeys } from "../../experiments/key.ts";
import type { Recipe } from "../../experiments/recipe.ts";
import type { RowData } from "../../experiments/row.ts";
import { recipeUnits, type Unit } from "../../experiments/units.ts";
import { EXAMPLE_RECIPE, exampleRow } from "./example_rows.ts";

const { data } = exampleRow();
const units = recipeUnits(EXAMPLE_RECIPE);
const unit = units[0];

const facts: RunFacts = {
  modelId: "tiny",
  modelSha256: "a".repeat(64),
  modelFilesSha256: "f".repeat(64),
  device: "cpu",
  accuracyLevel: 1,
  calibration: null,
  backend: null,
  decoding: EXAMPLE_RECIPE.decoding,
  versions: { deno: "2.9.6", "onnxruntime-node": "1.30.0" },
  sources: { translation: "d".repeat(64), scoring: "e".repeat(64) },
};

interface Change {
  recipe?: Partial<Recipe>;
  unit?: Partial<Unit>;
  data?: Partial<RowData>;
  facts?: Partial<RunFacts>;
}

function keys(change: Change = {}) {
  return unitKeys(
    { ...EXAMPLE_RECIPE, ...change.recipe },
    { ...unit, ...change.unit },
    { ...data, ...change.data },
    { ...facts, ...change.facts },
  );
}

const method = unit.method;

/** Changes that can change a translation. */
const TRANSLATION: Record<string, Change> = {
  "a step": { unit: { method: { ...method, steps: [{ kind: "gptq", bits: 4 }] } } },
  "an option of a step": { unit: { method: { ...method, steps: [{ kind: "gptq", bits: 3 }] } } },
  "the direction": { unit: { direction: "de-en" } },
  "the seed": { recipe: { seed: 1 } },
  "the model's weights": { facts: { modelSha256: "0".repeat(64) } },
  "the model's tokenizer": { facts: { modelFilesSha256: "0".repeat(64) } },
  "the sentences": { data: { sha256: "0".repeat(64) } },
  "the width of the beam": { facts: { decoding: { ...facts.decoding, beams: 5 } } },
  "how sentences share batches": {
    facts: { decoding: { ...facts.decoding, batching: "study" } },
  },
  "what of the output is the translation": {
    facts: { decoding: { ...facts.decoding, cut: "characters" } },
  },
  "the size of the batches": { facts: { decoding: { ...facts.decoding, batchSize: 5 } } },
  "the device": { facts: { device: "webgpu" } },
  "the accuracy level": { facts: { accuracyLevel: 4 } },
  "the calibration samples": { facts: { calibration: "0".repeat(64) } },
  "what computes the compression": { facts: { backend: "wasm" } },
  "a dependency's version": { facts: { versions: { ...facts.versions, deno: "2.9.7" } } },
  "the sources of translation": { facts: { sources: { ...facts.sources, translation: "0" } } },
};

/** Changes that can change a row, but no translation. */
const ROW: Record<string, Change> = {
  "the sources of scoring": { facts: { sources: { ...facts.sources, scoring: "0" } } },
  "another sentence of the test set's file": { data: { fileSha256: "0".repeat(64) } },
  "the model's name": { facts: { modelId: "copy" } },
  "the method's id": { unit: { method: { ...method, id: "other" } } },
  "the protocol": { recipe: { protocol: "study" } },
  "a quirk of the protocol": { recipe: { protocol: "study", quirks: ["reference-newline"] } },
};

/** Changes that can change no number. */
const NOTHING: Record<string, Change> = {
  "a quirk that the sound protocol does not have": { recipe: { quirks: ["chinese-13a"] } },
  "the title": { recipe: { title: "Another title" } },
  "the other methods": { recipe: { methods: [method] } },
  "the method's name in tables": { unit: { method: { ...method, name: "No compression" } } },
  "the order of keys": {
    facts: { versions: Object.fromEntries(Object.entries(facts.versions).reverse()) },
  },
};

describe("unitKeys()", () => {
  for (const [what, change] of Object.entries(TRANSLATION)) {
    it(`gives other keys for translations and rows when ${what} changes`, () => {
      expect(keys(change).translation).not.toBe(keys().translation);
      expect(keys(change).row).not.toBe(keys().row);
    });
  }

  for (const [what, change] of Object.entries(ROW)) {
    it(`gives another key for rows alone when ${what} changes`, () => {
      expect(keys(change).translation).toBe(keys().translation);
      expect(keys(change).row).not.toBe(keys().row);
    });
  }

  for (const [what, change] of Object.entries(NOTHING)) {
    it(`gives the same keys when ${what} changes`, () => {
      expect(keys(change)).toEqual(keys());
    });
  }

  it("gives different keys to all changes and all units", () => {
    const all = [
      keys(),
      ...Object.values({ ...TRANSLATION, ...ROW }).map(keys),
      ...units.slice(1).map((other) => keys({ unit: other })),
    ];
    // One change above is a unit of the recipe too: baseline from German.
    expect(new Set(all.map(({ row }) => row)).size).toBe(all.length - 1);
  });
});
