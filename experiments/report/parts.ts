/**
 * What a report shows, before it is a page.
 * @module
 */
import type { Citation } from "../../data/citations.ts";
import type { Figure } from "../figure/figure.ts";
import type { ResultRow } from "../row.ts";
import type { Table } from "../table/table.ts";

/** A table of the report. */
export interface ReportTable {
  /** The table. */
  readonly table: Table;
  /** Whether a reader opens it, since it is long and others say the same in short. */
  readonly folded?: boolean;
}

/** A figure of the report, drawn. */
export interface ReportFigure {
  /** The figure. */
  readonly figure: Figure;
  /** Its picture, an SVG document. */
  readonly svg: string;
}

/** Verdicts on the study's claims. */
export interface ReportClaims {
  /** How many have which verdict, one sentence. */
  readonly summary: string;
  /** One row a claim. */
  readonly table: Table;
}

/** What a report shows. */
export interface ReportParts {
  /** Its title. */
  readonly title: string;
  /** What was measured on what, one paragraph each. */
  readonly lead: readonly string[];
  /** What a reader must know before the numbers, such as that they are not from this machine. */
  readonly notices: readonly string[];
  /** Tables, in their order. */
  readonly tables: readonly ReportTable[];
  /** Figures, in their order. */
  readonly figures: readonly ReportFigure[];
  /** Verdicts on claims, where they were judged. */
  readonly claims?: ReportClaims;
  /** The rows that all numbers come from. */
  readonly rows: readonly ResultRow[];
  /** Works to cite. */
  readonly citations: readonly Citation[];
  /** What was used and has no work in the bibliography, one sentence each. */
  readonly uncited: readonly string[];
  /** The source of plotly.js, which makes the figures interactive. */
  readonly plotly: string;
}
