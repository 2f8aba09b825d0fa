/**
 * Figures as HTML: a picture at once, made interactive where plotly.js is at hand.
 * @module
 */
import { sha256 } from "../canonical_json.ts";
import { escaped } from "../table/html.ts";
import type { FigureContent } from "./content.ts";
import { PLOTLY_SCRIPT } from "./plotly.ts";

/**
 * A `<figure>` that needs no style sheet. The picture is an image with its data in the page, which also a page that takes
 * scripts away shows. The script draws the same specification with the page's own `Plotly`, or with the pinned plotly.js
 * from a public address; where there is no network, the picture stays.
 *
 * @param content The figure.
 * @param svg Its picture.
 * @param text Its values as text, for those who cannot see the picture.
 */
export function figureToHtml(content: FigureContent, svg: string, text: string): string {
  const { data, layout, title } = content;
  const spec = JSON.stringify({ data, layout });
  const id = `mtpress-${sha256(spec).slice(0, 12)}`;
  const source = `data:image/svg+xml;base64,${base64(svg)}`;
  const { width, height } = layout;
  return [
    `<figure data-figure="${id}" style="margin: 0; max-width: ${width}px; background: #fff">`,
    `<img alt="${escaped(title)}" width="${width}" height="${height}" style="max-width: 100%; ` +
    `height: auto" src="${source}">`,
    `<details style="color: #222"><summary>Values</summary><pre>${escaped(text)}</pre></details>`,
    `<script type="application/json">${spec.replaceAll("<", "\\u003c")}</script>`,
    `<script>${script(id)}</script>`,
    "</figure>",
  ].join("\n") + "\n";
}

function script(id: string): string {
  const { url, integrity } = PLOTLY_SCRIPT;
  return `
(async () => {
  const load = () => globalThis.mtpressPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "${url}";
    script.integrity = "${integrity}";
    script.crossOrigin = "anonymous";
    script.onload = () => resolve(globalThis.Plotly);
    script.onerror = reject;
    document.head.append(script);
  });
  try {
    const plotly = globalThis.Plotly ?? await load();
    for (const figure of document.querySelectorAll('[data-figure="${id}"]')) {
      const picture = figure.querySelector(":scope > img");
      if (!picture) continue;
      const { data, layout } = JSON.parse(figure.querySelector(":scope > script").textContent);
      const place = document.createElement("div");
      picture.replaceWith(place);
      try {
        await plotly.newPlot(place, data, layout, {
          displaylogo: false,
          modeBarButtons: [["toImage", "zoom2d", "pan2d", "resetScale2d"]],
        });
      } catch {
        place.replaceWith(picture);
      }
    }
  } catch {
    // No plotly.js: the picture stays.
  }
})();
`;
}

function base64(text: string): string {
  return new TextEncoder().encode(text).toBase64();
}
