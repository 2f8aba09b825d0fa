import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import {
  HUMAN_PARALLEL_PAIRS,
  type HumanParallelPair,
  readHumanParallel,
} from "../../data/human_parallel.ts";
import { readTinySplit } from "../../data/tiny.ts";
import { itNeeds, SHARED } from "../needs.ts";
import { sharedLines } from "../shared.ts";
import { withFolder } from "../experiments/example_rows.ts";
import { madeOf, parquetPath } from "./parquet.ts";

const FOLDER = parquetPath("human_parallel");

/** Rows and bytes (of the texts, and 8 for each row) of each file, as the dataset's card states them. */
const CARD: Readonly<Record<string, [rows: number, bytes: number]>> = {
  "cs-en": [12076, 3432181],
  "de-en": [14211, 4108729],
  "is-en": [2009, 554190],
  "ru-en": [15000, 5427552],
  "zh-en": [15406, 4700299],
  "cs-en.valid": [1002, 318813],
  "ru-en.valid": [1002, 442271],
  "zh-en.valid": [1002, 285969],
};

describe("readHumanParallel()", () => {
  it("reads every pair's training rows, and validation rows of all but Icelandic", async () => {
    const splits = { train: "calibration", validation: "dev" } as const;
    for (const [name, [first, count]] of Object.entries(madeOf.human_parallel)) {
      const [pair, split] = name.split(" ") as [HumanParallelPair, keyof typeof splits];
      const { sources, references } = (await readTinySplit(splits[split])).pairs(pair);
      const { rows, fileSha256 } = await readHumanParallel(FOLDER, pair, split);
      const [language] = pair.split("-");
      expect(rows).toEqual(
        sources.map((text, i) => ({ [language]: text, en: references[i] }))
          .slice(first, first + count),
      );
      expect(fileSha256).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it("takes the column by the pair's name too", async () => {
    await withFolder(async (folder) => {
      await Deno.mkdir(`${folder}/de-en`);
      await Deno.copyFile(
        parquetPath("other/plain.parquet"),
        `${folder}/de-en/train-00000-of-00001.parquet`,
      );
      expect((await readHumanParallel(folder, "de-en", "train")).rows.length).toBe(40);
    });
  });

  it("refuses a pair and a split that the dataset does not have", async () => {
    await expect(readHumanParallel(FOLDER, "en-cs" as HumanParallelPair, "train")).rejects.toThrow(
      `Cannot take "en-cs" from ALMA-Human-Parallel: it has ${HUMAN_PARALLEL_PAIRS.join(", ")}`,
    );
    await expect(readHumanParallel(FOLDER, "is-en", "validation")).rejects.toThrow(
      "Cannot take validation rows of is-en from ALMA-Human-Parallel: it has training rows only",
    );
  });

  itNeeds(
    SHARED,
    "has the text whose rows and bytes the dataset's card states, but for spaces at the end of 8 rows",
    async () => {
      const encoder = new TextEncoder();
      let trailing = 0;
      for (const [name, [rows, bytes]] of Object.entries(CARD)) {
        const lines = await sharedLines(`alma-human-parallel/${name}.jsonl`);
        const texts = lines.flatMap((line) =>
          Object.values(JSON.parse(line) as object) as string[]
        );
        expect(lines.length).toBe(rows);
        trailing += texts.filter((text) => text.endsWith(" ")).length;
        const sizes = texts.map((text) => encoder.encode(text.trimEnd()).length + 4);
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(bytes);
      }
      expect(trailing).toBe(8);
    },
  );
});
