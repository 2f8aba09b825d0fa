import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { STUDY_CLAIMS } from "../../../data/claims.ts";
import { judgeClaims } from "../../../experiments/claims/judge.ts";
import { claimsTable } from "../../../experiments/claims/table.ts";
import { exampleEvidence, exampleNumbers } from "./example_evidence.ts";

const VERDICTS = judgeClaims(exampleEvidence());

describe("claimsTable()", () => {
  it("claimsTable() has a row for each verdict, in the order of the claims", () => {
    const rows = claimsTable(VERDICTS.toReversed()).content.rows;
    expect(rows.map(([id]) => id.text)).toEqual(STUDY_CLAIMS.map(({ id }) => id));
    expect(claimsTable(VERDICTS.slice(0, 2)).content.rows.length).toBe(2);
  });

  it("claimsTable() sets what the audit found beside the published numbers", () => {
    const rows = claimsTable(VERDICTS).content.rows;
    STUDY_CLAIMS.forEach(({ published, audit }, i) => {
      const cell = rows[i][2].text;
      expect(cell).toContain(published);
      expect(cell.includes("Audit:")).toBe(audit !== null);
      expect(cell).toContain(audit ?? published);
    });
  });

  it("claimsTable() says which part was judged, why a claim is not supported, and on what", () => {
    const numbers = exampleNumbers();
    numbers.bleu["sq-nf4"] = [26.15, 34.9, 0.5];
    const [row] = claimsTable(
      judgeClaims(exampleEvidence(numbers)).filter(({ id }) => id === "T8"),
    ).content.rows;
    expect(row[3].text).toBe("not supported (undecided); BLEU only");
    expect(row[4].text).toMatch(/^BLEU.*: sq-nf4 − baseline en→x \+0\.15 \[−.* \(tiny\)\.$/);
  });

  it("claimsTable() is at most 124 characters wide as text", () => {
    const widest = claimsTable(VERDICTS).toText().split("\n").map((line) => [...line].length);
    expect(Math.max(...widest)).toBeLessThanOrEqual(124);
  });
});
