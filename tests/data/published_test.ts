import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { PUBLISHED_MODEL, PUBLISHED_TABLE_1, type PublishedRow } from "../../data/published.ts";
import { itNeeds, SHARED } from "../needs.ts";
import { sharedJson } from "../shared.ts";

interface SharedTable {
  model: string;
  rows: Record<string, string | number>[];
  derived: { memory_reduction_vs_baseline: Record<string, number> };
}

/** Our name of each field of the shared file. */
const FIELDS: Record<keyof PublishedRow, string> = {
  id: "id",
  method: "method",
  precision: "precision_sparsity",
  bleuOutOfEnglish: "bleu_en_x",
  cometOutOfEnglish: "comet_en_x",
  bleuIntoEnglish: "bleu_x_en",
  cometIntoEnglish: "comet_x_en",
  seconds: "avg_time_s",
  mebibytes: "memory_mb",
};

describe("PUBLISHED_TABLE_1", () => {
  it("has six rows with different ids, every one with every field", () => {
    expect(PUBLISHED_TABLE_1.length).toBe(6);
    expect(new Set(PUBLISHED_TABLE_1.map(({ id }) => id)).size).toBe(6);
    for (const row of PUBLISHED_TABLE_1) {
      expect(Object.keys(row).sort()).toEqual(Object.keys(FIELDS).sort());
    }
  });

  it("holds the study's claims: BLEU is higher into English, quantising costs less than one point", () => {
    const [baseline] = PUBLISHED_TABLE_1;
    for (const row of PUBLISHED_TABLE_1) {
      expect(row.bleuIntoEnglish).toBeGreaterThan(row.bleuOutOfEnglish);
    }
    for (
      const row of PUBLISHED_TABLE_1.filter(({ precision }) => /^(4bit|NF-4bit).NA/.test(precision))
    ) {
      expect(baseline.bleuIntoEnglish - row.bleuIntoEnglish).toBeLessThan(1);
      expect(baseline.bleuOutOfEnglish - row.bleuOutOfEnglish).toBeLessThan(1);
      expect(row.mebibytes / baseline.mebibytes).toBeLessThan(0.3);
    }
  });

  itNeeds(SHARED, "equals the copy of the study's table digit for digit", async () => {
    const table = await sharedJson<SharedTable>("paper/table1.json");
    expect(PUBLISHED_TABLE_1).toEqual(
      table.rows.map((row) =>
        Object.fromEntries(Object.entries(FIELDS).map(([ours, theirs]) => [ours, row[theirs]]))
      ),
    );
    expect(PUBLISHED_MODEL).toBe(table.model);
  });
});
