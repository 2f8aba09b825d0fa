/**
 * What to cite, as data: `citations.json` beside this file. A field that could not be confirmed is left out.
 * @module
 */
import bibliography from "./citations.json" with { type: "json" };

/** A person, or anything else that signs a work. */
export type Author =
  | {
    /** Family name. */
    readonly family: string;
    /** Given names, as the work prints them. */
    readonly given?: string;
  }
  | {
    /** Name of a group. */
    readonly name: string;
  };

/** A work to cite. Its fields are those that BibTeX and the Citation File Format both know. */
export interface Citation {
  /** Short name: letters, digits and hyphens. */
  readonly key: string;
  /** What it is, as the Citation File Format calls it. */
  readonly type: "article" | "blog" | "conference-paper" | "data" | "generic" | "software";
  /** Title as printed. */
  readonly title: string;
  /** Words of the title that keep their capital where a style takes capitals away; those with a later capital keep it anyway. */
  readonly proper?: readonly string[];
  /** Authors, at least one. */
  readonly authors: readonly Author[];
  /** Whether there are more authors than are named. */
  readonly others?: boolean;
  /** Year of publication. */
  readonly year?: number;
  /** Date of release, `YYYY-MM-DD`. */
  readonly released?: string;
  /** Journal of an article. */
  readonly journal?: string;
  /** Proceedings that it is part of. */
  readonly proceedings?: string;
  /** Volume of the journal or proceedings. */
  readonly volume?: string;
  /** Publisher. */
  readonly publisher?: string;
  /** First and last page. */
  readonly pages?: readonly number[];
  /** Digital object identifier. */
  readonly doi?: string;
  /** Number of the preprint on arXiv. */
  readonly arxiv?: string;
  /** Web address. */
  readonly url?: string;
  /** Version of software or data. */
  readonly version?: string;
  /** Licence, as SPDX names it. */
  readonly license?: string;
  /** A sentence on what it is. */
  readonly note?: string;
}

/** Which works belong to what a result used, by key. */
export interface CitationUse {
  /** Whatever was measured: the study, this package and the runtime. */
  readonly always: readonly string[];
  /** Kind of step to the works that it is from. Round-to-nearest has none of its own: GPTQ's is where it is the baseline. */
  readonly kinds: Readonly<Record<string, readonly string[]>>;
  /** A model's id, in small letters. */
  readonly models: Readonly<Record<string, readonly string[]>>;
  /** What a text's id begins with. */
  readonly texts: Readonly<Record<string, readonly string[]>>;
  /** Name of a metric. */
  readonly metrics: Readonly<Record<string, readonly string[]>>;
  /** What the tables and figures compare with and by: the study's model, its text and its metric; the bootstrap. */
  readonly comparison: readonly string[];
}

/** All works that this package knows. */
export const CITATIONS: readonly Citation[] = bibliography.entries as readonly Citation[];

/** Which of them belong to what. */
export const CITATION_USE: CitationUse = bibliography.used;
