/**
 * Figure 2: how much the number of calibration samples matters.
 * @module
 */
import { PUBLISHED_FIGURE_2_READING } from "../data/published.ts";
import type { JsonValue } from "../inference/json_value.ts";
import {
  baselineSeries,
  calibratedMethods,
  measuredSeries,
  type PanelName,
  PANELS,
  publishedSeries,
  type Series,
} from "./figure/calibration_series.ts";
import type { PlotlyTrace } from "./figure/content.ts";
import { Figure } from "./figure/figure.ts";
import { measuredNotes } from "./figure/measured.ts";
import { axis, COLOURS, framed, legend } from "./figure/theme.ts";
import type { Recipe } from "./recipe.ts";
import type { ResultRow } from "./row.ts";

const STUDY = "ALMA-7B (study)";
const METHOD_COLOURS = [COLOURS.blue.strong, COLOURS.vermilion.strong, COLOURS.grey.strong];
/** A panel's axis reaches over at least so many points, so that small differences look small. */
const LEAST_SPAN = 5;

/**
 * Makes Figure 2 from result rows: BLEU and chrF of each method by the number of calibration samples on the left, the
 * study's BLEU and COMET on the right. The BLEU axes of both sides reach over equally many points, so that their slopes
 * compare. The model as it is, measured and the study's, is a thin grey line.
 *
 * @param recipe The recipe that the rows were computed for; methods with the same steps are one line.
 * @param rows Its rows, with those of the model as it is where they are at hand; what is missing is named in a note.
 */
export function figure2(recipe: Recipe, rows: readonly ResultRow[]): Figure {
  const methods = calibratedMethods(recipe, rows);
  const series = [
    ...methods.flatMap((method, index) => measuredSeries(method, index)),
    ...publishedSeries(methods),
    ...baselineSeries(recipe, rows, methods),
  ].sort((a, b) => Number(a.side === "intoEnglish") - Number(b.side === "intoEnglish"));
  const seen = new Set<string>();
  const data = series.map((one) => trace(one, !seen.has(one.name) && Boolean(seen.add(one.name))));
  const model = rows[0]?.model.id ?? "Measured";
  const notes = figureNotes(recipe, rows);
  const layout = framed({
    title: recipe.title,
    top: 116,
    plots: 470,
    notes,
    annotations: [columnHeading(model, "x"), columnHeading(STUDY, "x2")],
    parts: layoutParts(series),
  });
  const panels = Object.entries(PANELS).map(([name, { yaxis, title }]) => ({
    yaxis,
    title: `${name.startsWith("published") ? STUDY : model}: ${title} by calibration samples`,
  }));
  return new Figure({ title: recipe.title, data, layout, panels, notes });
}

function trace(
  { panel, method, name, side, samples, values }: Series,
  showlegend: boolean,
): PlotlyTrace {
  const { xaxis, yaxis, title } = PANELS[panel];
  const color = method === undefined
    ? COLOURS.grey.strong
    : METHOD_COLOURS[method % METHOD_COLOURS.length]!;
  const out = side === "outOfEnglish";
  return {
    type: "scatter",
    mode: method === undefined ? "lines" : "lines+markers",
    name,
    legendgroup: name,
    showlegend,
    x: samples,
    y: values,
    customdata: values.map((value) => value.toFixed(2)),
    xaxis,
    yaxis,
    line: method === undefined
      ? { color, width: 1.2, dash: out ? "dot" : "solid" }
      : { color, width: 2, dash: out ? "dash" : "solid" },
    marker: { color, size: 8, symbol: out ? "triangle-up" : "circle" },
    hovertemplate: `%{x} samples: ${title} %{customdata}`,
    cliponaxis: false,
  };
}

function columnHeading(text: string, xaxis: "x" | "x2"): JsonValue {
  return {
    text: `<b>${text}</b>`,
    xref: `${xaxis} domain`,
    yref: "paper",
    x: 0.5,
    y: 1,
    xanchor: "center",
    yanchor: "bottom",
    yshift: 2,
    showarrow: false,
  };
}

function layoutParts(series: readonly Series[]): { readonly [attribute: string]: JsonValue } {
  const samples = [...new Set(series.flatMap((one) => one.samples))].sort((a, b) => a - b);
  const own = (panel: PanelName) =>
    series.filter((one) => one.panel === panel).flatMap(({ values }) => values);
  const bleuSpan = Math.max(span(own("bleu")), span(own("publishedBleu")));
  const spans = {
    bleu: bleuSpan,
    publishedBleu: bleuSpan,
    chrf: span(own("chrf")),
    publishedComet: span(own("publishedComet")),
  };
  const axes = (Object.keys(PANELS) as PanelName[]).flatMap((panel) => {
    const { xaxis, yaxis, title } = PANELS[panel];
    const right = panel.startsWith("published");
    const below = panel === "chrf" || panel === "publishedComet";
    return [
      [
        xaxis.replace("x", "xaxis"),
        axis({
          type: "log",
          domain: right ? [0.55, 1] : [0, 0.45],
          anchor: yaxis,
          tickvals: samples,
          ticktext: samples.map(String),
          range: [Math.log10(samples[0]! / 1.25), Math.log10(samples.at(-1)! * 1.25)],
          ...(below ? { title: { text: "Calibration samples", standoff: 6 } } : {}),
        }),
      ],
      [
        yaxis.replace("y", "yaxis"),
        axis({
          domain: below ? [0, 0.44] : [0.56, 1],
          anchor: xaxis,
          range: range(own(panel), spans[panel]),
          title: { text: title, standoff: 6 },
        }),
      ],
    ] as [string, JsonValue][];
  });
  return { ...Object.fromEntries(axes), legend: legend(1.06, 150) };
}

/** Points that an axis reaches over to show values with some room around them. */
function span(values: readonly number[]): number {
  if (values.length === 0) return LEAST_SPAN;
  return Math.max(LEAST_SPAN, 1.15 * (Math.max(...values) - Math.min(...values)));
}

/** A range of a given span around values; around 50 where there are none. */
function range(values: readonly number[], reach: number): [number, number] {
  const middle = values.length === 0 ? 50 : (Math.min(...values) + Math.max(...values)) / 2;
  return [middle - reach / 2, middle + reach / 2];
}

function figureNotes(recipe: Recipe, rows: readonly ResultRow[]): string[] {
  const { bleu, comet } = PUBLISHED_FIGURE_2_READING.tolerance;
  return [
    ...measuredNotes(recipe, rows),
    `${STUDY}: read from its picture, BLEU within ${bleu}, COMET × 100 within ${comet}; its baseline from its Table 1. ` +
    "COMET and chrF are different metrics and do not compare with each other.",
  ];
}
