/**
 * A figure that shows itself: interactive or as a picture in a notebook, as a picture in files, as values in a terminal.
 * @module
 */
import type { FigureContent, PlotlySpec } from "./content.ts";
import { drawSvg } from "./draw.ts";
import { figureToHtml } from "./html.ts";
import { figureToText } from "./text.ts";

/** Jupyter's name for the method that gives a value's rich forms. */
const JUPYTER_DISPLAY: unique symbol = Symbol.for("Jupyter.display") as never;

/**
 * A figure with several faces, all made from one specification of plotly.js. Title and notes are part of the
 * specification, so that no face says less than another.
 *
 * @example Usage
 * ```ts
 * import { match } from "node:assert/strict";
 * import { Figure } from "mtpress";
 * const figure = new Figure({
 *   title: "BLEU by bits",
 *   panels: [{ yaxis: "y", title: "BLEU" }],
 *   data: [{
 *     type: "scatter", name: "tiny", x: [2, 3], y: [1, 20], customdata: ["1.0", "20.0"], yaxis: "y",
 *   }],
 *   layout: { width: 700, height: 400 },
 *   notes: [],
 * });
 * match(figure.toText(), /tiny +1\.0 +20\.0/);
 * match(await figure.toSvg(), /^<svg /);
 * ```
 */
export class Figure {
  #svg: Promise<string> | undefined;

  /**
   * Makes a figure of its content.
   *
   * @param content Specification, title, panels and notes.
   * @throws {RangeError} If a trace has not one value and one printed value for each position, or belongs to no panel.
   */
  constructor(
    /** Specification, title, panels and notes. */
    readonly content: FigureContent,
  ) {
    for (const { name, x, y, customdata, yaxis } of content.data) {
      if (x.length !== y.length || x.length !== customdata.length) {
        throw new RangeError(
          `Cannot make a figure with trace "${name}": its ${x.length} positions, ${y.length} values and ` +
            `${customdata.length} printed values must be equally many`,
        );
      }
      if (!content.panels.some((panel) => panel.yaxis === yaxis)) {
        throw new RangeError(
          `Cannot make a figure with trace "${name}": no panel has axis ${yaxis}`,
        );
      }
    }
  }

  /** The values of every panel as aligned text. */
  toText(): string {
    return figureToText(this.content);
  }

  /** The specification of plotly.js. */
  toJson(): PlotlySpec {
    const { data, layout } = this.content;
    return { data, layout };
  }

  /**
   * The picture, an SVG document. Drawn when first asked for, with plotly.js and jsdom, which are loaded then; it needs
   * no network. The same figure always gives the same text.
   */
  toSvg(): Promise<string> {
    this.#svg ??= drawSvg(this.toJson());
    return this.#svg;
  }

  /** HTML: the picture at once, interactive where plotly.js is on the page or can be loaded; the values below it. */
  async toHtml(): Promise<string> {
    return figureToHtml(this.content, await this.toSvg(), this.toText());
  }

  /**
   * The faces that a notebook chooses from: VS Code, and JupyterLab with plotly's extension, take the specification;
   * JupyterLab, nbviewer and code hosts the HTML, of which a code host keeps the picture; converters the SVG.
   */
  async [JUPYTER_DISPLAY](): Promise<Record<string, unknown>> {
    return {
      "application/vnd.plotly.v1+json": this.toJson(),
      "text/html": await this.toHtml(),
      "image/svg+xml": await this.toSvg(),
      "text/plain": this.toText(),
    };
  }
}
