/**
 * Figure 1: what GPTQ keeps of the translations, and of the memory, at 2, 3, 4 and 8 bits.
 * @module
 */
import {
  PUBLISHED_FIGURE_1,
  PUBLISHED_FIGURE_1_READING,
  PUBLISHED_TABLE_1,
} from "../data/published.ts";
import { bars, bitsLayout, bleuPoint, FLOOR, line, sharePoint } from "./figure/bits.ts";
import type { PlotlyTrace } from "./figure/content.ts";
import { Figure } from "./figure/figure.ts";
import { baselineRows, meanScore, measuredNotes, rowsOf, SIDES } from "./figure/measured.ts";
import { COLOURS, framed } from "./figure/theme.ts";
import type { Recipe } from "./recipe.ts";
import type { ResultRow } from "./row.ts";

const STUDY = "ALMA-7B (study)";
const SIDE_COLOURS = { outOfEnglish: COLOURS.blue, intoEnglish: COLOURS.vermilion };

/** A bit width and the rows that were measured at it. */
interface Width {
  bits: number;
  rows: ResultRow[];
}

/**
 * Makes Figure 1 from result rows: above, BLEU of both ways on a logarithmic axis; below, the bytes of the stored model
 * as a part of its 16-bit form, so that models of any size compare. The study's points stand beside the measured ones,
 * and the measured model at 16 bits is a horizontal line.
 *
 * @param recipe The recipe that the rows were computed for; its methods of one `gptq` step are the bit widths.
 * @param rows Its rows, with those of the model as it is where they are at hand; what is missing is named in a note.
 */
export function figure1(recipe: Recipe, rows: readonly ResultRow[]): Figure {
  const widths = bitWidths(recipe, rows);
  const baseline = baselineRows(rows);
  const data = [
    ...SIDES.flatMap(({ side, label }) => [
      ...measuredLine(widths, side, label),
      publishedLine(side, label),
      ...baselineLine(baseline, widths, side, label),
    ]),
    ...measuredBars(widths, baseline),
    publishedBars(),
  ];
  const notes = figureNotes(recipe, rows, data);
  return new Figure({
    title: recipe.title,
    data,
    layout: framed({ title: recipe.title, top: 92, plots: 470, notes, parts: bitsLayout(data) }),
    panels: [
      { yaxis: "y", title: "BLEU by bits per weight" },
      { yaxis: "y2", title: "Memory by bits per weight, share of the 16-bit model" },
    ],
    notes,
  });
}

function bitWidths(recipe: Recipe, rows: readonly ResultRow[]): Width[] {
  const methods = recipe.methods.filter(({ steps: [step, second] }) =>
    step?.kind === "gptq" && second === undefined
  );
  return methods.map(({ id, steps }) => ({
    bits: Number(steps[0]!["bits"]),
    rows: rowsOf(rows, id),
  }))
    .filter((width) => width.rows.length > 0)
    .sort((a, b) => a.bits - b.bits);
}

type SideName = keyof typeof SIDE_COLOURS;

function measuredLine(widths: readonly Width[], side: SideName, label: string): PlotlyTrace[] {
  const points = widths.flatMap(({ bits, rows }) => {
    const score = meanScore(rows, side, "bleu");
    return score === undefined ? [] : [bleuPoint(bits, score)];
  });
  const [first] = widths.flatMap(({ rows }) => rows);
  if (first === undefined || points.length === 0) return [];
  return [line(`${first.model.id}, ${label}`, points, {
    line: { color: SIDE_COLOURS[side].strong, width: 2.5 },
    marker: { symbol: side === "outOfEnglish" ? "triangle-up" : "circle", size: 9 },
  })];
}

function publishedLine(side: SideName, label: string): PlotlyTrace {
  const points = PUBLISHED_FIGURE_1.map((point) => {
    const score = side === "outOfEnglish" ? point.bleuOutOfEnglish : point.bleuIntoEnglish;
    return bleuPoint(point.bits, score);
  });
  return line(`${STUDY}, ${label}`, points, {
    line: { color: SIDE_COLOURS[side].light, width: 1.5, dash: "dash" },
    marker: { symbol: side === "outOfEnglish" ? "triangle-up-open" : "circle-open", size: 9 },
  });
}

function baselineLine(
  rows: readonly ResultRow[],
  widths: readonly Width[],
  side: SideName,
  label: string,
): PlotlyTrace[] {
  const score = meanScore(rows, side, "bleu");
  if (score === undefined) return [];
  const all = widths.length > 0 ? widths : PUBLISHED_FIGURE_1;
  const points = all.map(({ bits }) => bleuPoint(bits, score));
  return [line(`${rows[0]!.model.id} at 16 bits, ${label}`, points, {
    mode: "lines",
    line: { color: SIDE_COLOURS[side].strong, width: 1, dash: "dot" },
  })];
}

function measuredBars(widths: readonly Width[], baseline: readonly ResultRow[]): PlotlyTrace[] {
  const whole = baseline[0]?.bytes;
  if (whole === undefined || widths.length === 0) return [];
  const points = widths.map(({ bits, rows }) =>
    sharePoint(bits, rows[0]!.bytes / 2 ** 20, whole / 2 ** 20)
  );
  return [bars(baseline[0]!.model.id, points, COLOURS.grey.strong)];
}

function publishedBars(): PlotlyTrace {
  const whole = PUBLISHED_TABLE_1.find(({ id }) => id === "alma-7b")!.mebibytes;
  const points = PUBLISHED_FIGURE_1.map(({ bits, mebibytes }) =>
    sharePoint(bits, mebibytes, whole)
  );
  return bars(STUDY, points, COLOURS.grey.light);
}

function figureNotes(
  recipe: Recipe,
  rows: readonly ResultRow[],
  data: readonly PlotlyTrace[],
): string[] {
  const floored = data.some(({ customdata }) => customdata.some((text) => text.startsWith("≤")));
  const { bleuRelative, mebibytes } = PUBLISHED_FIGURE_1_READING.tolerance;
  return [
    ...measuredNotes(recipe, rows),
    ...(rows.length > 0 && baselineRows(rows).length === 0
      ? ["Measured memory is not drawn: the rows of the model at 16 bits are missing."]
      : []),
    ...(floored ? [`A BLEU below ${FLOOR}, 0 included, is drawn at ${FLOOR} and marked ≤.`] : []),
    `${STUDY}: read from its picture, BLEU within ${100 * bleuRelative} %, memory within ` +
    `${mebibytes} MiB. Its memory was taken on a GPU; the measured one is the stored weights.`,
  ];
}
