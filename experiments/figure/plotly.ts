/**
 * plotly.js: its source, loaded only when a picture is asked for, and where a page can load the same bytes from.
 * @module
 */

/**
 * Where a web page finds the file of the version that `deno.json` pins, and the hash that its bytes must have (a
 * Subresource Integrity value).
 */
export const PLOTLY_SCRIPT: { url: string; integrity: string } = {
  url: "https://cdn.jsdelivr.net/npm/plotly.js@4.1.1/dist/plotly-basic.min.js",
  integrity: "sha384-N2HZsG+IG/3J8CwhGGYz/kmzZ0sprpPWwjhor9ZI4lxuf47i9DXK2/NDGxMaJiEb",
};

/**
 * The source of plotly.js: its `basic` bundle of 1.2 MB, which has lines, points and bars. Evaluated in a page it
 * defines `Plotly`.
 */
export async function plotlySource(): Promise<string> {
  const module = await import("plotly.js/dist/plotly-basic.min.js", { with: { type: "text" } });
  return module.default;
}
