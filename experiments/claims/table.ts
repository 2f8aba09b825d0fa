/**
 * The study's claims with their verdicts as a table.
 * @module
 */
import { STUDY_CLAIMS, type StudyClaim } from "../../data/claims.ts";
import type { Column } from "../table/content.ts";
import { Table } from "../table/table.ts";
import type { ClaimVerdict } from "./judge.ts";

const COLUMNS: Column[] = [
  { heading: "Claim", align: "left" },
  { heading: "What the study says", align: "left", width: 26 },
  { heading: "Published numbers, and what they rest on", align: "left", width: 36 },
  { heading: "Here", align: "left", width: 14 },
  { heading: "Why", align: "left", width: 35 },
];

const NOTES = [
  "Supported: the whole 95 % interval of each comparison is on the claim's side. Not supported: one is on the other side " +
  "(contradicted), or the bound lies within an interval (undecided). Intervals are not widened for the number of comparisons.",
  "BLEU: paired bootstrap, 1,000 resamples within each direction, means over the directions. Perplexity: bootstrap over " +
  "directions. Time: median ratio of interleaved rounds, interval of order statistics. BLEU only: COMET's model is not part of the kit.",
  "Memory is judged by arithmetic from ALMA-7B's configuration, all else on the model named. “Several” points are " +
  "3 BLEU, “still translates” is half of the baseline's BLEU, “about” is 5 points of memory or 10 % of time, “faster” and “slower” are 5 % of time, “as much” is " +
  "1 %, “not better” is less than 1 BLEU.",
];

/**
 * One row a claim: what the study says, what its own numbers and its logs say, and the verdict with its numbers.
 *
 * @param verdicts Of `judgeClaims()`.
 * @param claims Claims to show; those without a verdict are left out.
 */
export function claimsTable(
  verdicts: readonly ClaimVerdict[],
  claims: readonly StudyClaim[] = STUDY_CLAIMS,
): Table {
  const rows = claims.flatMap((claim) => {
    const verdict = verdicts.find(({ id }) => id === claim.id);
    return verdict === undefined ? [] : [row(claim, verdict)];
  });
  return new Table({ title: "The study's claims", columns: COLUMNS, rows, notes: NOTES });
}

function row({ id, statement, holds, published, audit }: StudyClaim, verdict: ClaimVerdict) {
  const evidence = `${capital(holds)}. ${published}${audit === null ? "" : ` Audit: ${audit}`}`;
  const untested = verdict.verdict === "cannot be tested here";
  const why = `${capital(verdict.basis)}${untested ? "" : ` (${verdict.judgedOn})`}.`;
  return [id, statement, evidence, word(verdict), why].map((text) => ({ text }));
}

function word({ verdict, because, part }: ClaimVerdict): string {
  const reason = because === undefined ? "" : ` (${because})`;
  return `${verdict}${reason}${part === undefined ? "" : `; ${part}`}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
