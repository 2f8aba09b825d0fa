/**
 * What the study claims in words, as data with its source: `claims.json` beside this file.
 * @module
 */
import claims from "./claims.json" with { type: "json" };

/** Whether the study's own numbers bear a claim out; `"no number"` where it published none. */
export type PublishedSupport = "yes" | "in part" | "no" | "no number";

/** One claim of the study, in this project's words. */
export interface StudyClaim {
  /** Short name: T1 to T18 about Table 1 and the text, F1.1 to F2.5 about the figures. */
  readonly id: string;
  /** Where the study makes it. */
  readonly part: string;
  /** The claim. */
  readonly statement: string;
  /** Whether the study's own numbers bear it out. */
  readonly holds: PublishedSupport;
  /** What those numbers are. */
  readonly published: string;
  /** What the study's code and logs say about that evidence; `null` where they add nothing. */
  readonly audit: string | null;
}

/** The study's claims, in the order of its table and figures. */
export const STUDY_CLAIMS: readonly StudyClaim[] = claims.claims as StudyClaim[];
