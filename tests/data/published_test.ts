import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import {
  PUBLISHED_FIGURE_1,
  PUBLISHED_FIGURE_1_READING,
  PUBLISHED_FIGURE_2,
  PUBLISHED_FIGURE_2_READING,
  PUBLISHED_MODEL,
  PUBLISHED_TABLE_1,
  type PublishedRow,
} from "../../data/published.ts";
import { itNeeds, SHARED } from "../needs.ts";
import { sharedJson } from "../shared.ts";

interface SharedTable {
  model: string;
  rows: Record<string, string | number>[];
  derived: { memory_reduction_vs_baseline: Record<string, number> };
}

interface SharedFigure1 {
  bleu: { bits: number; en_x: number; x_en: number }[];
  memory_mb: { bits: number; value: number }[];
}

interface SharedFigure2 {
  calibration_samples: number[];
  series: { method: string; metric: string; direction: "en_x" | "x_en"; values: number[] }[];
}

/** Our name of each direction of the shared files. */
const DIRECTIONS = { en_x: "outOfEnglish", x_en: "intoEnglish" };

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

describe("PUBLISHED_FIGURE_1", () => {
  it("meets Table 1 at 4 bits where it was anchored, within the tolerance of the reading", () => {
    const table = PUBLISHED_TABLE_1.find(({ id }) => id === "gptq-4bit")!;
    const point = PUBLISHED_FIGURE_1.find(({ bits }) => bits === 4)!;
    const { bleuRelative, mebibytes } = PUBLISHED_FIGURE_1_READING.tolerance;
    expect(Math.abs(point.bleuIntoEnglish / table.bleuIntoEnglish - 1)).toBeLessThan(bleuRelative);
    expect(Math.abs(point.mebibytes - table.mebibytes)).toBeLessThan(mebibytes);
  });

  itNeeds(SHARED, "equals the readings of the study's figure", async () => {
    const figure = await sharedJson<SharedFigure1>("paper/figure1.json");
    expect(PUBLISHED_FIGURE_1).toEqual(figure.bleu.map(({ bits, en_x, x_en }) => ({
      bits,
      bleuOutOfEnglish: en_x,
      bleuIntoEnglish: x_en,
      mebibytes: figure.memory_mb.find((bar) => bar.bits === bits)?.value,
    })));
  });
});

describe("PUBLISHED_FIGURE_2", () => {
  it("has both methods in every panel, and a value for each number of samples", () => {
    const names = PUBLISHED_FIGURE_2.map((line) => Object.values(line).slice(0, 3).join(" "));
    expect(new Set(names).size).toBe(8);
    for (const { samples, values } of PUBLISHED_FIGURE_2) {
      expect(samples).toEqual([32, 64, 128, 256, 512]);
      expect(values.length).toBe(samples.length);
    }
  });

  it("ends, for Wanda, at the row of Table 1 within the reading's tolerance and rounding", () => {
    const table = PUBLISHED_TABLE_1.find(({ id }) => id === "wanda-40")!;
    const last = PUBLISHED_FIGURE_2.find((line) =>
      line.method === "Wanda" && line.metric === "bleu" && line.direction === "intoEnglish"
    )!.values.at(-1)!;
    expect(Math.abs(last - table.bleuIntoEnglish)).toBeLessThan(
      PUBLISHED_FIGURE_2_READING.tolerance.bleu,
    );
  });

  itNeeds(SHARED, "equals the readings of the study's figure, COMET times 100", async () => {
    const figure = await sharedJson<SharedFigure2>("paper/figure2.json");
    expect(PUBLISHED_FIGURE_2.length).toBe(figure.series.length);
    for (const [index, line] of PUBLISHED_FIGURE_2.entries()) {
      const { method, metric, direction, values } = figure.series[index]!;
      expect([line.method, line.metric, line.direction]).toEqual([
        method,
        metric,
        DIRECTIONS[direction],
      ]);
      expect(line.samples).toEqual(figure.calibration_samples);
      const scale = metric === "comet" ? 100 : 1;
      values.forEach((value, at) => expect(line.values[at]).toBeCloseTo(value * scale, 8));
    }
  });
});
