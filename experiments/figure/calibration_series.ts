/**
 * Scores by the number of calibration samples: the measured lines, the study's, and those of the models as they are.
 * @module
 */
import { PUBLISHED_FIGURE_2, PUBLISHED_TABLE_1 } from "../../data/published.ts";
import { type Recipe, stepsSignature } from "../recipe.ts";
import type { ResultRow } from "../row.ts";
import { baselineRows, meanScore, rowsOf, type Side, SIDES } from "./measured.ts";

/** Panels by row and column: measured left, the study's right. */
export const PANELS = {
  bleu: { yaxis: "y", xaxis: "x", title: "BLEU" },
  publishedBleu: { yaxis: "y2", xaxis: "x2", title: "BLEU" },
  chrf: { yaxis: "y3", xaxis: "x3", title: "chrF" },
  publishedComet: { yaxis: "y4", xaxis: "x4", title: "COMET × 100" },
} as const;

/** Name of a panel. */
export type PanelName = keyof typeof PANELS;

/** One line: a method or the model as it is, one way, in one panel. */
export interface Series {
  panel: PanelName;
  /** Index of the method; `undefined` is the model as it is. */
  method?: number;
  name: string;
  side: Side;
  samples: readonly number[];
  values: readonly number[];
}

/** A method at several numbers of calibration samples. */
export interface Calibrated {
  name: string;
  steps: readonly string[];
  points: { samples: number; rows: ResultRow[] }[];
}

/** The recipe's methods that have steps; methods with the same steps are one, at several numbers of samples. */
export function calibratedMethods(recipe: Recipe, rows: readonly ResultRow[]): Calibrated[] {
  const own = recipe.methods.filter(({ steps }) => steps.length > 0);
  const groups = Map.groupBy(own, ({ steps }) => stepsSignature(steps));
  return Array.from(groups.values(), (methods) => ({
    name: methods[0]!.name,
    steps: methods[0]!.steps.map(({ kind }) => kind),
    points: methods.flatMap(({ id, calibration = recipe.calibration }) =>
      calibration === undefined ? [] : [{ samples: calibration.samples, rows: rowsOf(rows, id) }]
    ).sort((a, b) => a.samples - b.samples),
  }));
}

/** One method's lines, BLEU and chrF both ways. */
export function measuredSeries({ name, points }: Calibrated, method: number): Series[] {
  return (["bleu", "chrf"] as const).flatMap((metric) =>
    SIDES.flatMap(({ side, label }) => {
      const measured = points.flatMap(({ samples, rows }) => {
        const value = meanScore(rows, side, metric);
        return value === undefined ? [] : [{ samples, value }];
      });
      if (measured.length === 0) return [];
      return [{
        panel: metric,
        method,
        name: `${name}, ${label}`,
        side,
        samples: measured.map(({ samples }) => samples),
        values: measured.map(({ value }) => value),
      }];
    })
  );
}

/** The study's lines, each with the name and colour of the method that answers it. */
export function publishedSeries(methods: readonly Calibrated[]): Series[] {
  const kinds = { SmoothQuant: "smoothquant", Wanda: "wanda" };
  return PUBLISHED_FIGURE_2.map(({ method, metric, direction, samples, values }) => {
    const index = methods.findIndex(({ steps }) => steps.includes(kinds[method]));
    const { label } = SIDES.find(({ side }) => side === direction)!;
    return {
      panel: metric === "bleu" ? "publishedBleu" : "publishedComet",
      method: index < 0 ? methods.length : index,
      name: `${methods[index]?.name ?? method}, ${label}`,
      side: direction,
      samples,
      values,
    };
  });
}

/** The level of the models as they are, in every panel both ways. */
export function baselineSeries(
  recipe: Recipe,
  rows: readonly ResultRow[],
  methods: readonly Calibrated[],
): Series[] {
  const own = baselineRows(rows);
  const study = PUBLISHED_TABLE_1.find(({ id }) => id === "alma-7b")!;
  const published = {
    publishedBleu: { outOfEnglish: study.bleuOutOfEnglish, intoEnglish: study.bleuIntoEnglish },
    publishedComet: { outOfEnglish: study.cometOutOfEnglish, intoEnglish: study.cometIntoEnglish },
  };
  const numbers = methods.flatMap(({ points }) => points.map(({ samples }) => samples));
  const name = recipe.methods.find(({ steps }) => steps.length === 0)?.name ?? "Baseline";
  return (Object.keys(PANELS) as PanelName[]).flatMap((panel) =>
    SIDES.flatMap(({ side, label }) => {
      const value = panel === "bleu" || panel === "chrf"
        ? meanScore(own, side, panel)
        : published[panel][side];
      const samples = panel === "bleu" || panel === "chrf"
        ? [...new Set(numbers)].sort((a, b) => a - b)
        : PUBLISHED_FIGURE_2[0]!.samples;
      if (value === undefined) return [];
      return [{
        panel,
        name: `${name}, ${label}`,
        side,
        samples,
        values: samples.map(() => value),
      }];
    })
  );
}
