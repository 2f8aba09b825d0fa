import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { PUBLISHED_FIGURE_1, PUBLISHED_TABLE_1 } from "../../data/published.ts";
import {
  almaStoredBytes,
  MEMORY_TOLERANCE,
  memoryDifference,
  memoryRows,
} from "../../experiments/memory_rows.ts";
import { memoryTable } from "../../experiments/memory_table.ts";
import { type MethodRecipe } from "../../experiments/recipe.ts";
import { loadRecipe } from "../../experiments/recipes.ts";

const METHODS = [
  ...(await loadRecipe("table_1")).methods,
  ...(await loadRecipe("figure_1")).methods,
];
const ROWS = memoryRows(METHODS);
const STUDY_ROWS = ROWS.flatMap(({ study, ...row }) => study ? [{ ...row, study }] : []);

/** Rows whose stored form is more than 2 % from the study's number, and a word of the reason. */
const BEYOND: Record<string, RegExp> = {
  "GPTQ 4bit/NA": /zero points and group indices/,
  "GPTQ 8bit/NA": /zero points and group indices/,
  "Wanda + GPTQ 4bit/40%": /zero points and group indices/,
  "Wanda NA/40%": /kept the zeros/,
};

const own: MethodRecipe = { id: "own", name: "Own", precision: "4bit", steps: [{ kind: "own" }] };

describe("memoryRows()", () => {
  it("memoryRows() have every number of the study's Memory column, and Figure 1's other bars", () => {
    const numbers = STUDY_ROWS.map(({ study }) => study.mebibytes).sort();
    const bars = PUBLISHED_FIGURE_1.filter(({ bits }) => bits !== 4);
    expect(numbers).toEqual(
      [...PUBLISHED_TABLE_1, ...bars].map(({ mebibytes }) => mebibytes).sort(),
    );
  });

  for (const { method, precision, storedBytes, study, reason } of STUDY_ROWS) {
    const name = `${method} ${precision}`;
    it(`memoryRows() of ${name} are within 2 % of the study's number in the study's form`, () => {
      expect(Math.abs(memoryDifference(study.bytes, study))).toBeLessThan(MEMORY_TOLERANCE);
    });

    it(`memoryRows() of ${name} are ${BEYOND[name] ? "not " : ""}within 2 % as stored`, () => {
      const difference = Math.abs(memoryDifference(storedBytes, study));
      expect(difference > MEMORY_TOLERANCE).toBe(name in BEYOND);
      if (BEYOND[name]) {
        expect(reason).toMatch(BEYOND[name]);
        expect(reason!.match(/\.(\s|$)/g)?.length).toBe(1);
      } else expect(reason).toBeUndefined();
    });
  }

  it("memoryRows() add up to the study's number where they name what else it holds", () => {
    const { study, storedBytes, reason } = STUDY_ROWS.find(({ method }) => method === "GPTQ")!;
    const parts = [...reason!.matchAll(/([\d.]+) MiB/g)].map(([, number]) => Number(number));
    expect(Math.abs(storedBytes / 2 ** 20 + parts[0]! + parts[1]! - study.mebibytes))
      .toBeLessThan(0.11);
  });

  it("memoryRows() have one row for methods with the same steps, and none for steps that are not built in", () => {
    const [baseline] = METHODS;
    const rows = memoryRows([baseline!, { ...baseline!, id: "again" }, own]);
    expect(rows.map(({ method }) => method)).toEqual(["Baseline"]);
  });

  it("memoryRows() take no bar of Figure 1 for another group size than its 128", () => {
    const steps = [{ kind: "gptq", bits: 2, groupSize: 64 }];
    expect(memoryRows([{ ...own, steps }])[0]!.study).toBeUndefined();
  });
});

describe("almaStoredBytes()", () => {
  it("almaStoredBytes() are undefined for a step that is not built in, and refuse a bad option", () => {
    expect(almaStoredBytes([{ kind: "own" }])).toBeUndefined();
    expect(() => almaStoredBytes([{ kind: "gptq", bits: 1 }])).toThrow(RangeError);
  });

  it("almaStoredBytes() of Wanda are those of 1638 of 4096 and 4403 of 11008 weights pruned in each row", () => {
    const [hidden, feedForward] = [4096, 11008];
    const row = (columns: number, pruned: number) => columns / 8 + 2 * (columns - pruned);
    const layer = (4 * hidden + 2 * feedForward) * row(hidden, 1638) +
      hidden * row(feedForward, 4403);
    const rest = 2 * (2 * 32_000 * hidden + (2 * 32 + 1) * hidden);
    expect(almaStoredBytes([{ kind: "wanda", sparsity: 0.4 }])).toBe(32 * layer + rest);
  });
});

describe("memoryTable()", () => {
  const table = memoryTable([...METHODS, own]);
  const line = (name: string, precision: string) =>
    table.content.rows.map((row) => row.map(({ text }) => text))
      .find(([method, bits]) => method === name && bits === precision);

  it("memoryTable() shows exact bytes, MiB and differences", () => {
    expect(line("GPTQ", "4bit/NA")).toEqual([
      ...["GPTQ", "4bit/NA", "Table 1", "3769", "3713.5", "−1.5 %"],
      ...["3864010752", "3685.0", "−2.2 %"],
    ]);
    expect(line("Wanda", "NA/40%")?.slice(5)).toEqual(["0.0 %", "9106563072", "8684.7", "−32.4 %"]);
    expect(line("Magnitude", "NA/40%")?.slice(2)).toEqual([
      ...["–", "–", "–", "–", "9105527296", "8683.7", "–"],
    ]);
  });

  it("memoryTable() gives the reason of every row beyond 2 %, and names what it leaves out", () => {
    const notes = table.content.notes.join("\n");
    for (const { method, precision, reason } of ROWS) {
      if (reason) expect(notes).toContain(`${method} (${precision}): ${reason}`);
    }
    expect(notes).toContain("built-in steps only: Own.");
  });

  it("memoryTable() explains the baseline to the printed MiB", () => {
    expect(table.content.notes.join("\n")).toContain("8.1 MiB of workspace");
    const workspace = (4096 * 2 + 16 * 8) * 1024;
    expect(Math.floor((almaStoredBytes([])! + workspace) / 2 ** 20)).toBe(12860);
  });
});
