/**
 * The look that all figures share: colours that colour-blind readers can tell apart, a white ground, and notes below.
 * @module
 */
import type { JsonValue } from "../../inference/json_value.ts";
import type { PlotlyLayout } from "./content.ts";
import { textWidth } from "./text_width.ts";

/** Colours after Okabe and Ito, each with a lighter one for what stands beside it. */
export const COLOURS = {
  blue: { strong: "#0072B2", light: "#6DB3DB" },
  vermilion: { strong: "#D55E00", light: "#EDA06A" },
  grey: { strong: "#555555", light: "#B5B5B5" },
} as const;

/** Width of every figure in pixels. */
export const WIDTH = 700;

const FONT = "Arial, Helvetica, sans-serif";
const NOTE_SIZE = 11;
const LINE_HEIGHT = 1.3;
const MARGIN = { l: 62, r: 18 };
/** Room for tick labels and the title of the lowest x axis. */
const AXIS_ROOM = 50;

/** What a figure gives to its layout. */
export interface FrameOptions {
  /** Title, one line. */
  title: string;
  /** Pixels between the top of the picture and the plots. */
  top: number;
  /** Pixels from the top of the highest plot to the bottom of the lowest. */
  plots: number;
  /** Sentences below the plots. */
  notes: readonly string[];
  /** Annotations besides the notes. */
  annotations?: readonly JsonValue[];
  /** Axes and legends. */
  parts: { readonly [attribute: string]: JsonValue };
}

/** A layout with title, notes and the common look around the parts of one figure. */
export function framed(
  { title, top, plots, notes, annotations = [], parts }: FrameOptions,
): PlotlyLayout {
  const lines = notes.flatMap((note) => wrapped(note, WIDTH - MARGIN.l - MARGIN.r));
  const bottom = AXIS_ROOM + Math.ceil(lines.length * NOTE_SIZE * LINE_HEIGHT) + 12;
  return {
    width: WIDTH,
    height: top + plots + bottom,
    title: {
      text: title,
      x: 0,
      xref: "paper",
      xanchor: "left",
      y: 1,
      yref: "container",
      yanchor: "top",
      pad: { t: 14 },
      font: { size: 15 },
    },
    font: { family: FONT, size: 12, color: "#222222" },
    paper_bgcolor: "#FFFFFF",
    plot_bgcolor: "#FFFFFF",
    margin: { ...MARGIN, t: top, b: bottom },
    hovermode: "closest",
    annotations: [
      ...annotations,
      ...(lines.length === 0 ? [] : [{
        text: lines.join("<br>"),
        xref: "paper",
        yref: "paper",
        x: 0,
        y: 0,
        xanchor: "left",
        yanchor: "top",
        yshift: -AXIS_ROOM,
        align: "left",
        showarrow: false,
        font: { size: NOTE_SIZE, color: "#444444" },
      }]),
    ],
    ...parts,
  };
}

/** An axis with a frame around its plot and a light grid. */
export function axis(options: { readonly [attribute: string]: JsonValue }): JsonValue {
  return {
    showline: true,
    mirror: true,
    linecolor: "#888888",
    gridcolor: "#E6E6E6",
    zeroline: false,
    ticks: "outside",
    tickcolor: "#888888",
    ...options,
  };
}

/** A legend in rows, its bottom `y` above the lowest plot as a part of the height of all plots. */
export function legend(y: number, entryWidth: number): JsonValue {
  return {
    orientation: "h",
    x: 0,
    xanchor: "left",
    y,
    yanchor: "bottom",
    entrywidth: entryWidth,
    tracegroupgap: 0,
    font: { size: NOTE_SIZE },
    bgcolor: "rgba(0,0,0,0)",
  };
}

function wrapped(note: string, room: number): string[] {
  const lines: string[] = [];
  for (const word of note.split(" ")) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && textWidth(longer, NOTE_SIZE) <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
