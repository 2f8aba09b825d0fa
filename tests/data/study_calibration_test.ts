import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import type { HumanParallelPair } from "../../data/human_parallel.ts";
import {
  studyGptqCalibration,
  studyWandaCalibration,
  studyWandaDraws,
} from "../../data/study_calibration.ts";
import { itNeeds, SHARED } from "../needs.ts";
import { sharedJson, sharedLines } from "../shared.ts";

interface Indices {
  wanda_dsnot: { sizes: Record<string, Record<string, number[]>> };
  gptq: { samples: [pair: string, row: number][] };
}

const PAIRS = ["cs-en", "de-en", "ru-en", "zh-en"] as const;
const SMALL = new Map<HumanParallelPair, number>(PAIRS.map((pair, i) => [pair, 20 + i]));

async function trainingRows(): Promise<Map<HumanParallelPair, number>> {
  return new Map(
    await Promise.all(PAIRS.map(async (pair) => {
      const lines = await sharedLines(`alma-human-parallel/${pair}.jsonl`);
      return [pair, lines.length] as const;
    })),
  );
}

describe("studyGptqCalibration()", () => {
  it("takes as many as asked from four pairs together, no row twice", () => {
    const drawn = studyGptqCalibration(SMALL, 12);
    expect(drawn.length).toBe(12);
    expect(new Set(drawn.map(({ pair, row }) => `${pair} ${row}`)).size).toBe(12);
    for (const { pair, row } of drawn) expect(row).toBeLessThan(SMALL.get(pair)!);
  });

  it("refuses more than a pair has, and a pair that is missing", () => {
    expect(() => studyGptqCalibration(SMALL, 21)).toThrow(
      "Cannot draw 21 samples as the study did: it must be an integer from 1 to the 20 rows of cs-en",
    );
    expect(() => studyGptqCalibration(new Map(), 1)).toThrow("number of rows of cs-en");
  });

  itNeeds(SHARED, "draws the 512 rows that the study's code draws, in its order", async () => {
    const { gptq } = await sharedJson<Indices>("paper/calibration-indices.json");
    const drawn = studyGptqCalibration(await trainingRows());
    expect(drawn.map(({ pair, row }) => [pair, row])).toEqual(gptq.samples);
    const counts = PAIRS.map((own) => drawn.filter(({ pair }) => pair === own).length);
    expect(counts).toEqual([133, 132, 123, 124]);
  });

  itNeeds(SHARED, "need not look at the text: no sentence has 2,048 words", async () => {
    for (const pair of PAIRS) {
      const lines = await sharedLines(`alma-human-parallel/${pair}.jsonl`);
      const words = lines.map((line) => line.split(/\s+/).length);
      expect(Math.max(...words)).toBeLessThan(1024);
    }
  });
});

describe("studyWandaCalibration()", () => {
  it("begins a larger draw with the smaller one, from Czech into English alone", () => {
    const small = studyWandaCalibration(SMALL, 5);
    expect(studyWandaCalibration(SMALL, 50).slice(0, 5)).toEqual(small);
    expect(small.every(({ pair, row }) => pair === "cs-en" && row < 20)).toBe(true);
    expect(() => studyWandaCalibration(SMALL, 0)).toThrow("Cannot draw 0 samples");
    expect(() => studyWandaCalibration(new Map([["cs-en", 3]]), 1)).toThrow("rows of de-en");
  });

  itNeeds(
    SHARED,
    "draws the study's rows of every number of samples that it measured",
    async () => {
      const { wanda_dsnot } = await sharedJson<Indices>("paper/calibration-indices.json");
      const rows = await trainingRows();
      const sizes = Object.entries(wanda_dsnot.sizes);
      expect(sizes.map(([samples]) => Number(samples))).toEqual([32, 64, 128, 256, 512]);
      for (const [samples, lists] of sizes) {
        const draws = studyWandaDraws(rows, Number(samples));
        expect(Object.fromEntries(draws.map((draw) => [draw.direction, draw.rows]))).toEqual(lists);
        expect(studyWandaCalibration(rows, Number(samples)).map(({ row }) => row))
          .toEqual(lists["cs-en"]);
      }
    },
  );
});
