import { describe, it } from "@std/testing/bdd";
import { expect } from "@std/expect";
import { clientBounds, svgBounds, type SvgNode } from "../../../experiments/figure/svg_bounds.ts";
import { textWidth } from "../../../experiments/figure/text_width.ts";

interface Part {
  attributes?: Record<string, string>;
  style?: SvgNode["style"];
  text?: string;
  children?: SvgNode[];
}

function node(nodeName: string, { attributes = {}, style, text, children = [] }: Part): SvgNode {
  const made = {
    nodeName,
    style,
    textContent: text ?? children.map((child) => child.textContent).join(""),
    children,
    parentElement: null,
    getAttribute: (name: string) => attributes[name] ?? null,
  };
  for (const child of children) (child as { parentElement: SvgNode | null }).parentElement = made;
  return made;
}

const STYLE = { fontSize: "10px" };

describe("textWidth()", () => {
  it("textWidth() adds the widths of Helvetica, worked by hand", () => {
    // "Wi 1": 944 + 222 + 278 + 556 thousandths of the size.
    expect(textWidth("Wi 1", 10)).toBeCloseTo(20);
  });
});

describe("svgBounds()", () => {
  it("svgBounds() puts a text where its anchor says", () => {
    const text = (anchor: string) =>
      node("text", {
        attributes: { x: "100", y: "50", "text-anchor": anchor },
        style: STYLE,
        text: "Wi 1",
      });
    expect(svgBounds(text("start"))).toMatchObject({ left: 100, right: 120 });
    expect(svgBounds(text("middle"))).toMatchObject({ left: 90, right: 110 });
    expect(svgBounds(text("end"))).toMatchObject({ left: 80, right: 100 });
  });

  it("svgBounds() takes the widest of several lines, and their height together", () => {
    const lines = ["i", "Wi 1"].map((text, i) =>
      node("tspan", { attributes: { class: "line", dy: `${1.3 * i}em` }, text })
    );
    const bounds = svgBounds(node("text", { style: STYLE, children: lines }));
    expect(bounds.width).toBeCloseTo(20);
    expect(bounds.height).toBeCloseTo(10 * (0.905 + 0.212 + 1.3));
  });

  it("svgBounds() of a group is that of its texts, moved, and 0 without any", () => {
    const text = node("text", {
      attributes: { transform: "translate(5,7)" },
      style: STYLE,
      text: "Wi 1",
    });
    expect(svgBounds(node("g", { children: [text] }))).toMatchObject({ left: 5, right: 25 });
    expect(svgBounds(node("g", {}))).toMatchObject({ width: 0, height: 0 });
  });
});

describe("clientBounds()", () => {
  it("clientBounds() turns a text and moves it with its parents", () => {
    const text = node("text", {
      attributes: { transform: "rotate(-90,0,0)" },
      style: STYLE,
      text: "Wi 1",
    });
    node("g", { attributes: { transform: "translate(100,200)" }, children: [text] });
    const { width, height, bottom, right } = clientBounds(text);
    expect(width).toBeCloseTo(11.17);
    expect(height).toBeCloseTo(20);
    expect(bottom).toBeCloseTo(200);
    expect(right).toBeCloseTo(102.12);
  });
});
