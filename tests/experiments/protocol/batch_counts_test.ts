import { after, before, describe } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { studyBatches } from "../../../experiments/protocol/batches.ts";
import { loadTokenizer, type Tokenizer } from "../../../inference/tokenizer.ts";
import { writeAlmaTokenizer } from "../../inference/sentencepiece/llama2_model.ts";
import { itNeeds, SHARED } from "../../needs.ts";
import { sharedJson, sharedLines } from "../../shared.ts";

/** What the study's job logs say of one direction. */
interface Logged {
  segments: number;
  source_line_tokens: number;
  longest_source_line_tokens: number;
  baseline_batches_logged: number;
  wanda_batches_logged: number;
}

describe("studyBatches(), with ALMA's tokenizer on WMT22", () => {
  let folder: string;
  let tokenizer: Tokenizer;
  before(async () => {
    folder = await Deno.makeTempDir();
    await writeAlmaTokenizer(folder);
    tokenizer = await loadTokenizer(folder);
  });
  after(() => Deno.remove(folder, { recursive: true }));

  itNeeds(
    SHARED,
    "makes as many batches as the study's logs count, in all ten directions",
    async () => {
      const { batching_check: { directions } } = await sharedJson<
        { batching_check: { directions: Record<string, Logged> } }
      >("paper/logs.json");
      expect(Object.keys(directions).length).toBe(10);
      for (const [direction, logged] of Object.entries(directions)) {
        const lines = await sharedLines(`wmt22/${direction}/source.txt`);
        const lengths = lines.map((line) => 1 + tokenizer.encode(`${line}\n`).length);
        const counted: Logged = {
          segments: lengths.length,
          source_line_tokens: lengths.reduce((sum, length) => sum + length, 0),
          longest_source_line_tokens: Math.max(...lengths),
          baseline_batches_logged: studyBatches(lengths, 8, 256).length,
          wanda_batches_logged: studyBatches(lengths, 4, 256).length,
        };
        expect([direction, logged]).toEqual([direction, expect.objectContaining(counted)]);
      }
    },
  );
});
