import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { tinyModelFolder } from "../../data/tiny.ts";
import { fixedWork } from "../../experiments/fixed_work.ts";
import { interleavedTimes, timeRatio } from "../../experiments/interleaved_time.ts";
import { timedModel } from "../../experiments/timed_model.ts";
import { loadTokenizer } from "../../inference/tokenizer.ts";
import { withFolder } from "./example_rows.ts";

const folder = tinyModelFolder();
const SENTENCE = {
  direction: "en-de",
  source: "The dog sleeps.",
  reference: "Der Hund schläft.",
} as const;

describe("timedModel()", () => {
  it("timedModel() runs the embedded model, and more work takes longer", () =>
    withFolder(async (graphFolder) => {
      const tokenizer = await loadTokenizer(folder);
      const model = await timedModel("baseline", folder, { graphFolder });
      const seconds = async (beams: number) => {
        const work = fixedWork(tokenizer, [SENTENCE], { steps: 8, beams });
        return (await interleavedTimes([model], { work, rounds: 7 }))[0];
      };
      expect(timeRatio(await seconds(64), await seconds(1)).value).toBeGreaterThan(1.5);
      expect(model.sha256).toBe((await timedModel("other", folder, { graphFolder })).sha256);
    }));
});
