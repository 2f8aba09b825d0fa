/**
 * The look of figures over bit widths: BLEU on a logarithmic axis above, shares of memory below.
 * @module
 */
import type { JsonValue } from "../../inference/json_value.ts";
import type { PlotlyTrace } from "./content.ts";
import { axis, legend } from "./theme.ts";

/** The lowest BLEU that the logarithmic axis shows; what is below stands here, and says so. */
export const FLOOR = 0.005;

/** A value at a bit width. */
export interface Point {
  /** Bits a weight. */
  bits: number;
  /** Where it stands on the axis. */
  value: number;
  /** How it is printed. */
  printed: string;
}

/** A BLEU score; below `FLOOR` it stands there and is printed as at most that. */
export function bleuPoint(bits: number, score: number): Point {
  if (score < FLOOR) return { bits, value: FLOOR, printed: `≤ ${FLOOR}` };
  return { bits, value: score, printed: score < 1 ? score.toPrecision(3) : score.toFixed(2) };
}

/** Memory in MiB as a share of the whole, in per cent. */
export function sharePoint(bits: number, mebibytes: number, whole: number): Point {
  const value = 100 * mebibytes / whole;
  const size = mebibytes < 100 ? mebibytes.toFixed(2) : mebibytes.toFixed(0);
  return { bits, value, printed: `${value.toFixed(1)} % (${size} MiB)` };
}

/** A line of BLEU scores in the panel above. */
export function line(
  name: string,
  points: readonly Point[],
  look: { readonly [attribute: string]: JsonValue },
): PlotlyTrace {
  const floored = points.map(({ printed }) => printed.startsWith("≤") ? printed : "");
  return {
    type: "scatter",
    mode: floored.some((text) => text !== "") ? "lines+markers+text" : "lines+markers",
    name,
    x: points.map(({ bits }) => String(bits)),
    y: points.map(({ value }) => value),
    customdata: points.map(({ printed }) => printed),
    text: floored,
    textposition: "middle right",
    xaxis: "x",
    yaxis: "y",
    hovertemplate: "%{x} bits: BLEU %{customdata}",
    cliponaxis: false,
    ...look,
  };
}

/** Bars of memory in the panel below. */
export function bars(name: string, points: readonly Point[], color: string): PlotlyTrace {
  const printed = points.map((point) => point.printed);
  return {
    type: "bar",
    name,
    x: points.map(({ bits }) => String(bits)),
    y: points.map(({ value }) => value),
    customdata: printed,
    text: printed.map((text) => text.replace(" (", "<br>").replace(")", "")),
    textposition: "outside",
    textfont: { size: 10 },
    textangle: 0,
    cliponaxis: false,
    marker: { color },
    xaxis: "x2",
    yaxis: "y2",
    legend: "legend2",
    hovertemplate: "%{x} bits: %{customdata}",
  };
}

/** Axes and legends of both panels. */
export function bitsLayout(
  data: readonly PlotlyTrace[],
): { readonly [attribute: string]: JsonValue } {
  const bits = [...new Set(data.flatMap(({ x }) => x))].sort((a, b) => Number(a) - Number(b));
  const shares = data.filter(({ yaxis }) => yaxis === "y2").flatMap(({ y }) => y);
  const widths = {
    type: "category",
    categoryorder: "array",
    categoryarray: bits,
    range: [-0.5, bits.length - 0.5],
  };
  return {
    xaxis: axis({ ...widths, anchor: "y", showticklabels: true }),
    yaxis: axis({
      type: "log",
      domain: [0.5, 1],
      range: [Math.log10(FLOOR / 1.5), Math.log10(150)],
      tickvals: [0.01, 0.1, 1, 10, 100],
      ticktext: ["0.01", "0.1", "1", "10", "100"],
      title: { text: "BLEU (log scale)", standoff: 6 },
    }),
    xaxis2: axis({ ...widths, anchor: "y2", title: { text: "Bits per weight", standoff: 6 } }),
    yaxis2: axis({
      domain: [0, 0.32],
      range: [0, 1.3 * Math.max(...shares)],
      title: { text: "Memory, % of 16 bits", standoff: 6 },
    }),
    legend: legend(1.01, 150),
    legend2: legend(0.33, 150),
    barmode: "group",
    bargap: 0.15,
  };
}
