/**
 * Where an SVG element lies, computed from its attributes: what a browser measures and jsdom does not.
 * @module
 */
import { textWidth } from "./text_width.ts";

/** What of an element's DOM is used here. */
export interface SvgNode {
  readonly nodeName: string;
  readonly textContent: string | null;
  readonly children: ArrayLike<SvgNode>;
  readonly parentElement: SvgNode | null;
  readonly style?: { fontSize?: string; fontWeight?: string; textAnchor?: string };
  getAttribute(name: string): string | null;
}

/** A box in pixels, the part of a DOMRect that plotly.js reads. */
export interface Bounds {
  x: number;
  y: number;
  left: number;
  top: number;
  right: number;
  bottom: number;
  width: number;
  height: number;
}

/** A line of text reaches this far above and below its baseline, in font sizes. */
const ASCENT = 0.905;
const DESCENT = 0.212;
const DEFAULT_FONT_SIZE = 12;

type Point = readonly [x: number, y: number];
type Box = readonly [left: number, top: number, right: number, bottom: number];

/** The box of an element in its own coordinates: what `getBBox()` gives. Texts count, and groups of them. */
export function svgBounds(node: SvgNode): Bounds {
  return bounds(ownBox(node));
}

/** The box of an element on the page, moved and turned as it and its parents say: `getBoundingClientRect()`. */
export function clientBounds(node: SvgNode): Bounds {
  let box = ownBox(node);
  for (let at: SvgNode | null = node; at !== null && box !== undefined; at = at.parentElement) {
    box = transformed(box, at.getAttribute("transform"));
  }
  return bounds(box);
}

function ownBox(node: SvgNode): Box | undefined {
  if (node.nodeName === "text") return textBox(node);
  const boxes = Array.from(node.children)
    .filter(({ nodeName }) => nodeName === "text" || nodeName === "g")
    .flatMap((child) => {
      const box = ownBox(child);
      return box === undefined ? [] : [transformed(box, child.getAttribute("transform"))];
    });
  return boxes.length === 0 ? undefined : around(boxes.flatMap(corners));
}

function textBox(node: SvgNode): Box {
  const size = fontSize(node);
  const lines = Array.from(node.children).filter(({ nodeName }) => nodeName === "tspan")
    .filter((span) => span.getAttribute("class") === "line");
  const texts = (lines.length > 0 ? lines : [node]).map(({ textContent }) => textContent ?? "");
  const bold = /bold|[6-9]00/.test(node.style?.fontWeight ?? "");
  const width = Math.max(...texts.map((text) => textWidth(text, size, bold)));
  const anchor = node.getAttribute("text-anchor") ?? node.style?.textAnchor;
  const left = number(node.getAttribute("x")) -
    width * (anchor === "middle" ? 0.5 : anchor === "end" ? 1 : 0);
  const baseline = number(node.getAttribute("y"));
  const last = lines.at(-1)?.getAttribute("dy") ?? "0em";
  const bottom = baseline + number(last) * size + DESCENT * size;
  return [left, baseline - ASCENT * size, left + width, bottom];
}

function fontSize(node: SvgNode): number {
  for (let at: SvgNode | null = node; at !== null; at = at.parentElement) {
    const size = Number.parseFloat(at.style?.fontSize ?? at.getAttribute("font-size") ?? "");
    if (Number.isFinite(size)) return size;
  }
  return DEFAULT_FONT_SIZE;
}

/** A box after a list of `translate` and `rotate`, of which the last is applied first. */
function transformed(box: Box, transform: string | null): Box {
  const steps = [...(transform ?? "").matchAll(/(translate|rotate)\(([^)]*)\)/g)].reverse();
  return steps.reduce((current, [, kind, list]) => {
    const [a = 0, b = 0, c = 0] = list!.split(/[\s,]+/).map(number);
    return around(
      corners(current).map((point) =>
        kind === "translate" ? [point[0] + a, point[1] + b] : rotated(point, a, [b, c])
      ),
    );
  }, box);
}

function rotated([x, y]: Point, degrees: number, [cx, cy]: Point): Point {
  const cos = Math.cos(degrees * Math.PI / 180);
  const sin = Math.sin(degrees * Math.PI / 180);
  return [cx + (x - cx) * cos - (y - cy) * sin, cy + (x - cx) * sin + (y - cy) * cos];
}

function corners([left, top, right, bottom]: Box): Point[] {
  return [[left, top], [right, top], [left, bottom], [right, bottom]];
}

function around(points: readonly Point[]): Box {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

function number(text: string | null): number {
  const value = Number.parseFloat(text ?? "");
  return Number.isFinite(value) ? value : 0;
}

function bounds([left, top, right, bottom]: Box = [0, 0, 0, 0]): Bounds {
  const size = { width: right - left, height: bottom - top };
  return { x: left, y: top, left, top, right, bottom, ...size };
}
