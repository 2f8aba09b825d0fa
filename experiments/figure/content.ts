/**
 * What a figure consists of, before it has a face.
 * @module
 */
import type { JsonValue } from "../../inference/json_value.ts";

/** One line of points or group of bars of plotly.js: any of its attributes, and those that the other faces need. */
export interface PlotlyTrace {
  /** Kind of drawing. */
  readonly type: "scatter" | "bar";
  /** What the legend calls it. */
  readonly name: string;
  /** Positions on the x axis. */
  readonly x: readonly (number | string)[];
  /** Values. */
  readonly y: readonly number[];
  /** Each value as it is printed when the pointer is on it, and in the text face. */
  readonly customdata: readonly string[];
  /** Id of the y axis; traces with the same one are in one panel. The first is `"y"`. */
  readonly yaxis: string;
  /** Other attributes of plotly.js. */
  readonly [attribute: string]: JsonValue;
}

/** A layout of plotly.js: any of its attributes, and the size of the picture. */
export interface PlotlyLayout {
  /** Pixels from left to right. */
  readonly width: number;
  /** Pixels from top to bottom. */
  readonly height: number;
  /** Other attributes of plotly.js. */
  readonly [attribute: string]: JsonValue;
}

/** A specification of plotly.js. */
export interface PlotlySpec {
  /** What is drawn. */
  readonly data: readonly PlotlyTrace[];
  /** Axes, legends and colours. */
  readonly layout: PlotlyLayout;
}

/** A panel of a figure, as the text face names it. */
export interface Panel {
  /** Id of its y axis. */
  readonly yaxis: string;
  /** What its values are, and of which positions: `"BLEU by bits per weight"`. */
  readonly title: string;
}

/** What a figure consists of. */
export interface FigureContent extends PlotlySpec {
  /** Title, one line. */
  readonly title: string;
  /** Its panels, in the order of reading. */
  readonly panels: readonly Panel[];
  /** Sentences below it. */
  readonly notes: readonly string[];
}
