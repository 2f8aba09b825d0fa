import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { STUDY_CLAIMS } from "../../data/claims.ts";
import { itNeeds, SHARED } from "../needs.ts";
import { sharedJson } from "../shared.ts";

interface SharedClaims {
  claims: { id: string; claim: string; published_numbers: boolean | string; detail: string }[];
}

/** The shared files' words for whether the published numbers bear a claim out. */
const SUPPORT: Record<string, string> = {
  true: "yes",
  false: "no",
  mixed: "in part",
  "only in 1 of 4 columns": "in part",
  negligible: "in part",
  "no number published": "no number",
  "not testable from the numbers": "no number",
  "contradicted by the table": "no",
};

describe("STUDY_CLAIMS", () => {
  it("STUDY_CLAIMS have different ids and end their sentences", () => {
    expect(new Set(STUDY_CLAIMS.map(({ id }) => id)).size).toBe(STUDY_CLAIMS.length);
    for (const { statement, published, audit } of STUDY_CLAIMS) {
      for (const text of [statement, published, audit ?? "."]) expect(text).toMatch(/\.$/);
    }
  });

  itNeeds(
    SHARED,
    "STUDY_CLAIMS are the claims on record, judged alike by the published numbers",
    async () => {
      const files = ["table1", "figure1", "figure2"].map((name) =>
        sharedJson<SharedClaims>(`paper/${name}.json`)
      );
      const recorded = (await Promise.all(files)).flatMap(({ claims }) => claims);
      expect(STUDY_CLAIMS.map(({ id, holds }) => [id, holds])).toEqual(
        recorded.map(({ id, published_numbers }) => [id, SUPPORT[String(published_numbers)]]),
      );
    },
  );
});
