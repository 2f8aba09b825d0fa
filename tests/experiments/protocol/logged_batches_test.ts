import { describe } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { DIRECTIONS } from "../../../data/directions.ts";
import { recipeBatches } from "../../../experiments/protocol/planner.ts";
import { loadTokenizer } from "../../../inference/tokenizer.ts";
import { writeAlmaTokenizer } from "../../inference/sentencepiece/llama2_model.ts";
import { itNeeds, SHARED } from "../../needs.ts";
import { sharedJson, sharedLines } from "../../shared.ts";
import { EXAMPLE_RECIPE, withFolder } from "../example_rows.ts";

/** What the study logged of one direction, and what the rule gives with the larger limit of its later code. */
interface LoggedBatches {
  segments: number;
  source_line_tokens: number;
  baseline_batches_logged: number;
  wanda_batches_logged: number;
  b8_512: number;
  b4_512: number;
}

/** Counts a text's tokens once, however often it is asked for. */
function remembering(count: (text: string) => number): (text: string) => number {
  const counts = new Map<string, number>();
  return (text) => {
    if (!counts.has(text)) counts.set(text, count(text));
    return counts.get(text)!;
  };
}

describe("the study's batching on WMT22, with LLaMA 2's tokenizer", () => {
  itNeeds(
    SHARED,
    "gives exactly the numbers of batches that were logged, in all ten directions",
    async () => {
      type Log = { batching_check: { directions: Record<string, LoggedBatches> } };
      const { batching_check: { directions: logged } } = await sharedJson<Log>("paper/logs.json");
      expect(Object.keys(logged).sort()).toEqual([...DIRECTIONS].sort());
      await withFolder(async (folder) => {
        await writeAlmaTokenizer(folder);
        const tokenizer = await loadTokenizer(folder);
        const count = remembering((text) => 1 + tokenizer.encode(text).length);
        for (const [direction, log] of Object.entries(logged)) {
          const lines = await sharedLines(`wmt22/${direction}/source.txt`);
          expect(lines.length).toBe(log.segments);
          const tokens = lines.reduce((sum, line) => sum + count(`${line}\n`), 0);
          expect([direction, tokens]).toEqual([direction, log.source_line_tokens]);
          const batches = (batchSize: number, maxNewTokens: number) => {
            const decoding = { ...EXAMPLE_RECIPE.decoding, batchSize, maxNewTokens };
            const planner = recipeBatches(lines, { ...decoding, batching: "study" })!;
            return planner(lines.map((_, i) => i), count).length;
          };
          expect({
            direction,
            dense: batches(8, 256),
            pruned: batches(4, 256),
            larger: [batches(8, 512), batches(4, 512)],
          }).toEqual({
            direction,
            dense: log.baseline_batches_logged,
            pruned: log.wanda_batches_logged,
            larger: [log.b8_512, log.b4_512],
          });
        }
      });
    },
  );
});
