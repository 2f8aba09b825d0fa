/**
 * Drawing a plotly specification as SVG without a browser: plotly.js in a window of jsdom that knows how wide a text is.
 * @module
 */
import { sha256 } from "../canonical_json.ts";
import type { PlotlySpec } from "./content.ts";
import { plotlySource } from "./plotly.ts";
import { type Bounds, clientBounds, svgBounds, type SvgNode } from "./svg_bounds.ts";

/** What is used of a jsdom window once plotly.js was evaluated in it. */
interface PlotlyWindow {
  readonly document: { querySelector(selector: string): unknown };
  readonly SVGElement: { prototype: MeasuredElement };
  readonly HTMLCanvasElement: { prototype: { getContext: () => null } };
  readonly URL: { createObjectURL?: () => string };
  readonly Math: { random: () => number };
  readonly Plotly: {
    toImage(figure: PlotlySpec, options: Record<string, unknown>): Promise<string>;
  };
  eval(source: string): unknown;
  close(): void;
}

interface MeasuredElement extends SvgNode {
  getBBox?: () => Bounds;
  getComputedTextLength?: () => number;
  getBoundingClientRect: () => Bounds;
}

/**
 * Draws a specification as an SVG document. Equal specifications give equal documents: the ids that plotly.js draws at
 * random come from a generator that the specification seeds, so that two figures on one page share none.
 *
 * @param spec Data and layout; the layout's `width` and `height` are the picture's, in pixels.
 * @throws {Error} If plotly.js cannot draw it.
 */
export async function drawSvg(spec: PlotlySpec): Promise<string> {
  const { JSDOM, VirtualConsole } = await import("jsdom");
  const { window } = new JSDOM("<!DOCTYPE html><body></body>", {
    runScripts: "outside-only",
    pretendToBeVisual: true,
    virtualConsole: new VirtualConsole(),
  }) as unknown as { window: PlotlyWindow };
  try {
    giveMeasures(window);
    const text = JSON.stringify(spec);
    window.Math.random = generator(Number.parseInt(sha256(text).slice(0, 8), 16));
    window.eval(await plotlySource());
    const { width, height } = spec.layout;
    const options = { format: "svg", imageDataOnly: true, width, height };
    return await window.Plotly.toImage(JSON.parse(text), options);
  } finally {
    window.close();
  }
}

function giveMeasures(window: PlotlyWindow): void {
  const { prototype } = window.SVGElement;
  prototype.getBBox = function () {
    return svgBounds(this);
  };
  prototype.getBoundingClientRect = function () {
    return clientBounds(this);
  };
  prototype.getComputedTextLength = function () {
    return svgBounds(this).width;
  };
  window.HTMLCanvasElement.prototype.getContext = () => null;
  window.URL.createObjectURL = () => "";
}

/** Numbers in [0, 1) from a seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = state + 0x6D2B79F5 | 0;
    let mixed = Math.imul(state ^ state >>> 15, 1 | state);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}
