/**
 * From rows to the parts of a report.
 * @module
 */
import type { Method } from "../../inference/compression/method.ts";
import { claimEvidence } from "../claims/gather.ts";
import { type ClaimVerdict, judgeClaims, type Verdict } from "../claims/judge.ts";
import { claimsTable } from "../claims/table.ts";
import { usedWorks, useWithComet } from "../citations/used.ts";
import type { CometLookup } from "../comet_lookup.ts";
import { Figure } from "../figure/figure.ts";
import { plotlySource } from "../figure/plotly.ts";
import type { ModelTimes } from "../interleaved_time.ts";
import { type Output, recipeOutputs } from "../outputs.ts";
import type { Recipe } from "../recipe.ts";
import { rowsOfRecipe } from "../recipe_union.ts";
import type { ResultRow } from "../row.ts";
import { sentenceCounts } from "../sentence_counts.ts";
import type { ResultStore } from "../store.ts";
import { Table } from "../table/table.ts";
import type { ReportClaims, ReportFigure, ReportParts, ReportTable } from "./parts.ts";

/** What a report is made of besides recipes and rows. */
export interface ReportSource {
  /** Holds the rows' translations. */
  readonly store: Pick<ResultStore, "hypotheses">;
  /** Gives rows' COMET scores, where they are known. */
  readonly comet?: CometLookup;
  /** Interleaved times, where they were taken. */
  readonly times?: readonly ModelTimes[];
  /** Methods from outside the package; those with a `citation` are cited by it. */
  readonly methods?: readonly Method[];
  /** What a reader must know before the numbers. */
  readonly notices?: readonly string[];
}

/** Outputs that a reader opens, by the ends of their names. */
const FOLDED = /_directions$/;

/**
 * Gathers what a report shows: all tables and figures of the recipes, the claims' verdicts, the works to cite.
 *
 * @param rows Rows of all recipes; at least one.
 * @throws {RangeError} If there are no rows, or the rows are of several models.
 */
export async function reportParts(
  recipes: readonly Recipe[],
  rows: readonly ResultRow[],
  { store, comet = () => undefined, times, methods, notices = [] }: ReportSource,
): Promise<ReportParts> {
  if (rows.length === 0) {
    throw new RangeError("Cannot write a report without rows: there must be at least one");
  }
  const outputs = await recipeOutputs(recipes, rows, store, comet);
  const experiments = recipes.map((recipe) => ({ recipe, rows: rowsOfRecipe(recipe, rows) }));
  const evidence = await claimEvidence(experiments, { store, times });
  const { citations, unknown } = usedWorks(rows.map((row) => useWithComet(row, comet)), {
    methods,
    comparison: true,
  });
  return {
    title: `Model compression for machine translation: ${rows[0].model.id} beside the study`,
    lead: leadParagraphs(rows),
    notices,
    tables: reportTables(outputs),
    figures: await reportFigures(outputs),
    claims: reportClaims(judgeClaims(evidence)),
    rows,
    citations,
    uncited: unknown,
    plotly: await plotlySource(),
  };
}

function reportTables(outputs: readonly Output[]): ReportTable[] {
  return outputs.flatMap(({ name, content }) =>
    content instanceof Table ? [{ table: content, folded: FOLDED.test(name) }] : []
  );
}

async function reportFigures(outputs: readonly Output[]): Promise<ReportFigure[]> {
  const figures: ReportFigure[] = [];
  for (const { content } of outputs) {
    if (content instanceof Figure) figures.push({ figure: content, svg: await content.toSvg() });
  }
  return figures;
}

const VERDICTS: readonly Verdict[] = ["supported", "not supported", "cannot be tested here"];

function reportClaims(verdicts: readonly ClaimVerdict[]): ReportClaims {
  const counts = VERDICTS.map((word) => {
    const own = verdicts.filter(({ verdict }) => verdict === word);
    return `${own.length} ${word}`;
  });
  return {
    summary: `Of ${verdicts.length} claims, judged here: ${counts.join(", ")}.`,
    table: claimsTable(verdicts),
  };
}

function leadParagraphs(rows: readonly ResultRow[]): string[] {
  const [first] = rows;
  const count = (values: readonly string[]) => new Set(values).size;
  const methods = count(rows.map(({ method }) => method.id));
  const directions = count(rows.map(({ direction }) => direction));
  const dates = rows.map(({ finished }) => finished.slice(0, 10)).sort();
  const [from, to] = [dates[0], dates.at(-1)!];
  const versions = Object.entries(first.versions).map(([name, version]) => `${name} ${version}`);
  return [
    `The model ${first.model.id}, ${
      methods === 1 ? "in one form" : `as it is and compressed, ${methods} forms in all`
    }, translated ` +
    `${
      sentenceCounts(rows)
    } sentences of ${first.data.id} in each of ${directions} directions, with a beam of ` +
    `${first.decoding.beams}. The study measured ALMA-7B on WMT22; its published numbers stand beside those measured here, ` +
    "and the two models are not compared with each other.",
    `Weights SHA-256 ${first.model.sha256}. Computed ${
      from === to ? `on ${from}` : `from ${from} to ${to}`
    } on device ` +
    `${first.device.device} with ${versions.join(", ")}.`,
  ];
}
