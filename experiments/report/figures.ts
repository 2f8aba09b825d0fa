/**
 * Figures in a report: a picture at once, and the specification from which the page's plotly.js draws the interactive one.
 * @module
 */
import { escaped } from "../table/html.ts";
import type { ReportFigure } from "./parts.ts";

/** A figure with its picture, its specification and its values as text. */
export function reportFigure({ figure, svg }: ReportFigure): string {
  const { title, layout } = figure.content;
  const { width, height } = layout;
  const source = `data:image/svg+xml;base64,${new TextEncoder().encode(svg).toBase64()}`;
  const alternative = `${title}. Its values stand in the text below it.`;
  return [
    "<figure>",
    `<div class="drawing" role="region" tabindex="0" aria-label="${escaped(title)}">`,
    `<img alt="${escaped(alternative)}" width="${width}" height="${height}" src="${source}">`,
    `<script type="application/json">${scriptText(JSON.stringify(figure.toJson()))}</script>`,
    "</div>",
    "<figcaption><details><summary>Values</summary>",
    `<pre tabindex="0">${escaped(figure.toText())}</pre></details></figcaption>`,
    "</figure>",
  ].join("\n");
}

/** JSON that a script element can hold. */
function scriptText(json: string): string {
  return json.replaceAll("<", "\\u003c");
}
