import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { tinyModelFolder } from "../../data/tiny.ts";
import { doWork, fixedWork, recipeWork, workTokens } from "../../experiments/fixed_work.ts";
import { loadRecipe } from "../../experiments/recipes.ts";
import { openTestSet } from "../../experiments/test_set.ts";
import { loadTokenizer } from "../../inference/tokenizer.ts";
import { FAKE_WORK, FakeDecoders } from "./fake_decoders.ts";

const tokenizer = await loadTokenizer(tinyModelFolder());
const SENTENCE = {
  direction: "en-de",
  source: "The dog sleeps.",
  reference: "Der Hund schläft.",
} as const;

describe("fixedWork()", () => {
  it("fixedWork() continues every prompt with its reference, repeated to the number of steps", () => {
    const { prompts, continuations } = fixedWork(tokenizer, [SENTENCE], { steps: 40, beams: 1 });
    const [tokens] = continuations;
    expect(prompts[0][0]).toBe(tokenizer.bosId);
    expect(tokens.length).toBe(40);
    const length = tokens.indexOf(tokenizer.eosId) + 1;
    expect(tokenizer.decode(tokens.slice(0, length - 1)).trim()).toBe(SENTENCE.reference);
    expect(tokens.slice(length)).toEqual(tokens.slice(0, 40 - length));
  });

  it("fixedWork() refuses nothing to do", () => {
    const make = (steps: number, beams: number) => () =>
      fixedWork(tokenizer, [SENTENCE], { steps, beams });
    expect(make(0, 1)).toThrow("0 steps");
    expect(make(1, 1.5)).toThrow("1.5 beams");
    expect(() => fixedWork(tokenizer, [], { steps: 1, beams: 1 })).toThrow("0 sentences");
  });
});

describe("recipeWork()", () => {
  it("recipeWork() takes 16 sentences in turn from the recipe's directions", async () => {
    const recipe = await loadRecipe("table_1");
    const work = recipeWork(tokenizer, await openTestSet(recipe.testSet), recipe);
    expect([work.prompts.length, work.beams, workTokens(work)]).toEqual([16, 5, 256]);
    expect(new Set(work.prompts.map((prompt) => prompt.join())).size).toBe(16);
  });
});

describe("doWork()", () => {
  it("doWork() multiplies each prompt into its beams and then gives every row its own next token", async () => {
    const fake = new FakeDecoders();
    const decoder = await fake.models(["a"])[0].open();
    await doWork(decoder, FAKE_WORK);
    const asked = [
      { prompts: FAKE_WORK.prompts, options: { maxNewTokens: 3 } },
      { tokens: [2, 2, 5, 5], source: [0, 0, 1, 1] },
      { tokens: [3, 3, 6, 6], source: [0, 1, 2, 3] },
      { tokens: [4, 4, 7, 7], source: [0, 1, 2, 3] },
    ];
    expect(fake.work.get(1)).toBe(asked.map((part) => JSON.stringify(part)).join(""));
    expect(fake.running).toBe(0);
  });
});
