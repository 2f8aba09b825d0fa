import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { cometScores, storedCometScores } from "../../experiments/comet_scores.ts";
import { recomputeCometScores, verifyCometRecords } from "../../experiments/comet_verify.ts";
import { type ResultRow } from "../../experiments/row.ts";
import { ResultStore } from "../../experiments/store.ts";
import { openTestSet } from "../../experiments/test_set.ts";
import type { CometSegment } from "../../inference/comet/scorer.ts";
import { exampleRow, withFolder } from "./example_rows.ts";

/** Scores by length, and remembers what it was given. */
class LengthComet {
  readonly given: CometSegment[][] = [];
  constructor(readonly signature = "COMET|model:length", private readonly shift = 0) {}

  score(segments: readonly CometSegment[]) {
    this.given.push([...segments]);
    const scores = segments.map(({ source, translation, reference }) =>
      this.shift + (source.length - translation.length + 2 * reference.length) / 64
    );
    const score = scores.reduce((total, one) => total + one, 0) / scores.length;
    return Promise.resolve({ segments: scores, score, signature: this.signature });
  }
}

/** A store with three rows on two directions of the embedded test set. */
async function filled(folder: string, quirks?: ResultRow["quirks"]): Promise<ResultStore> {
  const store = await ResultStore.open(folder);
  const testSet = await openTestSet("tiny/test");
  const translations: [ResultRow["direction"], string[]][] = [
    ["en-de", ["Der Hund.", ""]],
    ["de-en", ["A dog.", "Two dogs."]],
    ["en-de", ["Die Katze.", "Eine Kuh."]],
  ];
  for (const [direction, lines] of translations) {
    const { data } = testSet.unit(direction, lines.length);
    const hypotheses = { ...await store.writeHypotheses(lines), unfinished: 0 };
    await store.append(exampleRow({ direction, data, hypotheses, ...(quirks ? { quirks } : {}) }));
  }
  return store;
}

describe("cometScores()", () => {
  it("cometScores() scores each row on its own text and keeps the scores", () =>
    withFolder(async (folder) => {
      const store = await filled(folder);
      const comet = new LengthComet();
      const told: number[][] = [];
      const onRow = (done: number, total: number) => told.push([done, total]);
      const records = await cometScores(store.rows, store, comet, { onRow });
      expect(told).toEqual([[1, 3], [2, 3], [3, 3]]);
      const { sources, references } = (await openTestSet("tiny/test")).unit("de-en", 2);
      expect(comet.given[0]).toEqual([
        { source: sources[0], translation: "A dog.", reference: references[0] },
        { source: sources[1], translation: "Two dogs.", reference: references[1] },
      ]);
      expect(records.map(({ direction }) => direction)).toEqual(["en-de", "de-en", "en-de"]);
      expect(await storedCometScores(store.rows, folder)).toEqual(records);
      expect(await cometScores(store.rows, store, comet)).toEqual(records);
      expect(comet.given).toHaveLength(3); // none was scored twice
      expect(await verifyCometRecords(folder)).toEqual({ records: 3, problems: [] });
    }));

  it("cometScores() gives COMET the prompt where the row's quirks say so, under another key", () =>
    withFolder(async (folder) => {
      const store = await filled(folder, ["comet-prompt-source"]);
      const comet = new LengthComet();
      const [record] = await cometScores(store.rows.slice(0, 1), store, comet);
      expect(comet.given[0]![0]!.source).toMatch(
        /^Translate this from English to German:\nEnglish: /,
      );
      expect(record!.quirks).toEqual(["comet-prompt-source"]);
      const plain = await filled(`${folder}/plain`);
      expect(await storedCometScores(plain.rows, folder)).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    }));

  it("cometScores() refuses translations and test sets that are not the row's", () =>
    withFolder(async (folder) => {
      const store = await filled(folder);
      const comet = new LengthComet();
      const row = store.rows[0]!;
      const other = exampleRow({ ...row, data: { ...row.data, sha256: "0".repeat(64) } });
      await expect(cometScores([other], store, comet)).rejects.toThrow(
        "is not the one that the row",
      );
      await Deno.writeTextFile(store.hypothesesPath(row), "changed\n");
      await expect(cometScores([row], store, comet)).rejects.toThrow(
        "missing or not what its row says",
      );
      expect(comet.given).toEqual([]);
    }));
});

describe("storedCometScores()", () => {
  it("storedCometScores() gives nothing where nothing is stored", () =>
    withFolder(async (folder) => {
      const store = await filled(folder);
      expect(await storedCometScores(store.rows, folder)).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
      await cometScores(store.rows.slice(1, 2), store, new LengthComet());
      const found = await storedCometScores(store.rows, folder);
      expect(found.map((record) => record !== undefined)).toEqual([false, true, false]);
    }));

  it("storedCometScores() asks for a signature where rows have scores of several models", () =>
    withFolder(async (folder) => {
      const store = await filled(folder);
      for (const model of ["a", "b"]) {
        await cometScores(store.rows, store, new LengthComet(`COMET|${model}`));
      }
      await expect(storedCometScores(store.rows, folder)).rejects.toThrow("COMET|a and COMET|b");
      const [record] = await storedCometScores(store.rows, folder, "COMET|b");
      expect(record!.signature).toBe("COMET|b");
    }));
});

describe("verifyCometRecords() and recomputeCometScores()", () => {
  it("recomputeCometScores() finds scores that the model does not give", () =>
    withFolder(async (folder) => {
      const store = await filled(folder);
      await cometScores(store.rows, store, new LengthComet());
      const near = new LengthComet("COMET|model:length", 1e-5);
      expect(await recomputeCometScores(store.rows, store, near)).toEqual({
        records: 3,
        problems: [],
      });
      const far = new LengthComet("COMET|model:length", 1e-3);
      const { problems } = await recomputeCometScores(store.rows, store, far);
      expect(problems).toHaveLength(3);
      expect(problems[0]).toMatch(/segment 0 is recorded as .*, computed again it is/);
    }));

  it("verifyCometRecords() finds changed and misnamed records", () =>
    withFolder(async (folder) => {
      const store = await filled(folder);
      await cometScores(store.rows, store, new LengthComet());
      const names = [...Deno.readDirSync(`${folder}/comet`)].map(({ name }) => name).sort();
      const path = `${folder}/comet/${names[0]}`;
      const text = await Deno.readTextFile(path);
      await Deno.writeTextFile(path, text.replace(/"score":/, '"score":1'));
      await Deno.rename(`${folder}/comet/${names[1]}`, `${folder}/comet/${"0".repeat(64)}.json`);
      const { records, problems } = await verifyCometRecords(folder);
      expect(records).toBe(3);
      expect(problems.map((problem) => /: (\D{20})/.exec(problem)![1])).toEqual([
        "it must be named aft",
        "scores must carry th",
      ]);
      await expect(storedCometScores(store.rows, folder)).rejects.toThrow(SyntaxError);
    }));
});
