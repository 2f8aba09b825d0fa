import { describe } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { Direction } from "../../data/directions.ts";
import { sha256 } from "../../experiments/canonical_json.ts";
import type { Protocol } from "../../experiments/recipe.ts";
import { scoreSystem } from "../../experiments/score_system.ts";
import { ResultStore } from "../../experiments/store.ts";
import { openTestSet } from "../../experiments/test_set.ts";
import { itNeeds, SHARED } from "../needs.ts";
import { sharedJson, sharedLines, sharedPath } from "../shared.ts";
import { withFolder } from "./example_rows.ts";

/** sacreBLEU's scores of one system on one direction. */
interface Corpus {
  system: string;
  direction: Direction;
  bleu: Record<"default" | "study", { score: number }>;
  chrf: Record<"chrF2", { score: number }>;
}

/** The rows that a protocol gives of all published systems, with sacreBLEU's scores beside them. */
async function compare(store: ResultStore, protocol: Protocol): Promise<number> {
  const corpora = await sharedJson<Corpus[]>("golden/metrics/corpus.json");
  for (const { system, direction, bleu, chrf } of corpora) {
    const folder = sharedPath(`wmt22/${direction}`);
    const testSet = await openTestSet(`${folder}/source.txt,${folder}/reference.txt`);
    const hypotheses = await sharedLines(`golden/metrics/systems/${system}/${direction}.txt`);
    const fileSha256 = sha256(hypotheses.join("\n"));
    const { row } = await scoreSystem(
      { name: system, direction, hypotheses, fileSha256 },
      { store, testSet, protocol },
    );
    const expected = bleu[protocol === "study" ? "study" : "default"];
    expect(row.scores.bleu.score).toBeCloseTo(expected.score, 9);
    expect(row.scores.chrf.score).toBeCloseTo(chrf.chrF2.score, 9);
    expect(row.data.segments).toBe(hypotheses.length);
  }
  return corpora.length;
}

describe("published systems' translations of WMT22, as rows", () => {
  itNeeds(SHARED, "have sacreBLEU's BLEU and chrF, all systems in all ten directions", async () => {
    await withFolder(async (folder) => {
      expect(await compare(await ResultStore.open(folder), "sound")).toBe(40);
    });
  });

  itNeeds(SHARED, "have the study's BLEU under its protocol, 13a for Chinese", async () => {
    await withFolder(async (folder) => {
      const store = await ResultStore.open(folder);
      expect(await compare(store, "study")).toBe(40);
      const chinese = store.systems.filter(({ direction }) => direction === "en-zh");
      expect(chinese.every(({ scores }) => scores.bleu.signature.includes("tok:13a"))).toBe(true);
      const [first] = chinese.toSorted((a, b) => a.scores.bleu.score - b.scores.bleu.score);
      expect(first.system.name).toBe("WMT_Winners"); // first with the tokenizer zh
    });
  });
});
