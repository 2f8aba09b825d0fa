import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { tinyReferenceFolder } from "../../data/tiny.ts";
import { verifyResults } from "../../experiments/verify.ts";
import {
  compareWithReference,
  loadReference,
  type Reference,
  referenceReport,
  referenceRows,
} from "../../experiments/reference.ts";
import type { ResultRow } from "../../experiments/row.ts";
import { EXAMPLE_RECIPE, exampleRow, type RowPart, withFolder, writeTree } from "./example_rows.ts";

const expected = exampleRow();
const tolerance = { bleu: 0.5, chrf: 0.25, perplexity: 0.01, derivedFrom: ["cpu", "webgpu"] };
const reference: Reference = { rows: [expected], tolerances: { baseline: tolerance } };

function changed(bleu: number, chrf = 0, perplexity = 0, part: RowPart = {}): ResultRow {
  const { scores } = expected;
  return exampleRow({
    scores: {
      bleu: { ...scores.bleu, score: scores.bleu.score + bleu },
      chrf: { ...scores.chrf, score: scores.chrf.score + chrf },
    },
    perplexity: expected.perplexity * (1 + perplexity),
    ...part,
  });
}

const otherText = { hypotheses: { ...expected.hypotheses, sha256: "0" } };
const verdict = (row: ResultRow, against = reference) => compareWithReference(row, against).verdict;

describe("compareWithReference()", () => {
  it("calls a row identical whose translations and scores are, whatever machine it ran on", () => {
    const row = exampleRow({
      device: { ...expected.device, device: "webgpu", threads: 1 },
      finished: "2026-01-01T00:00:00.000Z",
      time: { ...expected.time, seconds: 1000 },
    });
    expect(compareWithReference(row, reference)).toEqual({
      row,
      verdict: "identical",
      text: "baseline en-de: identical translations and scores",
    });
  });

  it("needs no tolerance to call the same numbers identical", () => {
    expect(verdict(expected, { ...reference, tolerances: {} })).toBe("identical");
  });

  it("calls a row within tolerance up to the tolerance of each number, in both directions", () => {
    for (const sign of [1, -1]) {
      expect(verdict(changed(0.4 * sign, 0, 0, otherText))).toBe("within tolerance");
      expect(verdict(changed(0, 0.2 * sign, 0, otherText))).toBe("within tolerance");
      expect(verdict(changed(0, 0, 0.009 * sign, otherText))).toBe("within tolerance");
      expect(verdict(changed(0.6 * sign, 0, 0, otherText))).toBe("differs");
      expect(verdict(changed(0, 0.3 * sign, 0, otherText))).toBe("differs");
      expect(verdict(changed(0, 0, 0.011 * sign, otherText))).toBe("differs");
    }
  });

  it("does not call other translations with the same scores identical", () => {
    expect(verdict(changed(0, 0, 0, otherText))).toBe("within tolerance");
  });

  it("says which scores differ by how much", () => {
    const { text } = compareWithReference(changed(-0.75, 0.1, 0.02), reference);
    expect(text).toBe("baseline en-de: differs: BLEU −0.75, chrF +0.10, perplexity +2.000 %");
  });

  it("calls every difference a difference where a method has no tolerance", () => {
    expect(verdict(changed(0.001), { ...reference, tolerances: {} })).toBe("differs");
  });

  it("compares only rows that answer the same question", () => {
    for (const part of [{ direction: "de-en" }, { seed: 1 }] as RowPart[]) {
      expect(verdict(exampleRow(part))).toBe("none");
    }
  });
});

describe("referenceReport()", () => {
  it("counts identical rows and lists the others", () => {
    const rows = [expected, changed(0.1), changed(9), exampleRow({ direction: "de-en" })];
    expect(referenceReport(rows.map((row) => compareWithReference(row, reference)))).toEqual([
      "Reference: 1 of 3 rows reproduced with identical translations",
      "  baseline en-de: within tolerance: BLEU +0.10, chrF +0.00, perplexity +0.000 %",
      "  baseline en-de: differs: BLEU +9.00, chrF +0.00, perplexity +0.000 %",
    ]);
  });

  it("says so when there is nothing to compare with", () => {
    const nothing = compareWithReference(exampleRow({ seed: 1 }), reference);
    expect(referenceReport([nothing])[0]).toContain("nothing to compare with");
    expect(referenceReport([])[0]).toContain("nothing to compare with");
  });
});

describe("referenceRows()", () => {
  it("is in the recipe's order and leaves out what the recipe does not ask", () => {
    const rows = (["de-en", "en-cs", "en-de"] as const).map((direction) =>
      exampleRow({ direction })
    );
    const found = referenceRows({ rows, tolerances: {} }, EXAMPLE_RECIPE);
    expect(found.map(({ direction }) => direction)).toEqual(["en-de", "de-en"]);
  });
});

describe("loadReference()", () => {
  it("loadReference() reads rows whose every hash and score holds", async () => {
    const { problems, rows } = await verifyResults(tinyReferenceFolder());
    expect(problems).toEqual([]);
    expect(rows).toBe((await loadReference()).rows.length);
  });

  it("reads rows and tolerances, and refuses rows that are torn or changed", async () => {
    await withFolder(async (folder) => {
      const line = JSON.stringify(expected) + "\n";
      const write = (rows: string) =>
        writeTree(folder, {
          "rows.jsonl": rows,
          "tolerances.json": JSON.stringify(reference.tolerances),
        });
      await write(line);
      expect(await loadReference(folder)).toEqual(reference);
      await write(line + line.slice(0, 40));
      await expect(loadReference(folder)).rejects.toThrow("its last line must be whole");
      await write(line.replace('"seed":0', '"seed":1'));
      await expect(loadReference(folder)).rejects.toThrow("rows.jsonl, line 1");
    });
  });
});
